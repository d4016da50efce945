import { hash } from 'node:crypto'
import type { ContextStore } from '@bzzz/context-store'
import { canonicalText } from '@bzzz/identity'
import { InboxError, type Inbox, type Item, type Message } from '@bzzz/inbox'
import { format, createAddress, parseKey } from '@bzzz/ucxl-address'
import { RuntimeError } from '../errors.ts'
import type { Answered, Question } from '../handlers/handler.ts'
import { pinned } from '../tasks/places.ts'

export interface QuestionsInit {
  readonly store: ContextStore
  /** That of the worker. */
  readonly inbox: Inbox
  /** `did:key` of the worker. */
  readonly did: string
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

  /**
   * What this worker asked for a task, and was answered. What others asked is looked at where the same is asked
   * again: else anybody could write a question, address it to themselves, and answer it.
   */
  async answered(task: string, { signal }: { readonly signal: AbortSignal }): Promise<Answered[]> {
    const found: Answered[] = []
    for await (const address of this.#asked(task, '*', signal)) {
      const item = await this.#init.inbox.item(address, { signal })
      const answer = item.from.did === this.#init.did ? answerIn(item) : undefined
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
    const { inbox } = this.#init
    let address = await this.#send({ task, taskVersion }, question, signal)
    const answered = Promise.withResolvers<Answered>()
    const look = async (): Promise<void> => {
      const item = await inbox.item(address, { signal })
      // That of another agent may have become another question.
      if (!this.#asks(item, question))
        address = await this.#send({ task, taskVersion }, question, signal)
      const answer = this.#asks(item, question) ? answerIn(item) : undefined
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

  /** @returns where the question is: one of another agent, where it asks the same of the same. */
  async #send(
    { task, taskVersion }: TaskVersion,
    question: Question,
    signal: AbortSignal,
  ): Promise<string> {
    const asked = askedIn(question)
    const name = nameOfQuestion(asked)
    for await (const address of this.#asked(task, name, signal)) {
      const item = await this.#init.inbox.item(address, { signal })
      if (this.#asks(item, question)) return address
    }
    const { body } = question
    const { project, task: taskName } = parseKey(task)
    try {
      const sent = await this.#init.inbox.send(
        {
          ...asked,
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

  #asks({ message, from }: Item, question: Question): boolean {
    if (message.kind !== 'question') return false
    return (
      from.did === this.#init.did || nameOfQuestion(message) === nameOfQuestion(askedIn(question))
    )
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

/** What makes a question the same as another one. */
type Asked = Pick<Message, 'to' | 'title' | 'choices' | 'form'>

function askedIn({ to, question: title, choices, form }: Question): Asked {
  // The inbox checks it all.
  const checked = {
    ...(choices && { choices }),
    ...(form !== undefined && { form }),
  } as Partial<Asked>
  return { to, title, ...checked }
}

function nameOfQuestion({ to, title, choices, form }: Asked): string {
  const asked = { to, title, ...(choices && { choices }), ...(form && { form }) }
  return hash('sha256', canonicalText(asked)).slice(0, HEX)
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
