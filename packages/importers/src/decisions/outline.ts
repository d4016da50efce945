import MarkdownIt, { type Token } from 'markdown-it'

/** What stands in a paragraph, in a flat list: text, code, the ends of a link. */
export type Inline = Token

/** A paragraph, wherever it stands: at the top, in a list, in a quotation. */
interface Paragraph {
  /** As it is written. */
  readonly source: string
  readonly inline: readonly Inline[]
  /** How many lists and quotations it is in. */
  readonly depth: number
}

/** A heading and what stands under it, up to the next heading. */
export interface Section {
  /** 0 for what stands before the first heading. */
  readonly depth: number
  readonly title: string
  readonly paragraphs: readonly Paragraph[]
  /** The items of its lists, each in one line without the lists in it. */
  readonly items: readonly string[]
  /** The text under the heading as it is written, without comments. */
  readonly text: string
}

const COMMENT = /<!--[\s\S]*?(?:-->|$)/g
const parser = new MarkdownIt('commonmark')
// Addresses and paths are read as they are written.
parser.normalizeLink = (url) => url

/** Reads Markdown (CommonMark) by its headings. */
export function outlineOf(markdown: string): Section[] {
  const lines = markdown.split('\n')
  const sections: Section[] = []
  let heading = { depth: 0, title: '', end: 0 }
  let paragraphs: Paragraph[] = []
  let items: string[][] = []
  const finish = (end: number): void => {
    const { depth, title } = heading
    const text = lines.slice(heading.end, end).join('\n').replaceAll(COMMENT, '').trim()
    const said = items.map((parts) => parts.join(' ')).filter((item) => item !== '')
    sections.push({ depth, title, paragraphs, items: said, text })
    paragraphs = []
    items = []
  }
  // Each list that is open adds a level, and so does each quotation.
  const open: string[] = []
  let inHeading = 0
  for (const { type, tag, map, content, children } of parser.parse(markdown, {})) {
    if (type === 'heading_open' && open.length === 0) {
      finish(map?.[0] ?? 0)
      inHeading = Number(tag.slice(1))
      heading = { depth: inHeading, title: '', end: map?.[1] ?? 0 }
    } else if (type === 'heading_close') {
      inHeading = 0
    } else if (/^(?:bullet_list|ordered_list|blockquote)_open$/.test(type)) {
      open.push(type)
    } else if (/^(?:bullet_list|ordered_list|blockquote)_close$/.test(type)) {
      open.pop()
    } else if (type === 'list_item_open' && open.length === 1) {
      items.push([])
    } else if (type === 'inline') {
      const inline = children ?? []
      if (inHeading > 0) {
        heading.title = plain(inline)
        continue
      }
      paragraphs.push({ source: content.replaceAll(COMMENT, ''), inline, depth: open.length })
      if (open.length === 1 && open[0] !== 'blockquote_open') items.at(-1)?.push(plain(inline))
    }
  }
  finish(lines.length)
  return sections
}

/** Text without markup, in one line; comments are none. */
export function plain(inline: readonly Inline[]): string {
  return inline
    .map(({ type, content }) => {
      if (type === 'softbreak' || type === 'hardbreak') return ' '
      return type === 'html_inline' ? '' : content
    })
    .join('')
    .replaceAll(/\s+/g, ' ')
    .trim()
}
