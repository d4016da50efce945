import type { Citation } from '@bzzz/decision-schema'
import type { Chain } from '@bzzz/decision-schema/chains'
import { EXIT } from '@bzzz/runtime'
import type { Slurp } from '@bzzz/slurp'
import { graphOf, type Desk } from './desk.ts'
import { findStart } from './find-start.ts'
import { chainLines, contradictionLines, type Contradictions } from './chain-lines.ts'

/** What a decision rests on. */
export async function askWhy(
  start: string,
  depth: number | undefined,
  desk: Desk,
): Promise<number> {
  return ask(start, desk, (slurp, address) => slurp.why(address, options(depth, desk)), 'to')
}

/** What rests on a decision, by the newest versions there are. */
export async function askImpact(
  start: string,
  depth: number | undefined,
  desk: Desk,
): Promise<number> {
  const contexts = { ...options(depth, desk), contexts: true }
  return ask(start, desk, (slurp, address) => slurp.consequences(address, contexts), 'from')
}

export async function askSearch(
  text: string,
  limit: number | undefined,
  desk: Desk,
): Promise<number> {
  const slurp = await graphOf(desk)
  const { items } = await slurp.search({
    text,
    ...(limit === undefined ? {} : { limit }),
    signal: desk.signal,
  })
  const found = items.map(({ decision, snippet, score }) => {
    const { title, status, ucxl_address: address } = JSON.parse(decision.node) as Shown
    return { address, title, status, score, snippet }
  })
  desk.result(found)
  for (const { address, title, status, snippet } of found) {
    desk.say(`${title ?? ''} (${status ?? 'no status'})\n  ${address}`)
    if (snippet) desk.say(`  ${snippet.replaceAll(/\s+/g, ' ')}`)
  }
  if (found.length > 0) return EXIT.done
  desk.say('Nothing was found.')
  return EXIT.notFound
}

/** Nothing rests on a contradiction, so that no chain has it: it is worth knowing all the same. */
export async function contradictionsOf(
  slurp: Slurp,
  address: string,
  signal: AbortSignal,
): Promise<Contradictions> {
  const only = { depth: 1, follow: ({ type }: Citation) => type === 'contradicts', signal }
  return {
    contradicts: await slurp.why(address, only),
    contradictedBy: await slurp.consequences(address, { ...only, contexts: true }),
  }
}

interface Shown {
  readonly title?: string
  readonly status?: string
  readonly ucxl_address: string
}

function options(
  depth: number | undefined,
  { signal }: Desk,
): { depth?: number; signal: AbortSignal } {
  return { ...(depth === undefined ? {} : { depth }), signal }
}

async function ask(
  start: string,
  desk: Desk,
  follow: (slurp: Slurp, address: string) => Promise<Chain>,
  far: 'from' | 'to',
): Promise<number> {
  const slurp = await graphOf(desk)
  const found = await findStart(start, desk)
  if (!('address' in found)) {
    desk.result({ candidates: found.candidates })
    if (found.candidates.length === 0) {
      desk.say(`There is no decision whose name has ${JSON.stringify(start)} in it.`)
      return EXIT.notFound
    }
    desk.say(`Which of these ${found.candidates.length} is meant?`)
    for (const candidate of found.candidates) desk.say(`  ${candidate}`)
    return EXIT.usage
  }
  const chain = await follow(slurp, found.address)
  const contradictions = await contradictionsOf(slurp, found.address, desk.signal)
  desk.result({ ...chain, ...contradictions })
  for (const line of chainLines(chain, far)) desk.say(line)
  for (const line of contradictionLines(contradictions)) desk.say(line)
  const broken = chain.links.some(({ verdict }) => verdict.status === 'broken')
  return broken ? EXIT.failed : EXIT.done
}
