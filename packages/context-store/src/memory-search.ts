import type { Ranked, SearchEntry, SearchRequest, SearchTerm, VersionRow } from './backend.ts'
import { hasFacet } from './ordered-keys.ts'
import { wordsOf } from './search-text.ts'

// BM25 with the usual constants, which are those of SQLite's FTS5.
const K1 = 1.2
const B = 0.75

interface Document {
  readonly id: string | undefined
  readonly words: readonly string[]
}

/** A search without an index: it looks through all texts. For tests and small stores. */
export class MemorySearch {
  readonly #documents = new Map<string, Document>()

  /** Id of the version that is known of a context. */
  knows(key: string): string | undefined {
    return this.#documents.get(key)?.id
  }

  put({ key, text, tags }: SearchEntry, id: string | undefined): void {
    const words = wordsOf(`${text ?? ''}\n${tags}`).map(({ word }) => word)
    this.#documents.set(key, { id, words })
  }

  forget(key: string): void {
    this.#documents.delete(key)
  }

  find(
    request: SearchRequest,
    head: (key: string) => VersionRow | undefined,
    bytesOf: (row: VersionRow) => Uint8Array | undefined,
  ): Ranked[] {
    const { terms, facet, cap } = request
    const wanted = terms.filter(({ not }) => !not)
    const hits: { key: string; counts: number[]; length: number }[] = []
    let total = 0
    for (const [key, { words }] of this.#documents) {
      total += words.length
      const counts = wanted.map((term) => occurrences(term, words))
      const refused = terms.some((term) => term.not && occurrences(term, words) > 0)
      if (!refused && counts.every((count) => count > 0) && hasFacet(key, facet))
        hits.push({ key, counts, length: words.length })
    }
    const documents = this.#documents.size
    const average = total / documents || 1
    // All of the hits have all of the terms, so their number is what each term's weight follows.
    const weight = Math.max(1e-6, Math.log((documents - hits.length + 0.5) / (hits.length + 0.5)))
    const scoreOf = (counts: readonly number[], length: number): number =>
      counts.reduce(
        (sum, count) =>
          sum + (weight * count * (K1 + 1)) / (count + K1 * (1 - B + (B * length) / average)),
        0,
      )
    return hits
      .slice(-cap)
      .flatMap(({ key, counts, length }) => {
        const row = head(key)
        return row ? [{ row, bytes: bytesOf(row), score: scoreOf(counts, length) }] : []
      })
      .toSorted((a, b) => b.score - a.score || (a.row.key < b.row.key ? -1 : 1))
  }
}

/** How often the words of a term stand in a text, one right after the other. */
function occurrences({ words, prefix }: SearchTerm, text: readonly string[]): number {
  const last = words.length - 1
  return text.filter((_, start) =>
    words.every((word, place) => {
      const there = text[start + place]
      return prefix && place === last ? there?.startsWith(word) : there === word
    }),
  ).length
}
