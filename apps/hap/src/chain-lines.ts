import type { Chain, ChainLink, ChainNode, LinkVerdict } from '@bzzz/decision-schema/chains'

/** A line of a chain, and the version that it names. */
export interface ChainLine {
  readonly text: string
  readonly address?: string
  /** What a look at the link to it came to; absent for the start. */
  readonly verdict?: LinkVerdict
  /** True where what rests behind it stands further up. */
  readonly again?: boolean
}

/** A chain as {@link chainEntries}, as text alone. */
export function chainLines(chain: Chain, far: 'from' | 'to'): string[] {
  return chainEntries(chain, far).map((line) => [line.text, verdictOf(line)].join(' ').trimEnd())
}

/**
 * A chain as a tree of lines, each node once; where it is reached again, its name stands with `…`.
 *
 * @param far which end of a link leads away from the start
 */
export function chainEntries(chain: Chain, far: 'from' | 'to'): ChainLine[] {
  const near = far === 'to' ? 'from' : 'to'
  const nodes = new Map(chain.nodes.map((node) => [node.address, node]))
  const links = Map.groupBy(chain.links, (link) => link[near])
  const shown = new Set<string>()
  const lines: ChainLine[] = []
  const say = (text: string): void => void lines.push({ text })
  const [start] = chain.nodes
  if (!start) return lines

  // Depth first, without recursion: chains may be long.
  const stack: { address: string; indent: string; link?: ChainLink }[] = [
    { address: start.address, indent: '' },
  ]
  for (let next = stack.pop(); next !== undefined; next = stack.pop()) {
    const { address, indent, link } = next
    const again = shown.has(address)
    shown.add(address)
    const word = link ? `${link.citation.type} ` : ''
    const name = nameOf(nodes.get(address), address)
    lines.push({
      text: `${indent}${word}${name}`,
      address,
      again,
      ...(link && { verdict: link.verdict }),
    })
    if (link === undefined) say(`${indent}${address}`)
    if (again) continue
    const onward = (links.get(address) ?? []).toReversed()
    for (const one of onward) stack.push({ address: one[far], indent: `${indent}  `, link: one })
  }
  if (chain.links.length === 0) say(far === 'to' ? 'It cites nothing.' : 'Nothing rests on it.')
  for (const loop of chain.cycles)
    say(`Cycle: ${loop.map((one) => nameOf(nodes.get(one), one)).join(' → ')}`)
  const depth = chain.cuts.filter(({ reason }) => reason === 'depth').length
  const count = chain.cuts.length - depth
  if (depth > 0) say(`Cut after so many links at ${depth} of them: --depth shows more.`)
  if (count > 0) say(`Cut at ${count} of them, since there are too many.`)
  return lines
}

/** What a decision is against, and what is against it: chains of one link. */
export interface Contradictions {
  readonly contradicts: Chain
  readonly contradictedBy: Chain
}

/** A line for each contradiction, with the address below it. */
export function contradictionLines(all: Contradictions): string[] {
  return contradictionEntries(all).map(
    (line) => `${line.text} ${verdictOf(line)}\n  ${line.address ?? ''}`,
  )
}

/** The same in parts. */
export function contradictionEntries({ contradicts, contradictedBy }: Contradictions): ChainLine[] {
  return [
    ...contradictionsIn('It contradicts', contradicts, 'to'),
    ...contradictionsIn('It is contradicted by', contradictedBy, 'from'),
  ]
}

function contradictionsIn(word: string, chain: Chain, far: 'from' | 'to'): ChainLine[] {
  return chain.links.map(({ verdict, ...link }) => {
    const node = chain.nodes.find(({ address }) => address === link[far])
    return { text: `${word} ${nameOf(node, link[far])}`, address: link[far], verdict }
  })
}

function nameOf(node: ChainNode | undefined, address: string): string {
  const path = address.slice(address.lastIndexOf('/') + 1).replace(/\.json$/, '')
  const { title, status } = node?.decision ?? {}
  return title === undefined ? path : `${path}: ${title}${status ? ` (${status})` : ''}`
}

/** What stands at the end of a line: `[broken: gone] …`. */
export function verdictOf({ verdict, again = false }: ChainLine): string {
  const said = !verdict
    ? ''
    : verdict.status === 'verified'
      ? '[verified]'
      : `[${verdict.status}: ${verdict.reason}]`
  return `${said}${again ? ' …' : ''}`
}
