import type { Item, ReplyDraft } from '@bzzz/inbox'
import { EXIT } from '@bzzz/runtime'
import { safeParse } from '@bzzz/ucxl-address'
import { CommandError } from './command-error.ts'
import { addressAt, ucxiOf, wholeOf } from './contexts.ts'
import type { Desk } from './desk.ts'
import { findItem, linesOf, withInbox } from './inbox.ts'
import { visibleLines } from './plain.ts'
import { textOf } from './text-input.ts'

/** What is said besides a verdict. */
export interface VerdictOptions {
  readonly comment?: string
  /** Content id of what was looked at. */
  readonly content?: string
  /** Whatever stands there now. */
  readonly yes?: boolean
}

/** Answers a question: by a text, by what is piped in, in an editor, or field by field. */
export async function answer(
  start: string,
  text: string | undefined,
  { field, comment }: { readonly field?: readonly string[]; readonly comment?: string },
  desk: Desk,
): Promise<void> {
  await withInbox(desk, async (inbox) => {
    const item = await findItem(start, inbox, desk)
    const given = item.message.form
      ? filledIn(item, field ?? [])
      : await textOf(text, desk, () => questionAsNote(item))
    const draft = { kind: 'answer', content: item.content, answer: given } as const
    const reply = await inbox.reply(item.address, commented(draft, comment), desk)
    desk.result(reply)
    desk.say(reply.address)
  })
}

/** Takes a message off the list. */
export async function markSeen(start: string, desk: Desk): Promise<void> {
  await withInbox(desk, async (inbox) => {
    const { address, content } = await findItem(start, inbox, desk)
    const reply = await inbox.reply(address, { kind: 'seen', content }, desk)
    desk.result(reply)
    desk.say(reply.address)
  })
}

/**
 * Approves or rejects a proposal, or any context: exactly the content that was shown. Where it is not said which
 * one that was, it is shown now, and asked for.
 *
 * @throws `ERR_HAP_INPUT` where nobody can be asked; `ERR_INBOX_CHANGED`.
 */
export async function verdict(
  kind: 'approved' | 'rejected',
  start: string,
  { comment, content, yes = false }: VerdictOptions,
  desk: Desk,
): Promise<number> {
  return withInbox(desk, async (inbox) => {
    const shown = await look(start, desk, async () => findItem(start, inbox, desk))
    if (content === undefined && !yes && !(await isConfirmed(kind, shown, desk))) {
      desk.say('Nothing was written.')
      return EXIT.failed
    }
    const draft = { kind, content: content ?? shown.content }
    const reply = await inbox.reply(shown.address, commented(draft, comment), desk)
    desk.result(reply)
    desk.say(`${kind} ${reply.content}\n${reply.address}`)
    return EXIT.done
  })
}

interface Shown {
  readonly address: string
  readonly content: string
  readonly lines: () => Promise<readonly string[]>
}

/** A message, or any context, as it stands now. */
async function look(start: string, desk: Desk, find: () => Promise<Item>): Promise<Shown> {
  const parsed = safeParse(start)
  if (!parsed.success || /(?:^|\/)messages\/[^/]+$/.test(parsed.address.path)) {
    const item = await find()
    return { address: item.address, content: item.content, lines: async () => linesOf(item) }
  }
  const ucxi = ucxiOf(desk)
  const found = await ucxi.open(addressAt(start, undefined, desk.now()), { signal: desk.signal })
  const { version, content } = found
  const lines = async (): Promise<string[]> => {
    const whole = await wholeOf(content ?? (await ucxi.read(version)))
    return [
      start,
      `content ${version.record.content ?? ''}`,
      '',
      ...visibleLines(Buffer.from(whole).toString()),
    ]
  }
  return { address: start, content: version.record.content ?? '', lines }
}

async function isConfirmed(kind: string, shown: Shown, { say, confirm }: Desk): Promise<boolean> {
  if (!confirm) {
    const how = `--content ${shown.content} for what stands there now, or --yes for whatever does`
    throw new CommandError('ERR_HAP_INPUT', `Say what you looked at: ${how}`)
  }
  for (const line of await shown.lines()) say(line)
  return confirm(`Is this ${kind}?`)
}

function commented(draft: ReplyDraft, comment: string | undefined): ReplyDraft {
  return comment === undefined ? draft : { ...draft, comment }
}

/** `name=value` as what the form wants there. */
function filledIn({ message }: Item, fields: readonly string[]): Readonly<Record<string, unknown>> {
  const filled: Record<string, unknown> = {}
  for (const one of fields) {
    const [, name = '', text = ''] = /^([^=]+)=(.*)$/s.exec(one) ?? []
    const type = message.form?.properties[name]?.type
    if (type === undefined)
      throw new CommandError(
        'ERR_HAP_INPUT',
        `The form has no field ${JSON.stringify(name || one)}`,
      )
    // What does not fit stays a text: the inbox says what would.
    const isNumber = (type === 'number' || type === 'integer') && text.trim() !== ''
    if (isNumber && Number.isFinite(Number(text))) filled[name] = Number(text)
    else if (type === 'boolean' && /^(?:true|yes|false|no)$/i.test(text))
      filled[name] = /^(?:true|yes)$/i.test(text)
    else filled[name] = text
  }
  return filled
}

function questionAsNote({ message }: Item): string {
  return [message.title, '', ...message.body.split('\n')].join('\n')
}
