import type { ContextVersion, StoredVersion } from '@bzzz/context-store'
import type { Head, Origin } from '@bzzz/mesh'
import { createAddress, format, parse, parseKey, toUri } from '@bzzz/ucxl-address'
import type { LocalNode } from './node.ts'

/** One record, read through a node that never held it, now and in the past. */
export interface Example {
  readonly key: string
  readonly versions: number
  /** The newest version. */
  readonly latest: Reading
  /** As it stood at a moment in its middle. */
  readonly past: Reading
}

export interface Reading {
  readonly address: string
  /** Path on a node's HTTP interface. */
  readonly path: string
  readonly version: number
  /** When that version was recorded. */
  readonly time: string
  readonly bytes: number
  /** Its first lines. */
  readonly excerpt: readonly string[]
  /** Peer id of the node that it came from, or `local`. */
  readonly source: string
  readonly ms: number
}

const EXCERPT_LINES = 8

/** Picks the record with the longest history, and reads it through the second node. */
export async function exampleOf(
  archive: LocalNode,
  reader: LocalNode,
  heads: readonly Head[],
  { signal, now }: { readonly signal: AbortSignal; readonly now: () => number },
): Promise<Example> {
  const longest = await longestLiving(archive, heads)
  const middle = await archive.store.resolve(
    versionAddress(longest.record.key, Math.ceil(longest.record.version / 2)),
  )
  const read = async (address: string): Promise<Reading> => {
    const start = now()
    const version = await reader.mesh.get(address, { signal })
    return readingOf(address, version, now() - start)
  }
  const key = longest.record.key
  const past = createAddress({
    ...parseKey(key),
    temporal: { kind: 'instant', instant: middle.record.time },
  })
  return {
    key,
    versions: longest.record.version,
    latest: await read(format(parseKey(key))),
    past: await read(format(past)),
  }
}

async function longestLiving(archive: LocalNode, heads: readonly Head[]): Promise<StoredVersion> {
  let longest: StoredVersion | undefined
  for (const { key, version } of heads) {
    if (longest && version <= longest.record.version) continue
    const head = await archive.store.head(key)
    if (head?.record.content) longest = head
  }
  if (!longest) throw new Error('Every record that was imported has been deleted since')
  return longest
}

function readingOf(
  address: string,
  { record, content, source }: ContextVersion & Origin,
  ms: number,
): Reading {
  const lines = new TextDecoder().decode(content.subarray(0, 4096)).split(/\r?\n/)
  return {
    address,
    path: toUri(parse(address)).replace('ucxl://', '/ucxl/'),
    version: record.version,
    time: record.time,
    bytes: content.length,
    excerpt: lines.slice(0, EXCERPT_LINES),
    source,
    ms,
  }
}

function versionAddress(key: string, number: number): ReturnType<typeof parseKey> {
  return createAddress({ ...parseKey(key), temporal: { kind: 'version', number } })
}
