import { format, type Address } from '@bzzz/ucxl-address'
import { textOfName, type Place } from './address-book.ts'
import type { WholeWrite } from './batch-writer.ts'
import type { Step } from './lineage.ts'
import { cut } from './text.ts'

/** Longest value that a store takes in a version's provenance. */
const VALUE_LENGTH = 1024
const TYPES: Readonly<Record<string, string>> = {
  md: 'text/markdown; charset=utf-8',
  markdown: 'text/markdown; charset=utf-8',
  rst: 'text/x-rst; charset=utf-8',
}

/** Media type of a file, by its name. */
export function contentTypeOf(name: string): string {
  const extension = name.slice(name.lastIndexOf('.') + 1).toLowerCase()
  return TYPES[extension] ?? 'text/plain; charset=utf-8'
}

/** A moment in milliseconds, as RFC 3339 in UTC, with milliseconds only where they are not zero. */
export function timeText(time: number): string {
  return new Date(time).toISOString().replace('.000Z', 'Z')
}

/** The name of a step as it stands in the provenance of its version. */
export function provenancePath(path: string): string {
  return cut(textOfName(path), VALUE_LENGTH)
}

/** What is written for one step; without content it is a tombstone. */
export function versionOf(
  place: Place,
  step: Step,
  content: Uint8Array | null,
  movedTo?: Address,
): WholeWrite {
  const { commit } = step
  const path = provenancePath(step.path)
  return {
    address: place.address,
    content,
    ...(content ? { contentType: contentTypeOf(path) } : {}),
    time: commit.time,
    provenance: {
      source: 'git',
      commit: commit.id,
      path,
      author: cut(commit.author, VALUE_LENGTH),
      authored: timeText(commit.authored),
      subject: commit.subject,
    },
    ...(movedTo ? { relationships: [{ name: 'moved_to', address: format(movedTo) }] } : {}),
  }
}
