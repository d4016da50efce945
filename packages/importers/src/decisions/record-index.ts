import { posix } from 'node:path'
import type { LinkTarget } from './parsed-record.ts'

/**
 * Where records are: by their paths and their numbers, as they are now and as they were. Versions are
 * told of oldest first, so that a link leads to what had that name when the link was written.
 */
export interface RecordIndex {
  /** Says that a record, by its key, has this path from now on. */
  move(key: string, path: string): void
  /** The record that a link of the record at `from` names; undefined where there is none, or several. */
  find(target: Exclude<LinkTarget, { address: string }>, from: string): string | undefined
}

/** Of a file's name: `pep-0484.rst`, `0005-use-x.md`, `ADR-12.md`. */
const NUMBER = /^(?:[a-z]{1,12}[-_ ]?)?0*(\d{1,9})(?![\da-z])/i

/** @param everything all paths that any record ever has, for links to what comes later. */
export function createRecordIndex(
  everything: Iterable<{ readonly key: string; readonly path: string }>,
): RecordIndex {
  /** Who has a path, or had it last; and, where nobody has it yet, who will. */
  const byPath = new Map<string, string>()
  const byStem = new Map<string, Set<string>>()
  const byNumber = new Map<number, Map<string, string>>()
  for (const { key, path } of everything) {
    byPath.set(path, key)
    const stem = stemOf(path)
    byStem.set(stem, (byStem.get(stem) ?? new Set()).add(key))
    const number = numberOf(path)
    if (number === undefined) continue
    byNumber.set(
      number,
      (byNumber.get(number) ?? new Map<string, string>()).set(key, posix.dirname(path)),
    )
  }

  function findPath(path: string, from: string): string | undefined {
    const folder = posix.dirname(from)
    // A link that begins with a slash counts from the top of what was imported.
    const full = posix.normalize(path.startsWith('/') ? path.slice(1) : posix.join(folder, path))
    const exact = byPath.get(full) ?? byPath.get(`${full}.md`)
    if (exact !== undefined) return exact
    // Tools that make pages of records link to the page: `../adr/0005-use-x/`, `0005-use-x.html`.
    const named = byStem.get(stemOf(full.replace(/\/$/, '')))
    return named?.size === 1 ? [...named][0] : undefined
  }

  function findNumber(number: number, from: string): string | undefined {
    const found = byNumber.get(number) ?? new Map<string, string>()
    if (found.size <= 1) return [...found.keys()][0]
    const folder = posix.dirname(from)
    const near = [...found].filter(([, where]) => where === folder)
    return near.length === 1 ? near[0]?.[0] : undefined
  }

  return {
    move(key, path) {
      byPath.set(path, key)
      const number = numberOf(path)
      if (number !== undefined) byNumber.get(number)?.set(key, posix.dirname(path))
    },
    find(target, from) {
      return 'number' in target ? findNumber(target.number, from) : findPath(target.path, from)
    },
  }
}

function numberOf(path: string): number | undefined {
  const digits = NUMBER.exec(posix.basename(path))?.[1]
  return digits === undefined ? undefined : Number(digits)
}

function stemOf(path: string): string {
  return posix
    .basename(path)
    .replace(/\.(?:md|markdown|rst|txt|html?)$/i, '')
    .toLowerCase()
}
