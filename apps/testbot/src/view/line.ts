import { eastAsianWidth } from 'get-east-asian-width'

/** What a piece of a line is; how it looks is the terminal's business, and never the only sign of it. */
export type Tone = 'plain' | 'title' | 'dim' | 'good' | 'warn' | 'bad'

export interface Span {
  readonly text: string
  readonly tone: Tone
}

/** A row of a panel. */
export type Line = readonly Span[]

export function span(text: string, tone: Tone = 'plain'): Span {
  return { text, tone }
}

export function plainOf(line: Line): string {
  return line.map(({ text }) => text).join('')
}

// Names come from scenarios and from the target: what would move the cursor, or what terminals draw in
// different widths, is shown as a question mark.
const UNFIT = /[\p{C}\p{M}\p{Zl}\p{Zp}\p{RI}]/gu
const PLAIN = /^[\x20-\x7e]*$/

/** A text as it can be shown in a row. */
export function shown(text: string): string {
  return PLAIN.test(text) ? text : text.normalize('NFC').replaceAll(UNFIT, '?')
}

/** Columns that a shown text takes. */
export function widthOf(text: string): number {
  if (PLAIN.test(text)) return text.length
  let width = 0
  for (const sign of text) width += eastAsianWidth(sign.codePointAt(0) ?? 0)
  return width
}

/** The beginning of a shown text, as far as there is room; `…` at its end where it was cut. */
export function cut(text: string, width: number): string {
  if (widthOf(text) <= width) return text
  let [room, kept] = [width - 1, '']
  if (room < 0) return ''
  for (const sign of text) {
    room -= widthOf(sign)
    if (room < 0) break
    kept += sign
  }
  return `${kept}…`
}

/** A text in exactly so many columns, on the left of them or on the right. */
export function column(text: string, width: number, side: 'left' | 'right' = 'left'): string {
  const kept = cut(shown(text), width)
  const pad = ' '.repeat(Math.max(0, width - widthOf(kept)))
  return side === 'left' ? kept + pad : pad + kept
}

/** A line that is not wider than there is room. */
export function fitted(line: Line, width: number): Line {
  const spans: Span[] = []
  let room = width
  for (const { text, tone } of line) {
    if (room <= 0) break
    const kept = cut(shown(text), room)
    spans.push({ text: kept, tone })
    room -= widthOf(kept)
    if (kept.endsWith('…') && !text.endsWith('…')) break
  }
  return spans
}
