import { LIMITS } from '@bzzz/decision-schema'
import { cut } from '../text.ts'
import { wordOf, MENTIONS, type ParsedRecord, type RecordLink } from './parsed-record.ts'

const FIELD = /^(?<name>[A-Za-z][A-Za-z0-9-]*):[ \t]*(?<value>.*)$/
const FIELD_LENGTH = 1024
const MAX_FIELDS = 128
const REASONING_LENGTH = 8192
const NUMBER = /^\D{0,12}(?<digits>\d{1,9})$/
const NAME_LENGTH = 256
// Links in prose that are looked at: more are not links but a list of everything.
const MAX_MENTIONS = 4096
const GROUNDS = ['rationale', 'motivation', 'rationale and goals', 'motivation and rationale']

/**
 * Reads a text that begins with header fields, as a PEP does: `Name: value`, continued on lines that
 * begin with white space, up to the first empty line (RFC 822, as far as PEP 1 asks for it).
 *
 * @param mentions whether `PEP 484` in the text counts as a link
 */
export function parseHeaders(text: string, mentions: boolean): ParsedRecord {
  const { fields, body } = splitHeaders(text)
  const [series, number] = seriesOf(fields)
  const links: RecordLink[] = []
  const people = new Map<string, readonly string[]>()
  const kept: Record<string, string> = {}
  for (const [name, value] of fields) {
    const word = wordOf(name)
    if (name === series || ['title', 'status', 'type'].includes(word)) continue
    // Which of these are links, and which hold names, is for the map to say.
    for (const digits of numbersIn(value)) {
      links.push({ word, target: { number: Number(digits) }, text: `${name}: ${digits}` })
    }
    people.set(word, namesIn(value))
    kept[name] = cut(value, FIELD_LENGTH)
  }
  if (series !== undefined) links.push(...mentionsIn(body, series, mentions))
  const summary = sectionOf(body, ['abstract', 'summary']) ?? body
  const reasoning = sectionOf(body, GROUNDS)
  const get = (word: string): string | undefined =>
    fields.find(([name]) => wordOf(name) === word)?.[1] || undefined
  return {
    format: 'headers',
    ...optional({ series, number, title: get('title'), status: get('status'), type: get('type') }),
    ...optional({ summary: firstParagraph(summary) || undefined }),
    ...optional({ reasoning: reasoning && cutAtParagraph(reasoning, REASONING_LENGTH) }),
    people,
    links,
    fields: kept,
  }
}

/** The fields, with their values in one line, and what comes after them. */
function splitHeaders(text: string): { fields: [string, string][]; body: string } {
  const lines = text.replace(/^\uFEFF/, '').split('\n')
  const fields: { readonly name: string; readonly parts: string[] }[] = []
  let at = lines.findIndex((line) => line.trim() !== '')
  for (; at >= 0 && at < lines.length; at++) {
    const line = lines[at] ?? ''
    if (line.trim() === '') break
    const { name, value } = FIELD.exec(line.trimEnd())?.groups ?? {}
    if (name !== undefined && value !== undefined) fields.push({ name, parts: [value.trim()] })
    else if (/^\s/.test(line)) fields.at(-1)?.parts.push(line.trim())
  }
  return {
    fields: fields.slice(0, MAX_FIELDS).map(({ name, parts }) => [name, parts.join(' ').trim()]),
    body: at < 0 ? '' : lines.slice(at).join('\n'),
  }
}

/** `PEP: 484`: the first field, where it is a number. */
function seriesOf([first]: readonly [string, string][]): [string, number] | [] {
  return first && /^\d{1,9}$/.test(first[1]) ? [first[0], Number(first[1])] : []
}

/** `440, PEP 508`: the numbers of a list that has nothing else; none where it has. */
function numbersIn(value: string): string[] {
  const parts = value.split(',', LIMITS.references + 1)
  const numbers = parts.map((part) => NUMBER.exec(part.trim())?.groups?.['digits'])
  const all = numbers.filter((digits) => digits !== undefined)
  return all.length === parts.length && all.length <= LIMITS.references ? all : []
}

/** `Guido van Rossum <guido@example.org>, guido@example.org (Guido van Rossum)`: the names alone. */
function namesIn(value: string): string[] {
  return value
    .split(/[,;]|\s&\s|\sand\s/, LIMITS.items)
    .map((part) => nameIn(part.slice(0, NAME_LENGTH)))
    .filter((name) => name !== '')
}

