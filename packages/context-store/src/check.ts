import type { Backend } from './backend.ts'
import { contentIdOf, createContentHash } from './content-id.ts'
import { PAGE } from './listing.ts'
import { assertFollows, verifyRecord, type VersionRecord } from './record.ts'
import type { CallOptions } from './queries.ts'

const MAX_PROBLEMS = 1000

/** One thing that is wrong in a store. */
export interface CheckProblem {
  readonly kind: 'content' | 'file' | 'record'
  /** The context's key; absent where the file itself is damaged. */
  readonly key?: string
  readonly version?: number
  readonly message: string
}

export interface CheckReport {
  readonly versions: number
  /** Versions whose bytes are here; others may come yet, or were dropped or redacted. */
  readonly contents: number
  /** What is wrong; at most 1,000 are listed. */
  readonly problems: readonly CheckProblem[]
}

/** Reads everything, and compares it with what its ids, its chains and its signatures say. */
export async function checkStore(
  backend: Backend,
  options: CallOptions & { readonly anyWriter: boolean },
): Promise<CheckReport> {
  const problems: CheckProblem[] = backend.damage().map((message) => ({ kind: 'file', message }))
  let versions = 0
  let contents = 0
  let after = 0
  for (;;) {
    const rows = backend.changes(after, PAGE)
    for (const row of rows) {
      versions++
      const { key, version } = row
      const wrong = recordProblem(backend, row, options)
      if (wrong) problems.push({ kind: 'record', key, version, message: wrong })
      if (row.content === null || backend.contentInfo(row.content).state !== 'here') continue
      contents++
      if (!isIntact(backend, row.content)) {
        const message = `the bytes are not those of ${row.content}`
        problems.push({ kind: 'content', key, version, message })
      }
    }
    after = rows.at(-1)?.sequence ?? after
    if (rows.length < PAGE || problems.length >= MAX_PROBLEMS)
      return { versions, contents, problems: problems.slice(0, MAX_PROBLEMS) }
    await new Promise(setImmediate)
    options.signal?.throwIfAborted()
  }
}

function recordProblem(
  backend: Backend,
  row: {
    key: string
    version: number
    time: number
    content: string | null
    id: string
    record: string
  },
  rules: { readonly anyWriter: boolean },
): string | undefined {
  try {
    const { id, record } = verifyRecord(JSON.parse(row.record))
    const { key, version, content } = record
    const same = id === row.id && key === row.key && version === row.version
    if (!same || content !== row.content || Date.parse(record.time) !== row.time)
      return 'it is not filed under what it says of itself'
    const before = version === 1 ? undefined : backend.version(key, version - 1)
    if (version > 1 && !before) return `version ${version - 1} is missing`
    assertFollows(
      record,
      before && { id: before.id, record: JSON.parse(before.record) as VersionRecord },
      rules,
    )
    return undefined
  } catch (error) {
    return error instanceof Error ? error.message : String(error)
  }
}

function isIntact(backend: Backend, id: string): boolean {
  const { size } = backend.contentInfo(id)
  const first = backend.contentPiece(id, 0)
  if (first?.length === size) return contentIdOf(first) === id
  const hash = createContentHash()
  for (let start = 0; start < size;) {
    const piece = backend.contentPiece(id, start)
    if (!piece || piece.length === 0) return false
    hash.add(piece)
    start += piece.length
  }
  return hash.id() === id
}
