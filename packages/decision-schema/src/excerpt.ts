/** Whether a passage stands in a content, and if not, what comes nearest. */
export type ExcerptMatch =
  | { readonly found: true }
  | { readonly found: false; readonly nearest: string }

/**
 * Looks for a passage. How white space runs does not count: each run of it is one space, and none
 * stands at the ends. All else counts: letters, case, punctuation, and the Unicode form.
 *
 * @param texts what to look in, each by itself; see {@link textsOf}
 */
export function matchExcerpt(texts: readonly string[], excerpt: string): ExcerptMatch {
  const wanted = normalizeSpace(excerpt)
  // Mostly it stands there as it is.
  if (texts.some((text) => text.includes(wanted))) return { found: true }
  const normalized = texts.map(normalizeSpace)
  if (normalized.some((text) => text.includes(wanted))) return { found: true }
  return { found: false, nearest: nearestPassage(normalized, wanted) }
}

/** Each run of white space as one space, and none at the ends. */
export function normalizeSpace(text: string): string {
  return text.replaceAll(/\s+/g, ' ').trim()
}

/** What a passage can stand in: the text itself, and where it is JSON, each text that it holds. */
export function textsOf(text: string): string[] {
  if (!/^\s*[[{"]/.test(text)) return [text]
  try {
    return [text, ...stringsOf(JSON.parse(text))]
  } catch {
    return [text]
  }
}

/** Every text within a JSON value, in order, names left out. */
export function stringsOf(value: unknown): string[] {
  const found: string[] = []
  const open = [value]
  while (open.length > 0) {
    const next = open.pop()
    if (typeof next === 'string') found.push(next)
    else if (typeof next === 'object' && next !== null)
      open.push(...Object.values(next).toReversed())
  }
  return found
}

const LOOKED_AT_WORDS = 100_000
const SHOWN_UNITS = 240

/**
 * The stretch of as many words that has most of them, whatever their order; the beginning where none
 * has half of them. One step for each word of the texts.
 */
function nearestPassage(texts: readonly string[], wanted: string): string {
  const sought = wanted.split(' ').map(bare)
  let best = { score: Math.ceil(sought.length / 2) - 1, passage: texts[0] ?? '' }
  let left = LOOKED_AT_WORDS
  for (const text of texts) {
    const words = text.split(' ', left)
    left -= words.length
    const { score, from } = bestWindow(words.map(bare), sought)
    if (score > best.score) {
      best = { score, passage: words.slice(from, from + sought.length).join(' ') }
    }
  }
  const { passage } = best
  return passage.length > SHOWN_UNITS ? `${passage.slice(0, SHOWN_UNITS)}...` : passage
}

function bestWindow(
  words: readonly string[],
  sought: readonly string[],
): { score: number; from: number } {
  const missing = new Map<string, number>()
  for (const word of sought) missing.set(word, (missing.get(word) ?? 0) + 1)
  let score = 0
  let best = { score: 0, from: 0 }
  const isSought = (index: number): boolean => missing.has(words[index] ?? '')
  const turn = (word: string | undefined, step: 1 | -1): void => {
    const open = word === undefined ? undefined : missing.get(word)
    if (word === undefined || open === undefined) return
    // Below zero are those that the window has too many of.
    if (step === 1 ? open > 0 : open >= 0) score += step
    missing.set(word, open - step)
  }
  for (const [index, word] of words.entries()) {
    turn(word, 1)
    if (index >= sought.length) turn(words[index - sought.length], -1)
    const from = Math.max(0, index - sought.length + 1)
    // Of stretches that have as many, one that begins with such a word is the better cut.
    const better = score === best.score && !isSought(best.from) && isSought(from)
    if (score > best.score || better) best = { score, from }
  }
  return best
}

/** A word by its letters and digits alone. */
function bare(word: string): string {
  return word.toLowerCase().replaceAll(/[^\p{L}\p{N}]/gu, '') || word
}
