import type { Verdict } from '@bzzz/bot-framework/metrics'
import type { NodeStage } from './node.ts'

/** Links that a walk follows at most. */
export const DEEPEST = 64

/** A chain of decisions as the graph shows it. */
interface Walk {
  readonly nodes: readonly { readonly address: string; readonly depth: number }[]
  readonly links: readonly {
    readonly from: string
    readonly verdict: { readonly status: string }
  }[]
  readonly cycles: readonly (readonly string[])[]
  readonly cuts: readonly { readonly reason: string }[]
}

/** What was built, and has to be found out. */
interface Built {
  /** First members of rings, each of which cites the next one with a pin that is false. */
  readonly rings: string[]
  /** Decisions that cite another one with a pin that is false. */
  readonly liars: string[]
  /** The last decision of each chain, with how many there are in it. */
  readonly chains: Map<string, { readonly tip: string; readonly length: number }>
}

/** What was built in this run. */
export function builtIn({ facts }: NodeStage): Built {
  const known = facts.get('built') as Built | undefined
  if (known) return known
  const made: Built = { rings: [], liars: [], chains: new Map() }
  facts.set('built', made)
  return made
}

/** The path of a decision in the graph. */
export const wayTo = (address: string): string => `/decisions/${encodeURIComponent(address)}`

/** What a decision rests on, as the graph says within these bounds; undefined where it does not say. */
export async function walk(stage: NodeStage, from: string, bounds: string, signal?: AbortSignal) {
  const { status, body } = await stage.graph.ask(`${wayTo(from)}/why?${bounds}`, signal)
  const found = body as Partial<Walk> | undefined
  return status === 200 && found?.links ? (found as Walk) : undefined
}

/** Whether the link that starts a walk is seen to be false. */
export function isFoundOut({ links }: Walk, start: string): boolean {
  return links.some(({ from, verdict }) => from === start && verdict.status === 'broken')
}

/** Whether a walk along a chain ended within its bound, and said so where there was more. */
export function isBounded({ nodes, cuts }: Walk, length: number): boolean {
  const isCut = cuts.some(({ reason }) => reason === 'depth')
  return nodes.length === Math.min(length, DEEPEST + 1) && isCut === length > DEEPEST + 1
}

/** Whether each false pin is found out: what cites by it is not shown, or its link is broken. */
export async function pinsVerdict(stage: NodeStage): Promise<Verdict> {
  const { rings, liars } = builtIn(stage)
  let believed = 0
  for (const start of rings) {
    const found = await walk(stage, start, `depth=${DEEPEST}`)
    if (!found || !isFoundOut(found, start)) believed++
  }
  for (const liar of liars) {
    const { status } = await stage.graph.ask(wayTo(liar))
    const found = status === 404 ? undefined : await walk(stage, liar, 'depth=1')
    if (status !== 404 && !(found && isFoundOut(found, liar))) believed++
  }
  return {
    name: 'no pin that is false is believed',
    ok: believed === 0,
    detail: `${believed} of ${rings.length + liars.length}`,
  }
}

/** Whether walks along all chains that were built are bounded. */
export async function cutsVerdict(stage: NodeStage): Promise<Verdict> {
  let endless = 0
  const chains = [...builtIn(stage).chains.values()]
  for (const { tip, length } of chains) {
    const found = await walk(stage, tip, `depth=${DEEPEST}`)
    if (!found || !isBounded(found, length)) endless++
  }
  return {
    name: 'walks end within their bounds, and say where they were cut',
    ok: endless === 0,
    detail: `${endless} of ${chains.length} did not`,
  }
}
