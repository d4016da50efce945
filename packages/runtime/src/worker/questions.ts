import { hash } from 'node:crypto'
import type { ContextStore } from '@bzzz/context-store'
import { InboxError, type Inbox, type Item } from '@bzzz/inbox'
import { format, createAddress, parseKey } from '@bzzz/ucxl-address'
import { RuntimeError } from '../errors.ts'
import type { Answered, Question } from '../handlers/handler.ts'
import { pinned } from '../tasks/places.ts'

export interface QuestionsInit {
  readonly store: ContextStore
  /** That of the worker. */
  readonly inbox: Inbox
}

/** Which task somebody asks for. */
interface TaskVersion {
  readonly task: string
  readonly taskVersion: number
}

const HEX = 16

/**
 * What workers ask for tasks. A question is a message, whose name follows from the task and from what is asked:
 * so that an agent which is started again, or takes over from another one, does not ask what was asked already.
 */
export class Questions {
  readonly #init: QuestionsInit

  constructor(init: QuestionsInit) {
    this.#init = init
  }

  /** What was asked for a task, by any agent, and answered. */
  async answered(task: string, { signal }: { readonly signal: AbortSignal }): Promise<Answered[]> {
    const found: Answered[] = []
    for await (const address of this.#asked(task, '*', signal)) {
      const answer = answerIn(await this.#init.inbox.item(address, { signal }))
      if (answer) found.push(answer)
    }
    return found
  }

  /**
   * Asks, and waits for the answer, for as long as it takes.
   *
   * @throws `ERR_RUNTIME_HANDLER_ANSWER` where it is no question that can be asked; the signal's reason.
   */
  async ask(
    { task, taskVersion }: TaskVersion,
    question: Question,
    { signal }: { readonly signal: AbortSignal },
  ): Promise<Answered> {
    const address = await this.#send({ task, taskVersion }, question, signal)
    const { inbox } = this.#init
    const answered = Promise.withResolvers<Answered>()
    const look = async (): Promise<void> => {
      const answer = answerIn(await inbox.item(address, { signal }))
      if (answer) answered.resolve(answer)
    }
    const onNews = (): void => void look().catch((error: unknown) => answered.reject(error))
    const onAbort = (): void => answered.reject(signal.reason)
    signal.addEventListener('abort', onAbort, { once: true })
    const unwatch = inbox.watch(onNews)
    try {
      signal.throwIfAborted()
      onNews()
      return await answered.promise
    } finally {
      unwatch()
      signal.removeEventListener('abort', onAbort)
    }
  }

  /** @returns where the question is: one of another agent, where it asked the same. */
  async #send(
    { task, taskVersion }: TaskVersion,
    { to, question, body, choices, form }: Question,
    signal: AbortSignal,
  ): Promise<string> {
    const asked = {
      to,
      title: question,
      ...(choices && { choices }),
      ...(form !== undefined && { form }),
    }
    const name = hash('sha256', JSON.stringify(asked)).slice(0, HEX)
    for await (const address of this.#asked(task, name, signal)) return address
    const { project, task: taskName } = parseKey(task)
    try {
      const sent = await this.#init.inbox.send(
        {
          ...(asked as typeof asked & { readonly form?: never }),
          kind: 'question',
          project,
          task: taskName,
          id: `${nameOf(task)}-${name}`,
          about: [pinned(task, taskVersion)],
          ...(body !== undefined && { body }),
        },
        { signal },
      )
      return sent.address
    } catch (cause) {
      if (!InboxError.is(cause, 'ERR_INBOX_INVALID')) throw cause
      throw new RuntimeError('ERR_RUNTIME_HANDLER_ANSWER', cause.message, { cause })
    }
  }

  /** Addresses of the questions for a task, by their names. */
  async *#asked(task: string, name: string, signal: AbortSignal): AsyncGenerator<string> {
    const { project, task: taskName } = parseKey(task)
    const path = `messages/${nameOf(task)}-${name}.json`
    const pattern = createAddress({ agent: 'any', role: 'any', project, task: taskName, path })
    for await (const { record } of this.#init.store.list(pattern, { alive: true, signal }))
      yield format(parseKey(record.key))
  }
}

function nameOf(task: string): string {
  return hash('sha256', task).slice(0, HEX)
}

function answerIn({ message, standing }: Item): Answered | undefined {
  if (standing.status !== 'answered') return undefined
  const { answer, comment, by, address } = standing.by
  const said = { question: message.title, answer, by: `${by.name}:${by.role}`, address }
  return comment === undefined ? said : { ...said, comment }
}
