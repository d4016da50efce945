import { wordsOf } from '../search-text.ts'
import type { NewDecision } from '../storage.ts'
import type { SearchTerm } from '../storage-queries.ts'

// What a tsvector can hold: https://www.postgresql.org/docs/current/textsearch-limitations.html
// A word has less than 2 KB, and a character up to four bytes.
const MAX_WORD = 500
const MAX_PLACE = 16_383
const MAX_PLACES = 255
// Words in a row are not looked for across fields.
const GAP = 2

/** Weights of the text search, of which the last one is that of all that has none. */
const WEIGHTS = { title: 'A', summary: 'B', body: '' } as const

/** Texts as PostgreSQL looks for words in them: what a word is, is the same as everywhere here. */
export function vectorsOf(text: NewDecision['text']): {
  readonly title: string
  readonly titleWords: number
  readonly words: string
} {
  const all = new Map<string, string[]>()
  let start = 0
  for (const [field, weight] of Object.entries(WEIGHTS))
    start = addWords(all, { text: text[field as keyof typeof WEIGHTS], weight, start }) + GAP
  const title = new Map<string, string[]>()
  const titleWords = addWords(title, { text: text.title, weight: '', start: 0 })
  return { title: vectorOf(title), titleWords, words: vectorOf(all) }
}

/** Terms as a tsquery. @param titles without what is not to be there */
export function queryOf(terms: readonly SearchTerm[], titles = false): string {
  const parts = terms.flatMap(({ words, prefix, not }) => {
    if (not && titles) return []
    const row = words.map((word, place) => {
      return `${quoted(cut(word))}${prefix && place === words.length - 1 ? ':*' : ''}`
    })
    return [`${not ? '!' : ''}(${row.join(' <-> ')})`]
  })
  return parts.join(' & ')
}

function addWords(
  places: Map<string, string[]>,
  {
    text,
    weight,
    start,
  }: { readonly text: string; readonly weight: string; readonly start: number },
): number {
  const words = wordsOf(text)
  words.forEach(({ word }, at) => {
    const own = places.get(cut(word)) ?? []
    if (own.length < MAX_PLACES) own.push(`${Math.min(start + at + 1, MAX_PLACE)}${weight}`)
    places.set(cut(word), own)
  })
  return start + words.length
}

function vectorOf(places: ReadonlyMap<string, readonly string[]>): string {
  return Array.from(places, ([word, own]) => `${quoted(word)}:${own.join(',')}`).join(' ')
}

/** What is longer is known by how it begins, here and in what is looked for. */
function cut(word: string): string {
  return word.slice(0, MAX_WORD)
}

function quoted(word: string): string {
  return `'${word.replaceAll(/['\\]/g, '$&$&')}'`
}
