import { hash } from 'node:crypto'
import { createInbox, type Inbox, type Item, type Reply } from '@bzzz/inbox'
import { EXIT } from '@bzzz/runtime'
import { safeParse } from '@bzzz/ucxl-address'
import { CommandError } from './command-error.ts'
import type { Desk } from './desk.ts'
import { plain, visibleLines } from './plain.ts'
import { waitFor } from './wait.ts'

// Messages as commands: each is a call of the inbox over the home's store.

/** Opens the person's inbox, does something with it, and closes it. */
export async function withInbox<Result>(
  { home, person }: Desk,
  work: (inbox: Inbox) => Promise<Result>,
): Promise<Result> {
  const { self } = await person()
  const inbox = createInbox({ store: home.store, self })
  try {
    return await work(inbox)
  } finally {
    inbox.close()
  }
}

export interface ListOptions {
  /** What is done, and what was sent, too. */
  readonly all?: boolean
  readonly limit?: number
  /** Waits so many seconds for something. */
  readonly wait?: number
}

/** Lists what awaits the person. */
export async function listInbox(
  { all = false, limit, wait }: ListOptions,
  desk: Desk,
): Promise<number> {
  const { signal } = desk
  const items = await withInbox(desk, async (inbox) => {
    const look = async (): Promise<readonly Item[]> => inbox.items({ all, signal })
    if (wait === undefined) return look()
    const some = async (): Promise<readonly Item[] | undefined> => {
      const found = await look()
      return found.length > 0 ? found : undefined
    }
    return waitFor(some, { seconds: wait, what: 'A message' }, desk)
  })
  const shown = items.slice(0, limit ?? items.length)
  desk.result(shown)
  for (const item of shown) desk.say(lineOf(item))
  if (shown.length === 0) desk.say(all ? 'There are no messages.' : 'Nothing waits for you.')
  return EXIT.done
}

/** Shows one message, with all that was said to it. */
export async function showItem(start: string, desk: Desk): Promise<void> {
  const item = await withInbox(desk, async (inbox) => findItem(start, inbox, desk))
  desk.result(item)
  for (const line of linesOf(item)) desk.say(line)
}

/**
 * The message that is meant: by its address, its reference, or a part of its name or title.
 *
 * @throws `ERR_HAP_ITEM_NOT_FOUND` where there is none, or several; `ERR_INBOX_NOT_FOUND`.
 */
export async function findItem(start: string, inbox: Inbox, { signal }: Desk): Promise<Item> {
  if (safeParse(start).success) return inbox.item(start, { signal })
  const word = start.toLowerCase()
  const all = await inbox.items({ all: true, signal })
  const named = all.filter(
    ({ key }) => refOf(key) === word || idOf(key).toLowerCase().includes(word),
  )
  const found =
    named.length > 0
      ? named
      : all.filter(({ message }) => message.title.toLowerCase().includes(word))
  // What waits is meant before what is done.
  const open = found.filter(({ isOpen }) => isOpen)
  const [only] = open.length === 1 ? open : found
  if (only && (open.length === 1 || found.length === 1)) return only
  const said = JSON.stringify(start)
  if (!only)
    throw new CommandError('ERR_HAP_ITEM_NOT_FOUND', `There is no message that has ${said} in it`)
  const lines = found.slice(0, 20).map((item) => `  ${lineOf(item)}`)
  throw new CommandError(
    'ERR_HAP_ITEM_NOT_FOUND',
    `Which of these is meant by ${said}?\n${lines.join('\n')}`,
  )
}

/** A message in a line, with its reference. */
function lineOf({ key, from, time, message, standing, isOpen, why }: Item): string {
  const state = isOpen ? '' : ` [${standing.status === 'open' ? why : standing.status}]`
  const when = new Date(time).toISOString().slice(0, 16).replace('T', ' ')
  const head = `${refOf(key)}  ${when}  ${message.kind.padEnd(8)}  ${from.name}:${from.role}`
  return `${head}  ${plain(message.title)}${state}`
}

/** A message as a person reads it. */
export function linesOf(item: Item): string[] {
  const { key, from, time, message, standing, replies, content, address } = item
  const lines = [
    `${message.kind} from ${from.name}:${from.role} to ${message.to.join(', ')}`,
    `${new Date(time).toISOString()}, signed by ${from.did}`,
    address,
    '',
    `# ${plain(message.title)}`,
  ]
  if (message.body !== '') lines.push('', ...visibleLines(message.body))
  if (message.about.length > 0) {
    lines.push('', 'About:')
    for (const about of message.about)
      lines.push(`  ${about.address}`, `    content ${about.content ?? 'deleted'}`)
  }
  if (message.choices) lines.push('', `Choices: ${message.choices.map(plain).join(' | ')}`)
  if (message.form) lines.push('', ...formLines(message.form))
  if (message.deadline !== undefined) lines.push('', `Wanted by ${message.deadline}`)
  if (replies.length > 0) lines.push('', ...replies.map((reply) => replyLine(reply, content)))
  lines.push('', `${standing.status}; content ${content}`)
  if (item.isOpen) lines.push(...nextLines(message.kind, refOf(key)))
  return lines
}

/** The reference of a message: short, and another one for each. */
export function refOf(key: string): string {
  return hash('sha256', key).slice(0, 8)
}

function idOf(key: string): string {
  return key.slice(key.lastIndexOf('/') + 1).replace(/\.json$/, '')
}

function replyLine({ by, time, kind, answer, comment, content }: Reply, shown: string): string {
  const what = answer === undefined ? kind : `${kind}: ${plain(textOf(answer))}`
  const more = comment === undefined ? '' : ` (${plain(comment)})`
  const old = content === shown ? '' : ' [to an older version]'
  return `${new Date(time).toISOString()}  ${by.name}:${by.role}  ${what}${more}${old}`
}

function textOf(answer: unknown): string {
  return typeof answer === 'string' ? answer : JSON.stringify(answer)
}

function formLines({ properties, required = [] }: NonNullable<Item['message']['form']>): string[] {
  return Object.entries(properties).map(([name, field]) => {
    const options = 'enum' in field && field.enum ? ` (${field.enum.join(' | ')})` : ''
    const said = field.title ?? field.description
    const isRequired = required.includes(name) ? ', required' : ''
    return `  --field ${name}=<${field.type}>${options}${isRequired}${said === undefined ? '' : `  ${plain(said)}`}`
  })
}

function nextLines(kind: Item['message']['kind'], ref: string): string[] {
  if (kind === 'question') return ['', `Next: bzzz-hap answer ${ref} <text>`]
  if (kind === 'proposal') return ['', `Next: bzzz-hap approve ${ref}, or bzzz-hap reject ${ref}`]
  return ['', `Next: bzzz-hap seen ${ref}`]
}
