import { SlurpError } from './errors.ts'
import type { SearchTerm } from './storage-queries.ts'

const MAX_TERMS = 32
const SNIPPET_WORDS = 24
/**
 * What counts as a word: the same as for the tokenizer of SQLite. A letter may be followed by its
 * accents, where a text is decomposed; marks that are no accents end a word.
 */
const WORD = /[\p{L}\p{N}\p{Co}][\p{L}\p{N}\p{Co}\u0300-\u0331]*/gu
const ASCII = /^[\0-\x7f]*$/

/** A term of its text; undefined where it has no word. @param quoted whether it stood in quotes */
export function termOf(
  text: string,
  { quoted, not }: { readonly quoted: boolean; readonly not: boolean },
): SearchTerm | undefined {
  const words = text.match(WORD)
  if (!words) return undefined
  return { words: words.map(fold), prefix: !quoted && text.endsWith('*'), not }
}

/** @throws SlurpError `ERR_SLURP_QUERY` where there are too many, or only such as are not to be there. */
export function assertTerms(terms: readonly SearchTerm[]): void {
  const count = terms.reduce((sum, { words }) => sum + words.length, 0)
  if (count > MAX_TERMS) {
    throw new SlurpError('ERR_SLURP_QUERY', `Expected at most ${MAX_TERMS} words, got ${count}`)
  }
  if (terms.length > 0 && terms.every(({ not }) => not)) {
    throw new SlurpError(
      'ERR_SLURP_QUERY',
      'Expected a word to look for beside those that are not to be there, such as: payment -draft',
    )
  }
}

/** A passage, and where the words that were looked for stand in it. */
export interface Snippet {
  readonly text: string
  readonly marks: readonly (readonly [from: number, to: number])[]
}

/** The passage in which most of the terms stand; the beginning of the text without terms. */
export function snippetOf(text: string, terms: readonly SearchTerm[]): Snippet {
  const words = wordsOf(text)
  const wanted = terms.filter(({ not }) => !not)
  const hits = words.map(({ word }) => wanted.findIndex((term) => meets(term, word)))
  const start = densest(hits)
  const end = Math.min(words.length, start + SNIPPET_WORDS)
  const from = words[start]?.from ?? 0
  const to = words[end - 1]?.to ?? 0
  const marks = words
    .slice(start, end)
    .filter((_, place) => (hits[start + place] ?? -1) >= 0)
    .map((word) => [word.from - from, word.to - from] as const)
  return { text: text.slice(from, to), marks }
}

function meets({ words, prefix }: SearchTerm, word: string): boolean {
  return words.some((one, place) =>
    prefix && place === words.length - 1 ? word.startsWith(one) : word === one,
  )
}

/** The words of a text in order, as they are compared, with their places. */
export function wordsOf(text: string): { word: string; from: number; to: number }[] {
  return Array.from(text.matchAll(WORD), ({ 0: word, index }) => ({
    word: fold(word),
    from: index,
    to: index + word.length,
  }))
}

/** How often a term stands in a row of words. */
export function occurrences(
  words: readonly { readonly word: string }[],
  { words: wanted, prefix }: SearchTerm,
): number {
  return words.filter((_, at) =>
    wanted.every((one, place) => {
      const word = words[at + place]?.word
      if (word === undefined) return false
      return prefix && place === wanted.length - 1 ? word.startsWith(one) : word === one
    }),
  ).length
}

/** Words are compared without case and without diacritics. */
function fold(word: string): string {
  if (ASCII.test(word)) return word.toLowerCase()
  return word
    .normalize('NFD')
    .replaceAll(/\p{M}+/gu, '')
    .toLowerCase()
}

/** Where the window begins that has most of the terms, then most hits, then stands first. */
function densest(hits: readonly number[]): number {
  let best = 0
  let bestScore = -1
  hits.forEach((hit, place) => {
    if (hit < 0) return
    const window = hits.slice(place, place + SNIPPET_WORDS).filter((term) => term >= 0)
    const score = new Set(window).size * SNIPPET_WORDS + window.length
    if (score > bestScore) [best, bestScore] = [place, score]
  })
  // A few words before the first hit tell what it is about.
  return Math.max(0, best - 3)
}
