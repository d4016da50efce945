import type { Message, MessageKind } from '@bzzz/inbox'
import { CommandError } from './command-error.ts'
import type { Desk } from './desk.ts'
import { refOf, withInbox } from './inbox.ts'
import { textOf } from './text-input.ts'
import { momentOf } from './when.ts'

export interface SendOptions {
  readonly kind: MessageKind
  readonly title?: string
  /** `project:task` where it is said. */
  readonly in?: string
  readonly about?: readonly string[]
  readonly choice?: readonly string[]
  readonly only?: boolean
  readonly needs?: number
  readonly by?: string
}

// Where what belongs to no task is said.
const TALK = 'talk'

/** Says something to others: the body is given, piped in, or written in an editor. */
export async function sendMessage(
  to: readonly string[],
  body: string | undefined,
  options: SendOptions,
  desk: Desk,
): Promise<void> {
  const { kind, about, choice, only, needs, by } = options
  const where = await placeOf(options.in, desk)
  const { title, text } = await written(body, options, desk)
  const message: Partial<Message> = {
    ...(choice && { choices: choice }),
    ...(only === true && { only_choices: true }),
    ...(needs !== undefined && { needs }),
    ...(by !== undefined && { deadline: momentOf(by, desk.now()) }),
  }
  await withInbox(desk, async (inbox) => {
    const { about: _, ...rest } = message
    const draft = { ...rest, ...where, kind, to: to.flatMap((one) => one.split(',')), title }
    const sent = await inbox.send(
      { ...draft, ...(text !== '' && { body: text }), ...(about && { about }) },
      desk,
    )
    desk.result(sent)
    desk.say(`${refOf(sent.key)}  ${sent.address}`)
  })
}

/** Title and body: without a title, the first line of what is written is the title. */
async function written(
  body: string | undefined,
  { title, kind }: SendOptions,
  desk: Desk,
): Promise<{ readonly title: string; readonly text: string }> {
  // A title says enough for a script.
  if (title !== undefined && body === undefined) return { title, text: '' }
  const note = (): string =>
    `A ${kind}: the first line is its title, the rest its body in Markdown.`
  const text = await textOf(body, desk, note, title === undefined ? '# ' : '')
  if (title !== undefined) return { title, text }
  const [first = '', ...rest] = text.split('\n')
  return { title: first.replace(/^#+\s*/, ''), text: rest.join('\n').trim() }
}

async function placeOf(
  place: string | undefined,
  { person }: Desk,
): Promise<{ readonly project: string; readonly task: string }> {
  const [project = '', task = TALK] = (place ?? '').split(':')
  if (project !== '') return { project, task }
  const [first] = (await person()).projects
  if (first !== undefined) return { project: first, task: TALK }
  const why = 'Say in which project: --in shop, or --in shop:checkout'
  throw new CommandError('ERR_HAP_INPUT', why)
}
