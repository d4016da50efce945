import type { CallOptions } from '@bzzz/temporal-nav'
import { keyOf, parse, parseKey } from '@bzzz/ucxl-address'
import type { ChainOptions } from './chain.ts'
import { checkCitation, citedAddress, versionAddress } from './check-citation.ts'
import type { Citation } from './decision.ts'
import type { Expand, Step } from './explore.ts'
import type { LoadedVersion, Loader } from './loader.ts'
import { mapBounded, PARALLEL } from './map-bounded.ts'
import type { ChainReader } from './reader.ts'

/** What a decision cites, in its own order. */
export function expandUp({ follow = supports }: ChainOptions): Expand {
  return async ({ key, version, decision }, loader) => {
    const from = versionAddress(key, version)
    const followed = [...(decision?.citations ?? []).entries()].filter(([, one]) => follow(one))
    return mapBounded(followed, PARALLEL, async ([index, citation]) => ({
      address: await targetOf(citation, loader),
      look: async () => [await step(from, index, citation, loader)],
    }))
  }
}

/** Where a citation leads: a pinned one says so, one that floats has to be looked up. */
async function targetOf(citation: Citation, loader: Loader): Promise<string> {
  const cited = citedAddress(citation)
  const found = citation.version === undefined ? await loader.find(cited) : undefined
  return found?.found ? versionAddress(found.key, found.version) : cited
}

/**
 * The decisions that cite a version, in the order of their addresses.
 *
 * @param anyVersionOf the version that stands for its whole context
 */
export function expandDown(
  reader: ChainReader,
  options: ChainOptions,
  anyVersionOf: LoadedVersion | undefined,
): Expand {
  const { follow = supports, contexts = false, signal } = options
  const call: CallOptions = signal === undefined ? {} : { signal }
  return async (cited, loader) => {
    const any = contexts || cited === anyVersionOf
    const listed = await reader.citedBy(cited.key, any ? undefined : cited.version, call)
    const sorted = [...new Set(listed)].toSorted(byCodeUnits)
    const addresses = contexts ? await newestOf(sorted, loader) : sorted
    return addresses.map((address) => ({
      address,
      look: async () => {
        const citing = await loader.load(address)
        return citing.found ? stepsTo(cited, any, citing, follow, loader) : []
      },
    }))
  }
}

/** Of the versions those that are the newest of their contexts. */
async function newestOf(addresses: readonly string[], loader: Loader): Promise<string[]> {
  const byKey = Map.groupBy(addresses, (address) => keyOf(parse(address)))
  const newest = await mapBounded([...byKey], PARALLEL, async ([key, versions]) => {
    const found = await loader.find(parseKey(key).toString())
    const address = found.found ? versionAddress(key, found.version) : undefined
    // Where nobody can tell which is the newest, the newest that is known counts.
    if (!found.found && found.reason === 'unavailable') return versions.toSorted(byVersion).at(-1)
    return versions.find((version) => version === address)
  })
  return newest.filter((address) => address !== undefined)
}

function byVersion(a: string, b: string): number {
  return versionIn(a) - versionIn(b)
}

function versionIn(address: string): number {
  const { temporal } = parse(address)
  return temporal.kind === 'version' ? temporal.number : 0
}

async function stepsTo(
  cited: LoadedVersion,
  any: boolean,
  citing: LoadedVersion,
  follow: (citation: Citation) => boolean,
  loader: Loader,
): Promise<Step[]> {
  const from = versionAddress(citing.key, citing.version)
  const to = versionAddress(cited.key, cited.version)
  const steps: Step[] = []
  for (const [index, citation] of (citing.decision?.citations ?? []).entries()) {
    if (!follow(citation) || keyOf(parse(citation.ucxl_address)) !== cited.key) continue
    const { link, far } = await step(from, index, citation, loader)
    // Where any version counts, the start stands for all of them.
    if (any || far?.version === cited.version) steps.push({ link: { ...link, to }, far: citing })
  }
  return steps
}

async function step(
  from: string,
  index: number,
  citation: Citation,
  loader: Loader,
): Promise<Step> {
  const { verdict, version: far } = await checkCitation(citation, loader)
  const to = far === undefined ? citedAddress(citation) : versionAddress(far.key, far.version)
  return { link: Object.freeze({ from, to, index, citation, verdict }), far }
}

/** A contradiction is worth knowing, but nothing rests on it. */
function supports({ type }: Citation): boolean {
  return type !== 'contradicts'
}

function byCodeUnits(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}
