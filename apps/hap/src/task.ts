import { createAddress, format, keyOf } from '@bzzz/ucxl-address'
import { parseTask } from '@bzzz/runtime'
import { CommandError } from './command-error.ts'
import { ucxiOf } from './contexts.ts'
import type { Desk } from './desk.ts'
import { textOf } from './text-input.ts'
import { momentOf } from './when.ts'

const TASK_TYPE = 'application/vnd.ucxl.task+json'

export interface TaskOptions {
  readonly title?: string
  readonly role?: string
  readonly capability?: readonly string[]
  readonly input?: readonly string[]
  readonly by?: string
  readonly attempts?: number
  /** Take it back. */
  readonly cancel?: boolean
}

/**
 * Posts a task, or takes it back: it is the context `task.json` of the person's own collection.
 *
 * @param place `project:task`
 */
export async function postTask(
  place: string,
  instructions: string | undefined,
  options: TaskOptions,
  desk: Desk,
): Promise<void> {
  const [project = '', task = ''] = place.split(':')
  if (project === '' || task === '')
    throw new CommandError('ERR_HAP_INPUT', 'Say which task: shop:paint, a project and a name')
  const { self } = await desk.person()
  const at = createAddress({
    agent: self.name,
    role: self.roles[0],
    project,
    task,
    path: 'task.json',
  })
  const body =
    options.cancel === true
      ? await cancelled(keyOf(at), desk)
      : await drawn(instructions, options, desk)
  const content = Buffer.from(JSON.stringify(body))
  // What no agent would take is not posted.
  parseTask(content)
  const { signal } = desk
  const input = { content, contentType: TASK_TYPE }
  const { id, record } = await ucxiOf(desk).put(format(at), input, { signal })
  const address = format(at)
  desk.result({ address, version: record.version, record: id, task: body })
  desk.say(address)
}

async function drawn(instructions: string | undefined, options: TaskOptions, desk: Desk) {
  const { role, capability, input, by, attempts, title } = options
  const { title: called, text } = await written(instructions, title, desk)
  return {
    title: called,
    ...(text !== '' && { instructions: text }),
    ...(input && { inputs: input }),
    ...((role ?? capability) && {
      wants: { ...(role && { role }), ...(capability && { capabilities: capability }) },
    }),
    ...(by !== undefined && { deadline: momentOf(by, desk.now()) }),
    ...(attempts !== undefined && { attempts }),
  }
}

async function cancelled(key: string, { home }: Desk) {
  const head = await home.store.head(key)
  const content = head?.record.content && (await home.store.content(head.record.content))
  if (!content) throw new CommandError('ERR_HAP_ITEM_NOT_FOUND', `There is no task ${key}`)
  return { ...parseTask(content), status: 'cancelled' as const }
}

/** Title and instructions: without a title, the first line of what is written is the title. */
async function written(instructions: string | undefined, title: string | undefined, desk: Desk) {
  // A title says enough for a script.
  if (title !== undefined && instructions === undefined) return { title, text: '' }
  const text = await textOf(instructions, desk, note, title === undefined ? '# ' : '')
  if (title !== undefined) return { title, text }
  const [first = '', ...rest] = text.split('\n')
  return { title: first.replace(/^#+\s*/, ''), text: rest.join('\n').trim() }
}

function note(): string {
  return 'A task: the first line is its title, the rest says what is to be done.'
}
