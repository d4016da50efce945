import type { ImportSummary } from '@bzzz/importers'
import type { CollectionState } from '@bzzz/mesh'
import { toInstant } from '@bzzz/temporal-nav'
import { createAddress, parseKey, toUri } from '@bzzz/ucxl-address'
import type { LocalNode } from './node.ts'

export interface CheckResult {
  /** What must be true, as a sentence. */
  readonly what: string
  readonly ok: boolean
  /** What was seen instead. */
  readonly why?: string
}

export interface CheckInput {
  readonly archive: LocalNode
  readonly reader: LocalNode
  readonly collection: CollectionState
  readonly imported: ImportSummary
  readonly signal: AbortSignal
  readonly now: () => number
}

// Records read through the second node, spread over all of them.
const SAMPLES = 10

/** Looks whether what was told is true, from outside: over HTTP, against what the first node holds. */
export async function checkAll(input: CheckInput): Promise<CheckResult[]> {
  const checks: [string, () => Promise<string | undefined>][] = [
    ['every version that was imported is kept', async () => everyVersionKept(input)],
    [
      'the second node knows of every record, as the signed manifest says',
      async () => allKnown(input),
    ],
    [
      'what the second node gives, now and in the past, is byte for byte what the first one holds',
      async () => sameBytes(input),
    ],
    ['before a record began there is nothing, and that is said', async () => nothingBefore(input)],
    [
      'what is written through the second node is read through the first',
      async () => writesArrive(input),
    ],
  ]
  const results: CheckResult[] = []
  for (const [what, check] of checks) {
    input.signal.throwIfAborted()
    const why = await check().catch((error: unknown) => String(error))
    results.push(why === undefined ? { what, ok: true } : { what, ok: false, why })
  }
  return results
}

async function everyVersionKept({ archive, imported }: CheckInput): Promise<string | undefined> {
  const { versions } = await archive.store.stats()
  const expected = imported.versions + imported.unchanged
  return versions >= expected ? undefined : `${versions} versions of ${expected}`
}

async function allKnown({ collection, imported }: CheckInput): Promise<string | undefined> {
  const { heads, fits } = collection
  if (!fits) return 'the heads are not those of the manifest'
  return heads.length >= imported.records
    ? undefined
    : `${heads.length} records of ${imported.records}`
}

async function sameBytes({
  archive,
  reader,
  collection,
  signal,
}: CheckInput): Promise<string | undefined> {
  const step = Math.max(1, Math.floor(collection.heads.length / SAMPLES))
  for (const [place, { key, version }] of collection.heads.entries()) {
    if (place % step !== 0) continue
    for (const number of new Set([1, Math.ceil(version / 2), version])) {
      const wanted = createAddress({ ...parseKey(key), temporal: { kind: 'version', number } })
      const { record } = (await first(archive.store.history(key, { from: number, to: number })))!
      const instant = createAddress({
        ...parseKey(key),
        temporal: { kind: 'instant', instant: record.time },
      })
      const response = await fetch(urlOf(reader, toUri(instant)), { signal })
      if (record.content === null) {
        if (response.status !== 410)
          return `${key} was deleted in version ${number}, and gives ${response.status}`
        continue
      }
      const bytes = Buffer.from(await response.arrayBuffer())
      const { content } = await archive.store.get(wanted)
      if (!response.ok || !bytes.equals(content))
        return `${key}, version ${number}: ${response.status}`
    }
  }
  return undefined
}

async function nothingBefore({
  archive,
  reader,
  collection,
  signal,
}: CheckInput): Promise<string | undefined> {
  const key = collection.heads[0]?.key ?? ''
  const begin = (await first(archive.store.history(key)))!
  const before = toInstant(Date.parse(begin.record.time) - 1000)
  const address = createAddress({
    ...parseKey(key),
    temporal: { kind: 'instant', instant: before },
  })
  const response = await fetch(urlOf(reader, toUri(address)), { signal })
  const { code } = (await response.json()) as { code?: string }
  return code === 'ERR_TEMPORAL_OUT_OF_RANGE' ? undefined : `${response.status} ${code}`
}

async function writesArrive({
  archive,
  reader,
  now,
  signal,
}: CheckInput): Promise<string | undefined> {
  const address = 'ucxl://reader:guest@notes:dev/hello.txt'
  const body = `Written at ${toInstant(now())}.`
  const put = await fetch(urlOf(reader, address), { method: 'PUT', body, signal })
  if (!put.ok) return `the write gave ${put.status}: ${await put.text()}`
  // The announcement goes on in the background; publishing again waits for it.
  await reader.mesh.publish('reader@notes', { signal })
  const { content } = await archive.mesh.get(address, { consistency: 'latest', signal })
  const text = new TextDecoder().decode(content)
  return text === body ? undefined : `read ${JSON.stringify(text)}`
}

function urlOf(node: LocalNode, uri: string): string {
  return `${node.url}${uri.replace('ucxl://', '/ucxl/')}`
}

async function first<Value>(source: AsyncIterable<Value>): Promise<Value | undefined> {
  for await (const value of source) return value
  return undefined
}
