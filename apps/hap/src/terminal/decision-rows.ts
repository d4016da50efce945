import type { Citation, Decision } from '@bzzz/decision-schema'
import { line, linesOf, span, visible, wrap } from '@bzzz/runtime/terminal'
import { keyOf, safeParse } from '@bzzz/ucxl-address'
import type { Row } from './rows-view.ts'
import { addressOf, shortOf } from './say.ts'

/** A decision as a person reads it; what it cites can be opened. */
export function decisionRows(
  decision: Decision,
  { width, show }: { readonly width: number; readonly show: (address: string) => void },
): Row[] {
  const { title, status, decision_type: type, timestamp, agent_id: agent } = decision
  const { summary, chosen, options = [], consequences, justification, confirmation } = decision
  const { citations = [], supersedes = [], impacts = [] } = decision
  const text = (said: string, indent = ''): Row[] =>
    linesOf(said).flatMap((one) =>
      wrap(one, width - indent.length).map((piece) => ({ line: line(`${indent}${piece}`) })),
    )
  const list = (said: readonly string[], sign = '-'): Row[] =>
    said.flatMap((one) => text(`${sign} ${one}`))
  const link = (word: string, address: string, more = ''): Row => ({
    line: [span(visible(word), 'key'), span(` ${shortOf(visible(address))}`), span(more, 'dim')],
    open: () => show(address),
  })
  const followed = [consequences?.good, consequences?.bad, consequences?.neutral]
  return [
    ...wrap(visible(title ?? 'A decision without a title'), width).map((one) => ({
      line: line(one, 'title'),
    })),
    {
      line: [
        span(`${visible(status ?? 'no status')}  ${visible(type)}`, 'key'),
        span(`  ${visible(timestamp)}  ${visible(agent)}`, 'dim'),
      ],
    },
    ...(summary === undefined ? [] : [{ line: [] }, ...text(summary)]),
    ...part(
      'Options',
      options.flatMap(({ name, pros = [], cons = [] }) => [
        ...text(`${name === chosen ? '* chosen: ' : '- '}${name}`),
        ...pros.flatMap((one) => text(`+ ${one}`, '    ')),
        ...cons.flatMap((one) => text(`- ${one}`, '    ')),
      ]),
    ),
    ...part('Why', justification?.reasoning === undefined ? [] : text(justification.reasoning)),
    ...part('Alternatives', list(justification?.alternatives_considered ?? [])),
    ...part(
      'Consequences',
      followed.flatMap((said, at) => list(said ?? [], ['+', '-', '='][at])),
    ),
    ...part('Confirmation', confirmation === undefined ? [] : text(confirmation)),
    ...part(
      'Rests on',
      citations.map((one) => link(one.type, pinned(one), passage(one))),
    ),
    ...part(
      'Takes the place of',
      supersedes.map((address) => link('supersedes', address)),
    ),
    ...part(
      'Changes',
      impacts.map(({ type: word, ucxl_address: to }) => link(word, to)),
    ),
  ]
}

/** A part with its name above it, where it says anything. */
function part(name: string, rows: readonly Row[]): Row[] {
  return rows.length === 0 ? [] : [{ line: [] }, { line: line(name, 'title') }, ...rows]
}

/** The version that was cited, where it is said. */
function pinned({ ucxl_address: address, version }: Citation): string {
  const parsed = version === undefined ? undefined : safeParse(address)
  return parsed?.success ? addressOf(keyOf(parsed.address), version) : address
}

function passage({ excerpt }: Citation): string {
  return excerpt === undefined ? '' : `  "${visible(excerpt.replaceAll(/\s+/g, ' '))}"`
}
