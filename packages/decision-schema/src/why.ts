import { isPattern, safeParse } from '@bzzz/ucxl-address'
import type { Chain, ChainLink, ChainOptions, ChainPath } from './chain.ts'
import { versionAddress } from './check-citation.ts'
import { DecisionError, excerptOf } from './errors.ts'
import { expandDown, expandUp } from './expand.ts'
import { explore } from './explore.ts'
import { createLoader, type LoadedVersion } from './loader.ts'
import { UUID } from './patterns.ts'
import type { ChainReader } from './reader.ts'

/**
 * What a decision rests on: follows its citations, theirs, and so on, breadth first, and says of
 * each link whether it holds.
 *
 * @param start the concrete address of a version, or the id of a decision where the reader knows it
 * @throws {DecisionError} `ERR_CHAIN_START` where there is no such version; `ERR_CHAIN_LIMIT`
 */
export async function why(
  start: string,
  reader: ChainReader,
  options: ChainOptions = {},
): Promise<Chain> {
  const { version } = await begin(start, reader, options)
  return explore(reader, { start: version, expand: expandUp(options), end: 'to' }, options)
}

/**
 * What rests on a context: the decisions that cite it, those that cite them, and so on. A link runs
 * from what cites to what is cited, so each node but the start is the `from` of one.
 *
 * @param start as for {@link why}; where its address means the newest version (`*^`), the start
 *   stands for its whole context, and what cites any version of it counts
 * @throws {DecisionError} `ERR_CHAIN_START` where there is no such version; `ERR_CHAIN_LIMIT`
 */
export async function whatWouldFall(
  start: string,
  reader: ChainReader,
  options: ChainOptions = {},
): Promise<Chain> {
  const { version, any } = await begin(start, reader, options)
  const expand = expandDown(reader, options, any ? version : undefined)
  return explore(reader, { start: version, expand, end: 'from' }, options)
}

/**
 * The shortest way from a decision to something that it rests on.
 *
 * @param ends from which to which, as the start of {@link why}; where the address of `to` means the
 *   newest version, any version of that context will do
 * @throws {DecisionError} `ERR_CHAIN_START` where one of them is not there; `ERR_CHAIN_LIMIT`
 */
export async function findPath(
  ends: { readonly from: string; readonly to: string },
  reader: ChainReader,
  options: ChainOptions = {},
): Promise<ChainPath> {
  const { version: start } = await begin(ends.from, reader, options)
  const { version: target, any } = await begin(ends.to, reader, options)
  const stop = (far: LoadedVersion | undefined): boolean =>
    far?.key === target.key && (any || far.version === target.version)
  if (stop(start)) return { links: [], cuts: [] }
  let reached = false
  const note = (far: LoadedVersion | undefined): boolean => (reached = stop(far))
  const exploration = { start, expand: expandUp(options), end: 'to', stop: note } as const
  const { links, cuts } = await explore(reader, exploration, options)
  if (!reached) return { links: undefined, cuts }
  return { links: trace(links, versionAddress(start.key, start.version)), cuts: [] }
}

/** The links from the start to the last of all; each node was reached first on a shortest way. */
function trace(links: readonly ChainLink[], start: string): ChainLink[] {
  const first = new Map(links.toReversed().map((link) => [link.to, link]))
  const path: ChainLink[] = []
  for (let link = links.at(-1); link !== undefined; link = first.get(link.from)) {
    path.unshift(link)
    if (link.from === start) break
  }
  return path
}

/** The version that a chain begins with, and whether it stands for its whole context. */
async function begin(
  start: string,
  reader: ChainReader,
  options: ChainOptions,
): Promise<{ version: LoadedVersion; any: boolean }> {
  const { signal } = options
  signal?.throwIfAborted()
  const address = UUID.test(start)
    ? await reader.locate?.(start, signal === undefined ? {} : { signal })
    : start
  if (address === undefined) return refuse(start, 'the id of a decision that is known here')
  const read = safeParse(address)
  if (!read.success || isPattern(read.address)) return refuse(start, 'a concrete address')
  const version = await createLoader(reader, options).load(address)
  if (!version.found) return refuse(start, `a version that is there (${version.reason})`)
  return { version, any: read.address.temporal.kind === 'latest' }
}

function refuse(start: string, expected: string): never {
  const example = '"ucxl://claude:architect@shop:checkout/*^/decisions/payment.json"'
  const problem = { path: '', expected, received: excerptOf(start), example }
  throw new DecisionError('ERR_CHAIN_START', [problem])
}
