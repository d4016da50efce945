import { safeParse } from '@bzzz/ucxl-address'
import { MENTIONS, wordOf, type LinkTarget, type RecordLink } from './parsed-record.ts'
import { outlineOf, plain, type Inline, type Section } from './outline.ts'

const MAX_LINKS = 1024
const WORDS = 3
// Longer words are none.
const WORDS_LENGTH = 128
const TEXT_LENGTH = 256
// What comes behind a link and says more of it.
const NEXT_TOKENS = 8
const VERSION = /^,?\s*version (?<version>\d{1,9})\b/
const EXCERPT = /^[^“]{0,24}: “(?<excerpt>[^”]+)”/
const NUMBERED = /\b(?:adr|decision|record)[-\s#]*0*(?<number>\d{1,9})\b/i
const WEB = /^(?:[a-z][a-z0-9+.-]*:|\/\/|#)/i

/**
 * The links of a text to other records and to addresses, each with the word before it: in "Superseded
 * by [ADR-0005](0005-example.md)" it is `superseded_by`.
 *
 * @param isWord whether a word says what a link is
 */
export function markdownLinks(
  sections: readonly Section[],
  isWord: (word: string) => boolean,
): RecordLink[] {
  const links: RecordLink[] = []
  for (const { inline } of sections.flatMap(({ paragraphs }) => paragraphs)) {
    links.push(...linksIn(inline, isWord))
    if (links.length >= MAX_LINKS) break
  }
  return links.slice(0, MAX_LINKS)
}

/** The links of a status: also `superseded by ADR-0123`, which is no link in Markdown. */
export function statusLinks(status: string, isWord: (word: string) => boolean): RecordLink[] {
  const links = markdownLinks(outlineOf(status), isWord)
  if (links.length > 0) return links
  const match = NUMBERED.exec(status)
  const number = Number(match?.groups?.['number'])
  if (!match || !Number.isInteger(number)) return []
  const word = wordBefore(status.slice(0, match.index), isWord)
  return word === undefined ? [] : [{ word, target: { number }, text: status }]
}

function linksIn(inline: readonly Inline[], isWord: (word: string) => boolean): RecordLink[] {
  const links: RecordLink[] = []
  // "Refines [A](a.md) and [B](b.md)": what is said of the first holds for the others.
  let word: string | undefined
  let from = 0
  while (links.length < MAX_LINKS) {
    const start = nextOf(inline, 'link_open', from)
    if (start < 0) break
    // Links are not nested.
    const end = nextOf(inline, 'link_close', start)
    const before = plain(inline.slice(from, start))
    const text = plain(inline.slice(start + 1, end))
    const after = plain(inline.slice(end + 1, end + 1 + NEXT_TOKENS))
    from = end + 1
    const [sentence = '', ...ended] = before.split(/[.;!?](?:\s+|$)/).toReversed()
    if (ended.length > 0) word = undefined
    const target = targetOf(String(inline[start]?.attrGet('href') ?? ''), after)
    if (!target) continue
    word = wordBefore(before, isWord) ?? (isWord(wordOf(text)) ? wordOf(text) : undefined) ?? word
    links.push({
      word: word ?? MENTIONS,
      target,
      text: `${sentence} ${text}`.trim().slice(-TEXT_LENGTH),
    })
  }
  return links
}

function nextOf(inline: readonly Inline[], type: string, from: number): number {
  for (let at = from; at < inline.length; at++) if (inline[at]?.type === type) return at
  return -1
}

/** Where a link leads, if that can be a record: a path, or an address. */
function targetOf(url: string, after: string): LinkTarget | undefined {
  if (/^ucxl:/i.test(url)) {
    const { success } = safeParse(url)
    if (!success) return undefined
    const version = Number(VERSION.exec(after)?.groups?.['version'])
    const excerpt = EXCERPT.exec(after)?.groups?.['excerpt']
    return {
      address: url,
      ...(Number.isInteger(version) && version > 0 ? { version } : {}),
      ...(excerpt === undefined ? {} : { excerpt }),
    }
  }
  if (WEB.test(url)) return undefined
  const path = url.replace(/[?#].*$/, '')
  if (path === '') return undefined
  try {
    return { path: decodeURIComponent(path) }
  } catch {
    return { path }
  }
}

/** The longest word that stands right before a link: `depends on`, `superseded by:`. */
function wordBefore(text: string, isWord: (word: string) => boolean): string | undefined {
  const words = text
    .slice(-WORDS_LENGTH)
    .replaceAll(/[\s:,([*_"“-]+$/g, '')
    .split(/\s+/)
    .slice(-WORDS)
  for (let from = 0; from < words.length; from++) {
    const word = wordOf(
      words
        .slice(from)
        .join(' ')
        .replaceAll(/^[^\p{L}]+/gu, ''),
    )
    if (word !== '' && isWord(word)) return word
  }
  return undefined
}
