import type { Item, Reply } from '@bzzz/inbox'
import { line, linesOf, span, visible, wrap, type Line, type Tone } from '@bzzz/runtime/terminal'
import type { Row } from './rows-view.ts'
import { shortOf, whenOf } from './say.ts'
import type { Opened } from './version.ts'

/** Something that a message is about, as it was when it was sent. */
export interface Subject {
  readonly address: string
  /** Content id that the message names; null where it is a deletion. */
  readonly content: string | null
  /** Absent where it could not be read: then `problem` says why. */
  readonly opened?: Opened
  readonly problem?: string
}

export interface ItemRowsInit {
  readonly width: number
  readonly subjects: readonly Subject[]
  readonly show: (address: string) => void
  /** Answers with one of the choices; absent where nothing can be answered any more. */
  readonly choose?: ((choice: string) => void) | undefined
}

/** A message as a person reads it: who wants what, about what, and what was said to it. */
export function itemRows(item: Item, init: ItemRowsInit): Row[] {
  const { message, from, time, standing, replies } = item
  const { width, subjects, show, choose } = init
  const text = (said: string): Row[] =>
    linesOf(said).flatMap((one) => wrap(one, width).map((piece) => ({ line: line(piece) })))
  const { deadline, needs = 1 } = message
  const approvals = message.kind === 'proposal' && needs > 1 ? `, needs ${needs} approvals` : ''
  const until = deadline === undefined ? '' : `, wanted by ${whenOf(deadline)}`
  return [
    ...wrap(visible(message.title), width).map((one) => ({ line: line(one, 'title') })),
    {
      line: [
        span(
          `${message.kind} by ${from.name}:${from.role}  ${whenOf(time)} UTC${approvals}${until}`,
          'dim',
        ),
      ],
    },
    { line: [span(`for ${visible(message.to.join(', '))}  key ${from.did}`, 'dim')] },
    { line: stateOf(standing) },
    ...(message.body === '' ? [] : [{ line: [] }, ...text(message.body)]),
    ...(message.choices ?? []).map((choice, at) => ({
      line: line(`${at + 1}. ${visible(choice)}`),
      ...(choose && { open: () => choose(choice) }),
    })),
    ...subjects.flatMap((subject) => subjectRows(subject, { text, show })),
    ...(replies.length === 0 ? [] : [{ line: [] }, { line: line('What was said to it', 'title') }]),
    ...replies.flatMap((reply) => replyRows(reply, item, text)),
  ]
}

function stateOf(standing: Item['standing']): Line {
  if (standing.status === 'open') return [span('open', 'key')]
  const by = standing.status === 'approved' ? standing.by : [standing.by]
  const tone: Tone = standing.status === 'rejected' ? 'bad' : 'good'
  return [span(`${standing.status} by ${by.map((reply) => reply.by.name).join(', ')}`, tone)]
}

function subjectRows(
  { address, content, opened, problem }: Subject,
  {
    text,
    show,
  }: { readonly text: (said: string) => Row[]; readonly show: (address: string) => void },
): Row[] {
  const head: Row[] = [
    { line: [] },
    { line: [span('About ', 'title'), span(shortOf(address))], open: () => show(address) },
  ]
  if (!opened) return [...head, { line: line(problem ?? 'It is being read.', 'warn') }]
  const { version, last, text: says, remark, broken } = opened
  const { record } = version
  const warnings = [
    // What was pinned is what counts, and nothing else may be taken for it.
    ...(record.content === content
      ? []
      : ['IT IS NOT WHAT THE MESSAGE MEANS: another content stands there']),
    ...(broken === undefined ? [] : [`SIGNATURE DOES NOT HOLD: ${broken}`]),
    ...(last > record.version
      ? [`version ${record.version} of it; by now there is version ${last}`]
      : []),
    ...(remark === undefined ? [] : [remark]),
  ]
  return [
    ...head,
    { line: line(`${whenOf(record.time)} UTC  ${record.content ?? 'deleted'}`, 'dim') },
    ...warnings.map((warning) => ({ line: line(warning, 'warn') })),
    ...(says === undefined ? [] : text(says)),
  ]
}

function replyRows(reply: Reply, item: Item, text: (said: string) => Row[]): Row[] {
  const { kind, by, time, answer, comment, content } = reply
  const isOld = content === item.content ? '' : ', to an older version: it does not count'
  const said =
    typeof answer === 'string'
      ? answer
      : answer === undefined
        ? ''
        : JSON.stringify(answer, undefined, 2)
  return [
    {
      line: [
        span(`${kind} by ${by.name}:${by.role}`, kind === 'rejected' ? 'bad' : 'good'),
        span(`  ${whenOf(time)}${isOld}`, 'dim'),
      ],
    },
    ...(said === '' ? [] : text(said)),
    ...(comment === undefined || comment === '' ? [] : text(comment)),
  ]
}
