import { LIMITS, type Consequences, type DecisionOption } from '@bzzz/decision-schema'
import { cut } from '../text.ts'
import { takeFrontMatter } from './front-matter.ts'
import { markdownLinks, statusLinks } from './markdown-links.ts'
import { outlineOf, plain, type Section } from './outline.ts'
import { cutAtParagraph } from './parse-headers.ts'
import { wordOf, type ParsedRecord, type RecordLink } from './parsed-record.ts'

const TEXT_LENGTH = 8192
// The titles that are looked for are far shorter.
const TITLE_LENGTH = 128
const FIELD_LENGTH = 1024
const FIELD = /^(?<name>[A-Za-z][A-Za-z -]{0,30}):\s+(?<value>\S.*)$/
const NUMBER =
  /^(?:(?:adr|rfc|decision)[-\s]*)?0*(?<number>\d{1,9})[.:)]\s+|^(?:adr|rfc)[-\s]*0*(?<coded>\d{1,9})[\s:.-]+/i
const CHOSEN = /chosen option:\s*(?:"(?<quoted>[^"]+)"|“(?<curled>[^”]+)”|(?<bare>[^,.\n]+))/i
const ARGUMENT = /^(?<side>good|bad|neutral)\b[,:]?\s*(?:because\b)?\s*/i
// What a field makes in a decision by itself, and the record's own address and digest.
const TAKEN = new Set(['status', 'date', 'decision_id', 'ucxl_address', 'content_id'])

type Side = 'good' | 'bad' | 'neutral'

/**
 * Reads a decision record in Markdown: MADR 2 to 4 (https://adr.github.io/madr), adr-tools after
 * Nygard, log4brains. What it does not have is left out.
 *
 * @param isWord whether a word before a link says what the link is
 * @throws ImportError `ERR_IMPORT_SYNTAX` where the front matter is no YAML
 */
export function parseMarkdown(text: string, isWord: (word: string) => boolean): ParsedRecord {
  const { fields: front, body } = takeFrontMatter(text.replace(/^\uFEFF/, ''))
  const sections = outlineOf(body)
  const find = (...titles: string[]): Section | undefined =>
    sections.find(({ title }) => titles.includes(titleWord(title)))
  const under = (parent: string, ...titles: string[]): Section | undefined =>
    titles
      .map((title) => sectionsUnder(sections, parent).find((one) => titleWord(one.title) === title))
      .find(Boolean)

  const fields = new Map<string, string | readonly string[]>([...fieldsAtTop(sections), ...front])
  const heading =
    sections.find(({ depth }) => depth === 1) ?? sections.find(({ depth }) => depth > 0)
  const numbered = NUMBER.exec(heading?.title ?? '')
  const number = Number(numbered?.groups?.['number'] ?? numbered?.groups?.['coded'])
  const status = statusOf(fields.get('status'), find('status'))
  const outcome = find('decision outcome', 'decision')
  const context = find('context and problem statement', 'context', 'problem', 'issue', 'background')
  const outcomeText = outcome?.text ?? ''
  const { quoted, curled, bare } = CHOSEN.exec(outcomeText)?.groups ?? {}
  const chosen = (quoted ?? curled ?? bare)?.trim()
  const confirmation = find('confirmation', 'validation')?.text
  const links: RecordLink[] = [
    ...(typeof fields.get('status') === 'string' ? statusLinks(status ?? '', isWord) : []),
    ...markdownLinks(sections, isWord),
  ]
  const kind = fields.get('decision_type') ?? fields.get('type')
  const people = new Map([...fields].map(([name, value]) => [name, namesOf(value)] as const))
  return {
    format: 'madr',
    ...(Number.isInteger(number) ? { number } : {}),
    ...present('title', heading?.title.slice(numbered?.[0].length ?? 0)),
    ...present('status', status),
    ...present('type', typeof kind === 'string' ? kind : undefined),
    ...present('summary', context && cutAtParagraph(context.text, TEXT_LENGTH)),
    ...present('reasoning', outcome && cutAtParagraph(outcomeText, TEXT_LENGTH)),
    ...filled('criteria', cutAll(itemsIn(find('decision drivers')))),
    ...filled(
      'options',
      optionsIn(
        sections,
        find('considered options', 'options considered', 'options', 'alternatives'),
      ),
    ),
    ...present('chosen', chosen && cut(chosen, LIMITS.line)),
    ...present('confirmation', confirmation && cutAtParagraph(confirmation, TEXT_LENGTH)),
    ...consequencesIn(
      find('consequences'),
      under('decision outcome', 'positive consequences') ?? find('positive consequences'),
      under('decision outcome', 'negative consequences') ?? find('negative consequences'),
    ),
    people,
    links,
    fields: Object.fromEntries(
      [...fields]
        .filter(([name]) => !TAKEN.has(name))
        .map(([name, value]) => [
          name,
          cut(typeof value === 'string' ? value : value.join(', '), FIELD_LENGTH),
        ]),
    ),
  }
}

/** A title as it is compared: without numbers, marks and what templates add. */
function titleWord(title: string): string {
  return title
    .slice(0, TITLE_LENGTH)
    .replace(/^[\d.]+\s+/, '')
    .replaceAll(/\s*[:*]+$/g, '')
    .trim()
    .toLowerCase()
}

