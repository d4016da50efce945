import { verifyRecord, type ContextStore, type StoredVersion } from '@bzzz/context-store'
import { decodeManifest, dhtKeyOf, headsDigest, type Head } from '../../src/manifest.ts'
import type { Member } from './member.ts'
import type { SimNetwork } from './network.ts'

const EVERYTHING = 'ucxl://any:any@any:any/**'

/** A write of which other nodes said that they keep it. */
export interface Acknowledged {
  readonly key: string
  readonly version: number
  readonly id: string
  readonly holders: readonly string[]
}

/** All that a store shows: each timeline with its versions. */
async function timelinesOf(store: ContextStore): Promise<Map<string, StoredVersion[]>> {
  const timelines = new Map<string, StoredVersion[]>()
  for await (const { record } of store.list(EVERYTHING)) {
    const versions: StoredVersion[] = []
    for await (const version of store.history(record.key)) versions.push(version)
    timelines.set(record.key, versions)
  }
  return timelines
}

/** What differs between nodes that are connected and follow the same; undefined where nothing does. */
export async function differenceOf(members: readonly Member[]): Promise<string | undefined> {
  const [first, ...others] = members
  const away = members.find(({ isUp }) => !isUp)
  if (away) return `${away.agent} is not there yet`
  if (!first?.store) return undefined
  const expected = fingerprint(await first.store.summary())
  for (const { agent, store } of others) {
    if (!store || fingerprint(await store.summary()) !== expected)
      return `${agent} has not the versions that ${first.agent} has`
  }
  for (const { agent, store } of members) {
    for await (const { record } of store?.list(EVERYTHING) ?? []) {
      if (record.content !== null && !(await store?.content(record.content)))
        return `${agent} has not the bytes of ${record.key}`
    }
  }
  return undefined
}

function fingerprint(summary: Awaited<ReturnType<ContextStore['summary']>>): string {
  const { count, fingerprint: bytes } = summary.range('')
  return `${count} ${Buffer.from(bytes).toString('hex')}`
}

/** A collection of which the DHT gives an older manifest than the newest; undefined where there is none. */
export async function staleManifest(
  network: SimNetwork,
  members: readonly Member[],
): Promise<string | undefined> {
  for (const { collection, agent, store } of members) {
    const heads: Head[] = []
    for await (const { id, record } of store?.list(`ucxl://${agent}:any@shop:any/**`) ?? [])
      heads.push({ key: record.key, version: record.version, id })
    if (heads.length === 0) continue
    const key = dhtKeyOf(collection)
    const place = Math.floor(network.mock.random() * network.mock.nodes.length)
    const found = await network.mock.nodes[place]?.getValue(key).catch(() => undefined)
    if (!found) return `the DHT gives no manifest of ${collection}`
    if (decodeManifest(key, found.value).heads !== headsDigest(heads))
      return `the DHT gives an old manifest of ${collection}`
  }
  return undefined
}

/** What is wrong with what nodes have in the end. */
export async function problemsOf(
  members: readonly Member[],
  acknowledged: readonly Acknowledged[],
): Promise<string[]> {
  const problems: string[] = []
  const kept = new Set<string>()
  for (const { agent, store } of members) {
    if (!store) continue
    const timelines = await timelinesOf(store)
    for (const [key, versions] of timelines)
      problems.push(...problemsOfTimeline(key, versions).map((what) => `${agent}: ${what}`))
    for await (const { id } of store.forks()) kept.add(id)
    for (const { key, version, id } of acknowledged) {
      const there = timelines.get(key)?.[version - 1]
      if (there?.id === id) kept.add(id)
      else if (!there) problems.push(`${agent} lost ${key} ${version}, which was acknowledged`)
    }
  }
  // Where a rival has its place, it is kept beside the timeline.
  for (const { key, version, id, holders } of acknowledged) {
    if (!kept.has(id))
      problems.push(`nobody has ${key} ${version}, which ${holders.length} acknowledged`)
  }
  return problems
}

function problemsOfTimeline(key: string, versions: readonly StoredVersion[]): string[] {
  const problems: string[] = []
  for (const [place, { id, record }] of versions.entries()) {
    if (record.key !== key || record.version !== place + 1)
      problems.push(`${key} has version ${record.version} in place ${place + 1}`)
    if (record.previous !== (versions[place - 1]?.id ?? null))
      problems.push(`${key} ${record.version} does not follow what stands before it`)
    const wrong = wrongWith({ id, record })
    if (wrong) problems.push(`${key} ${record.version}: ${wrong}`)
  }
  return problems
}

/** Why a record should not be shown; undefined where it should. */
export function wrongWith({ id, record }: StoredVersion): string | undefined {
  try {
    return verifyRecord(record).id === id ? undefined : 'its id is of another record'
  } catch (error) {
    return String(error)
  }
}
