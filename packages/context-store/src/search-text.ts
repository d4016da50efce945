import type { SearchTerm } from './backend.ts'
import { StoreError } from './errors.ts'

// Longer texts are found by their beginning only.
const MAX_TEXT_BYTES = 256 * 1024
const MAX_TERMS = 32
const SNIPPET_WORDS = 24
/** What the search takes for a word: the same as the tokenizer of the SQLite store. */
const WORD = /[\p{L}\p{N}\p{Co}]+/gu
const ASCII = /^[\0-\x7f]*$/
const TERM = /(-?)(?:"([^"]*)"|(\S+))/g
const decoder = new TextDecoder()

/** What to look for. @throws `ERR_STORE_QUERY`. */
export function parseSearch(text: string): SearchTerm[] {
  const terms: SearchTerm[] = []
  for (const [, minus, quoted, word = ''] of text.slice(0, 2048).matchAll(TERM)) {
    const words = (quoted ?? word).match(WORD)
    if (!words) continue
    const prefix = quoted === undefined && word.endsWith('*')
    terms.push({ words: words.map(fold), prefix, not: minus === '-' })
  }
  if (terms.every(({ not }) => not)) {
    throw new StoreError(
      'ERR_STORE_QUERY',
      'Expected a word to look for, such as: payment "card or invoice" refund* -draft',
    )
  }
  const count = terms.reduce((sum, { words }) => sum + words.length, 0)
  if (count > MAX_TERMS) {
    throw new StoreError('ERR_STORE_QUERY', `Expected at most ${MAX_TERMS} words, got ${count}`)
  }
  return terms
}

/** What of a content can be found: a text, or the strings in JSON; null for other media. */
export function searchableText(bytes: Uint8Array, contentType: string | null): string | null {
  const type = contentType?.split(';', 1)[0]?.trim().toLowerCase() ?? ''
  const json = /^application\/(?:.+\+)?json$/.test(type)
  if (!json && !/^text\/|^application\/(?:.+\+)?(?:xml|yaml|toml)$/.test(type)) return null
  const text = decoder.decode(bytes.subarray(0, MAX_TEXT_BYTES))
  if (!json || bytes.length > MAX_TEXT_BYTES) return text
  try {
    const strings: string[] = []
    collectStrings(JSON.parse(text), strings)
    return strings.join('\n')
  } catch {
    return text
  }
}

/** The passage in which most of the terms stand, and where they stand in it. */
export function snippetOf(
  text: string,
  terms: readonly SearchTerm[],
): { readonly snippet: string; readonly marks: (readonly [number, number])[] } {
  const words = wordsOf(text)
  const wanted = terms.filter(({ not }) => !not)
  const hits = words.map(({ word }) =>
    wanted.findIndex((term) =>
      term.words.some((one, place) =>
        term.prefix && place === term.words.length - 1 ? word.startsWith(one) : word === one,
      ),
    ),
  )
  const start = densest(hits)
  const end = Math.min(words.length, start + SNIPPET_WORDS)
  const from = words[start]?.from ?? 0
  const to = words[end - 1]?.to ?? 0
  const marks = words
    .slice(start, end)
    .filter((_, place) => (hits[start + place] ?? -1) >= 0)
    .map((word) => [word.from - from, word.to - from] as const)
  return { snippet: text.slice(from, to), marks }
}

/** The words of a text in order, as they are compared, with their places. */
export function wordsOf(text: string): { word: string; from: number; to: number }[] {
  return Array.from(text.matchAll(WORD), ({ 0: word, index }) => ({
    word: fold(word),
    from: index,
    to: index + word.length,
  }))
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

function collectStrings(value: unknown, strings: string[]): void {
  if (typeof value === 'string') strings.push(value)
  else if (typeof value === 'object' && value !== null)
    for (const item of Object.values(value)) collectStrings(item, strings)
}
