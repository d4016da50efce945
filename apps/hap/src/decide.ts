import type { DecisionDraft, DecisionStatus } from '@bzzz/decision-schema'
import { EXIT } from '@bzzz/runtime'
import { createDecisionWriter } from '@bzzz/slurp-client'
import { createAddress, format, parse, parseKey } from '@bzzz/ucxl-address'
import type { Desk } from './desk.ts'
import { textOf } from './text-input.ts'

export interface DecideOptions {
  readonly title?: string
  readonly type: string
  readonly status: DecisionStatus
  readonly summary?: string
  /** Addresses, by what they are to the decision. */
  readonly because?: readonly string[]
  readonly informedBy?: readonly string[]
  readonly refines?: readonly string[]
  readonly implements?: readonly string[]
  readonly contradicts?: readonly string[]
  /** Addresses of what it takes the place of. */
  readonly replaces?: readonly string[]
  /** Publish what a rule of curation would hold back. */
  readonly anyway?: boolean
}

/** Publishes a signed decision: its reasoning is given, piped in, or written in an editor. */
export async function decide(
  address: string,
  reasoning: string | undefined,
  options: DecideOptions,
  desk: Desk,
): Promise<number> {
  const draft = await draftOf(address, reasoning, options, desk)
  const { home, now, signal } = desk
  const writer = createDecisionWriter({ store: home.store, identity: home.identity, now })
  const found = await writer.publish(draft, { signal })
  if (found.status !== 'published' && options.anyway !== true) {
    desk.result({ status: found.status, rule: found.rule, reason: found.reason })
    desk.say(`Not published: ${found.reason} (${found.rule}). With --anyway it is.`)
    return EXIT.failed
  }
  const { record, decision } =
    found.status === 'published' ? found : await writer.keep(found.decision, { signal })
  const temporal = { kind: 'version', number: record.version } as const
  const pinned = format(createAddress({ ...parseKey(record.key), temporal }))
  desk.result({ address: pinned, decision })
  desk.say(pinned)
  return EXIT.done
}

async function draftOf(
  address: string,
  reasoning: string | undefined,
  options: DecideOptions,
  desk: Desk,
): Promise<DecisionDraft> {
  const { agent, project, task } = parse(address)
  const { title, text } = await written(reasoning, options, desk)
  const cited = [
    ...citations('justified_by', options.because),
    ...citations('informed_by', options.informedBy),
    ...citations('refines', options.refines),
    ...citations('implements', options.implements),
    ...citations('contradicts', options.contradicts),
  ]
  const impacts = (options.replaces ?? []).map((one) => ({ type: 'replaces', ucxl_address: one }))
  return {
    ucxl_address: address,
    agent_id: agent,
    decision_type: options.type,
    status: options.status,
    title,
    ...(options.summary !== undefined && { summary: options.summary }),
    ...(text !== '' && { justification: { reasoning: text } }),
    context: { project, task },
    ...(cited.length > 0 && { citations: cited }),
    ...(impacts.length > 0 && { impacts }),
  }
}

/** Title and reasoning: without a title, the first line of what is written is the title. */
async function written(
  reasoning: string | undefined,
  { title, summary }: DecideOptions,
  desk: Desk,
): Promise<{ readonly title: string; readonly text: string }> {
  if (title !== undefined && summary !== undefined && reasoning === undefined)
    return { title, text: '' }
  const text = await textOf(reasoning, desk, note, title === undefined ? '# ' : '')
  if (title !== undefined) return { title, text }
  const [first = '', ...rest] = text.split('\n')
  return { title: first.replace(/^#+\s*/, ''), text: rest.join('\n').trim() }
}

function note(): string {
  return 'A decision: the first line is its title, the rest why it was made.'
}

function citations(type: string, addresses: readonly string[] = []) {
  return addresses.map((address) => ({ type, ucxl_address: address }))
}
