/**
 * Decisions as people read and edit them: records in Markdown.
 *
 * ```ts
 * toMadr({ decision, address: 'ucxl://claude:architect@shop:checkout/*~2/payment.json', contentId })
 * ```
 *
 * @packageDocumentation
 */
import type { Decision, DecisionOption } from './decision.ts'
import { optionsOf } from './options.ts'

/** A version of a decision, as a record needs it. */
export interface MadrRecord {
  readonly decision: Decision
  /** The address that always means this version. */
  readonly address: string
  /** Content id of its RFC 8785 bytes. */
  readonly contentId: string
}

/**
 * A decision record in Markdown: MADR 4.0.0 (https://adr.github.io/madr), with what it has no place
 * for in its front matter.
 */
export function toMadr(record: MadrRecord): string {
  const { decision } = record
  const parts = [
    frontMatter(record),
    `# ${line(decision.title ?? decision.decision_type)}`,
    ...section('Context and Problem Statement', contextOf(decision)),
    ...section('Decision Drivers', list(decision.justification?.criteria)),
    ...section('Considered Options', list(optionsOf(decision).map(({ name }) => name))),
    ...outcome(decision),
    ...section('Pros and Cons of the Options', optionsOf(decision).flatMap(prosAndCons)),
    ...section('More Information', links(decision)),
  ]
  return `${parts.join('\n\n')}\n`
}

function frontMatter({ decision, address, contentId }: MadrRecord): string {
  const { deciders, consulted, informed } = decision
  const fields = {
    status: decision.status ?? 'accepted',
    date: decision.timestamp.slice(0, 10),
    'decision-makers': deciders?.length ? deciders : [decision.agent_id],
    consulted,
    informed,
    'decision-id': decision.decision_id,
    'decision-type': decision.decision_type,
    'ucxl-address': address,
    'content-id': contentId,
  }
  // JSON is YAML, and leaves nothing to guess.
  const lines = Object.entries(fields).flatMap(([name, value]) =>
    value === undefined || value.length === 0 ? [] : [`${name}: ${JSON.stringify(value)}`],
  )
  return ['---', ...lines, '---'].join('\n')
}

function contextOf({ summary, context, justification }: Decision): string[] {
  const said = [summary, context?.scope, justification?.reasoning].filter((text) => text?.trim())
  return [...new Set(said as string[])].map(paragraphs)
}

function outcome({ chosen, title, consequences, confirmation, justification }: Decision): string[] {
  const [because = ''] = (justification?.reasoning ?? '').split(/\n\s*\n/)
  const name = line(chosen ?? title ?? 'as described above')
  const why = because.trim() === '' ? '.' : `, because ${line(because)}`
  const { good = [], bad = [], neutral = [] } = consequences ?? {}
  const follows = [
    ...good.map((text) => `Good, because ${text}`),
    ...bad.map((text) => `Bad, because ${text}`),
    ...neutral.map((text) => `Neutral, because ${text}`),
  ]
  return [
    '## Decision Outcome',
    `Chosen option: "${name}"${why}`,
    ...section('Consequences', list(follows), 3),
    ...section('Confirmation', confirmation ? [paragraphs(confirmation)] : [], 3),
  ]
}

function prosAndCons({ name, pros = [], cons = [] }: DecisionOption): string[] {
  const said = [
    ...pros.map((text) => `Good, because ${text}`),
    ...cons.map((text) => `Bad, because ${text}`),
  ]
  return section(line(name), list(said), 3)
}

function links({ citations = [], supersedes = [], impacts = [] }: Decision): string[] {
  return list([
    ...citations.map(({ type, ucxl_address: address, version, excerpt }) => {
      const which = version === undefined ? '' : `, version ${version}`
      return `${type}: <${address}>${which}${excerpt?.trim() ? `: “${excerpt}”` : ''}`
    }),
    ...supersedes.map((address) => `supersedes: <${address}>`),
    ...impacts.map(
      ({ type, ucxl_address: address, reason }) =>
        `${type}: <${address}>${reason ? `, because ${reason}` : ''}`,
    ),
  ])
}

/** A heading with what stands under it; nothing where there is nothing. */
function section(heading: string, body: readonly string[], level = 2): string[] {
  return body.length === 0 ? [] : [`${'#'.repeat(level)} ${heading}`, ...body]
}

function list(items: readonly string[] = []): string[] {
  return items.length === 0 ? [] : [items.map((item) => `* ${line(item)}`).join('\n')]
}

/** A text in one line. */
function line(text: string): string {
  return text.replaceAll(/\s+/g, ' ').trim()
}

/** A text of several lines, none of which is a heading, a rule or a fence of the record itself. */
function paragraphs(text: string): string {
  return text.trim().replaceAll(/^( {0,3})(?=#{1,6}(?:\s|$)|[-=_*]{2,}\s*$|`{3}|~{3})/gm, '$1\\')
}