function nameIn(part: string): string {
  const bare = part.replaceAll(/<[^<>]*>/g, ' ').trim()
  const inBrackets = /^\S*@\S*\s+\((?<name>[^()]*)\)$/.exec(bare)?.groups?.['name']
  const words = (inBrackets ?? bare).split(/\s+/)
  // `ada at example.org` is an address too.
  const isHost = (at: number): boolean => words[at - 1] === 'at' && /\.\w/.test(words[at] ?? '')
  return words
    .filter((word, at) => {
      return !word.includes('@') && !isHost(at) && !isHost(at + 1) && !isHost(at + 2)
    })
    .join(' ')
}

/** `:pep:`484``, `` :pep:`type hints <484#section>` ``; and `PEP 484`, where that counts. */
function mentionsIn(body: string, series: string, plain: boolean): RecordLink[] {
  const role = `:${series.toLowerCase()}:\`(?:[^\`<]*<)?[ \\t]*(\\d{1,9})\\b[^\`]*\``
  const word = `\\b${series}[ \\t\\u00A0-]+(\\d{1,9})\\b`
  const pattern = new RegExp(plain ? `${role}|${word}` : role, 'g')
  const links: RecordLink[] = []
  for (const [text, inRole, inProse] of body.matchAll(pattern)) {
    const target = { number: Number(inRole ?? inProse) }
    links.push({ word: MENTIONS, target, text: text.replaceAll(/\s+/g, ' ') })
    if (links.length === MAX_MENTIONS) break
  }
  return links
}

/** A line of one mark, which underlines a heading. */
function isRule(line = ''): boolean {
  return /^([=\-~^"'#*+.:_])\1{2,}\s*$/.test(line)
}

/** What stands under a heading, up to the next one, with its indentation taken off. */
function sectionOf(body: string, names: readonly string[]): string | undefined {
  const lines = body.split('\n')
  const isHeading = (at: number): boolean => {
    const line = lines[at] ?? ''
    if (!/^\S/.test(line) || isRule(line) || line.startsWith('..')) return false
    if (isRule(lines[at + 1])) return true
    // Before reStructuredText, headings stood at the margin and the rest was indented.
    const after = lines.slice(at + 1, at + 4).find((next) => next.trim() !== '')
    return (lines[at - 1] ?? '').trim() === '' && /^ {4}/.test(after ?? '')
  }
  const start = lines.findIndex(
    (line, at) => names.includes(line.trim().toLowerCase()) && isHeading(at),
  )
  if (start < 0) return undefined
  const from = isRule(lines[start + 1]) ? start + 2 : start + 1
  let end = from
  while (end < lines.length && !isHeading(end)) end += 1
  const section = lines.slice(from, end).join('\n').trimEnd()
  let indent = Number.POSITIVE_INFINITY
  for (const [, spaces = ''] of section.matchAll(/^( *)\S/gm))
    indent = Math.min(indent, spaces.length)
  return Number.isFinite(indent) ? section.replaceAll(new RegExp(`^ {${indent}}`, 'gm'), '') : ''
}

function firstParagraph(text: string): string {
  const paragraphs = text.split(/\n[ \t]*\n/).map((part) => part.trim())
  const prose = paragraphs.find((part) => part !== '' && !part.startsWith('..') && !isTitle(part))
  return cut((prose ?? '').replaceAll(/\s+/g, ' '), LIMITS.paragraph)
}

/** A heading by itself, which says nothing. */
function isTitle(part: string): boolean {
  const [, second = '', ...rest] = part.split('\n')
  return !part.includes('\n')
    ? part.length < 60 && !/[.:]$/.test(part)
    : rest.length === 0 && /^[=~-]{3,}$/.test(second)
}

/** As many whole paragraphs as there is room for. */
export function cutAtParagraph(text: string, length: number): string {
  const trimmed = text.trim()
  if (trimmed.length <= length) return trimmed
  const end = trimmed.lastIndexOf('\n\n', length)
  return end > 0 ? trimmed.slice(0, end).trimEnd() : cut(trimmed, length)
}

function optional<Fields extends Record<string, unknown>>(
  fields: Fields,
): { [Name in keyof Fields]?: Exclude<Fields[Name], undefined> } {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as {
    [Name in keyof Fields]?: Exclude<Fields[Name], undefined>
  }
}
