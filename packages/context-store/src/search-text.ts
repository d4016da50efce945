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
  const { froms, tos } = boundsOf(text)
  const hits = hitsIn(text, { froms, tos }, terms)
  const start = densest(hits)
  const end = Math.min(froms.length, start + SNIPPET_WORDS)
  const from = froms[start] ?? 0
  const to = tos[end - 1] ?? 0
  const marks: (readonly [number, number])[] = []
  for (let place = start; place < end; place++) {
    if ((hits[place] ?? -1) < 0) continue
    marks.push([(froms[place] ?? 0) - from, (tos[place] ?? 0) - from])
  }
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

/** Where each word of a text begins and ends. */
interface Bounds {
  readonly froms: number[]
  readonly tos: number[]
}

function boundsOf(text: string): Bounds {
  const froms: number[] = []
  const tos: number[] = []
  if (!ASCII.test(text)) {
    for (const { 0: word, index } of text.matchAll(WORD)) {
      froms.push(index)
      tos.push(index + word.length)
    }
    return { froms, tos }
  }
  // Each hit of a page is cut into words: on plain texts this takes a tenth of what the pattern takes.
  let inside = false
  for (let place = 0; place < text.length; place++) {
    if (isPlainWord(text.charCodeAt(place)) === inside) continue
    inside = !inside
    if (inside) froms.push(place)
    else tos.push(place)
  }
  if (inside) tos.push(text.length)
  return { froms, tos }
}

/** Which term each word is; -1 for none. */
function hitsIn(text: string, { froms, tos }: Bounds, terms: readonly SearchTerm[]): number[] {
  const wanted = terms
    .filter(({ not }) => !not)
    .flatMap(({ words, prefix }, term) =>
      words.map((word, place) => ({ word, term, prefix: prefix && place === words.length - 1 })),
    )
  const plain = ASCII.test(text) ? text.toLowerCase() : undefined
  return froms.map((from, place) => {
    const to = tos[place] ?? from
    const folded = plain ?? fold(text.slice(from, to))
    const [start, length] = plain === undefined ? [0, folded.length] : [from, to - from]
    for (const { word, term, prefix } of wanted) {
      const fits = prefix ? length >= word.length : length === word.length
      if (fits && folded.startsWith(word, start)) return term
    }
    return -1
  })
}

/** Where the window begins that has most of the terms, then most hits, then stands first. */
function densest(hits: readonly number[]): number {
  let best = 0
  let bestScore = -1
  for (let place = 0; place < hits.length; place++) {
    if ((hits[place] ?? -1) < 0) continue
    const score = scoreAt(hits, place)
    if (score > bestScore) [best, bestScore] = [place, score]
  }
  // A few words before the first hit tell what it is about.
  return Math.max(0, best - 3)
}

function scoreAt(hits: readonly number[], start: number): number {
  // A bit for each term: there are at most 32.
  let seen = 0
  let terms = 0
  let count = 0
  for (let place = start; place < start + SNIPPET_WORDS; place++) {
    const term = hits[place] ?? -1
    if (term < 0) continue
    count++
    if ((seen & (1 << term)) === 0) terms++
    seen |= 1 << term
  }
  return terms * SNIPPET_WORDS + count
}

/** Of ASCII, what {@link WORD} takes for a part of a word. */
function isPlainWord(code: number): boolean {
  return (
    (code >= 0x61 && code <= 0x7a) ||
    (code >= 0x30 && code <= 0x39) ||
    (code >= 0x41 && code <= 0x5a)
  )
}

function collectStrings(value: unknown, strings: string[]): void {
  if (typeof value === 'string') strings.push(value)
  else if (typeof value === 'object' && value !== null)
    for (const item of Object.values(value)) collectStrings(item, strings)
}