/** `* Status: accepted`, `Date: 2020-01-01` between the title and the next heading. */
function fieldsAtTop(sections: readonly Section[]): [string, string][] {
  return sections
    .filter(({ depth }, at) => depth < 2 && at < 2)
    .flatMap(({ paragraphs }) => paragraphs)
    .filter(({ depth }) => depth < 2)
    .flatMap(({ source }) => source.split('\n'))
    .flatMap((line): [string, string][] => {
      const { name, value } = FIELD.exec(line.replaceAll(/\*\*|__/g, '').trim())?.groups ?? {}
      return name === undefined || value === undefined ? [] : [[wordOf(name), value.trim()]]
    })
}

/** Of several lines the one that ends it counts: "Accepted", then "Superseded by …". */
function statusOf(
  field: string | readonly string[] | undefined,
  section: Section | undefined,
): string | undefined {
  if (typeof field === 'string') return field
  const lines = section?.paragraphs.flatMap(({ source }) => source.split('\n')) ?? []
  const said = lines.map((line) => line.trim()).filter((line) => line !== '')
  return said.find((line) => /^super[sc]eded|^replaced/i.test(line)) ?? said[0]
}

function itemsIn(section: Section | undefined): readonly string[] {
  return section?.items ?? []
}

/** The sections below one, at any depth. */
function sectionsUnder(sections: readonly Section[], parent: string): Section[] {
  const start = sections.findIndex(({ title }) => titleWord(title) === parent)
  if (start < 0) return []
  const depth = sections[start]?.depth ?? 0
  const end = sections.findIndex((one, at) => at > start && one.depth <= depth)
  return sections.slice(start + 1, end < 0 ? undefined : end)
}

function optionsIn(sections: readonly Section[], listed: Section | undefined): DecisionOption[] {
  const options = new Map<string, { name: string; pros: string[]; cons: string[] }>()
  const at = (title: string): { name: string; pros: string[]; cons: string[] } => {
    const name = cut(title.replace(/^(?:option|alternative)\s+\d+[:.]\s*/i, ''), LIMITS.line)
    const known = options.get(name.toLowerCase())
    const option = known ?? { name, pros: [], cons: [] }
    options.set(name.toLowerCase(), option)
    return option
  }
  for (const item of itemsIn(listed)) at(item)
  for (const section of sectionsUnder(sections, 'pros and cons of the options')) {
    const option = at(section.title)
    for (const [side, argument] of argumentsIn(section)) {
      if (side === 'good') option.pros.push(argument)
      if (side === 'bad') option.cons.push(argument)
    }
  }
  return [...options.values()]
    .filter(({ name }) => name !== '')
    .slice(0, LIMITS.items)
    .map(({ name, pros, cons }) => ({
      name,
      ...filled('pros', cutAll(pros)),
      ...filled('cons', cutAll(cons)),
    }))
}

/** `Good, because it is simple`: the side, and why. */
function argumentsIn(section: Section): [Side | undefined, string][] {
  return section.items.map((item) => {
    const match = ARGUMENT.exec(item)
    const side = match?.groups?.['side']?.toLowerCase() as Side | undefined
    return [side, item.slice(match?.[0].length ?? 0)]
  })
}

function consequencesIn(
  all: Section | undefined,
  positive: Section | undefined,
  negative: Section | undefined,
): { consequences?: Consequences } {
  const sides: Record<Side, string[]> = {
    good: [...itemsIn(positive)],
    bad: [...itemsIn(negative)],
    neutral: [],
  }
  if (all) {
    const listed = argumentsIn(all)
    for (const [side, text] of listed) sides[side ?? 'neutral'].push(text)
    const prose = all.paragraphs.filter(({ depth }) => depth === 0)
    if (listed.length === 0) sides.neutral.push(...prose.map(({ inline }) => plain(inline)))
  }
  const consequences = {
    ...filled('good', cutAll(sides.good)),
    ...filled('bad', cutAll(sides.bad)),
    ...filled('neutral', cutAll(sides.neutral)),
  }
  return Object.keys(consequences).length === 0 ? {} : { consequences }
}

function namesOf(value: string | readonly string[]): string[] {
  const names = typeof value === 'string' ? value.split(/[,;]/) : value
  return names
    .map((name) => cut(name.trim(), LIMITS.name))
    .filter((name) => name !== '')
    .slice(0, LIMITS.items)
}

function cutAll(texts: readonly string[]): string[] {
  return texts.slice(0, LIMITS.items).map((text) => cut(text, LIMITS.paragraph))
}

function present<Name extends string>(
  name: Name,
  value: string | undefined,
): { [Key in Name]?: string } {
  const text = value?.trim()
  return (text === undefined || text === '' ? {} : { [name]: text }) as { [Key in Name]?: string }
}

function filled<Name extends string, Item>(
  name: Name,
  list: readonly Item[],
): { [Key in Name]?: readonly Item[] } {
  return (list.length === 0 ? {} : { [name]: list }) as { [Key in Name]?: readonly Item[] }
}
