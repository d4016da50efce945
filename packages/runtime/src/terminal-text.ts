import { eastAsianWidth } from 'get-east-asian-width'

// What comes from others must not reach the terminal as it is: it could move the cursor, set the title, or answer
// for the person. All that is shown comes through here.

const TAB = 4
const PLAIN = /^[\x20-\x7e]*$/
// Joiners, selectors and skin tones make one sign of several, each terminal in its own width; they are
// left out, so that every sign that stays has one width everywhere.
const JOINS = /\u{200d}|\p{Variation_Selector}|\p{Emoji_Modifier}|[\u{e0020}-\u{e007f}]/gu
const FLAGS = /[\u{1f1e6}-\u{1f1ff}]/gu
const HIDDEN = /[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Zl}\p{Zp}]/gu
const MARK = /^[\p{Mn}\p{Me}]$/u

/**
 * A line of text as it can be shown: control characters become signs (`␛`), invisible ones their number
 * (`‹202E›`), tabs spaces, and what terminals draw in different widths is taken apart.
 */
export function visible(text: string): string {
  if (PLAIN.test(text)) return text
  return withoutTabs(text.normalize('NFC'))
    .replaceAll(FLAGS, (sign) => String.fromCodePoint(codeOf(sign) - 0x1f1e6 + 65))
    .replaceAll(JOINS, '')
    .replaceAll(HIDDEN, signOf)
}

/** The lines of a text, each as it can be shown. */
export function linesOf(text: string): string[] {
  return text.split(/\r?\n/).map(visible)
}

/** Columns that a visible text takes. */
export function widthOf(text: string): number {
  if (PLAIN.test(text)) return text.length
  let width = 0
  for (const sign of text) width += signWidth(sign)
  return width
}

/** The beginning of a visible text, as much as there is room for; `…` at the end where it was cut. */
export function cut(text: string, width: number): string {
  if (widthOf(text) <= width) return text
  if (width < 1) return ''
  return `${head(text, width - 1)}…`
}

/** A visible text in exactly that many columns. */
export function fit(text: string, width: number): string {
  const shown = cut(text, width)
  return shown + ' '.repeat(Math.max(0, width - widthOf(shown)))
}

/** Any text in exactly that many columns, on the left of them or on the right. */
export function column(text: string, width: number, side: 'left' | 'right' = 'left'): string {
  const shown = cut(visible(text), width)
  const pad = ' '.repeat(Math.max(0, width - widthOf(shown)))
  return side === 'left' ? shown + pad : pad + shown
}

/** A visible text in exactly that many columns; where it is cut, its end is what stays. */
export function fitEnd(text: string, width: number): string {
  if (widthOf(text) <= width) return fit(text, width)
  let from = text.length - width + 1
  while (widthOf(text.slice(from)) > width - 1) from++
  return fit(`…${text.slice(from)}`, width)
}

/** A visible line as several, none wider than there is room; at spaces where there are some. */
export function wrap(line: string, width: number): string[] {
  const lines: string[] = []
  let rest = line
  // Only the beginning is ever looked at: a line may be as long as a whole content.
  while (rest.length > width || widthOf(rest) > width) {
    const piece = head(rest, width) || rest.slice(0, 1)
    if (piece.length === rest.length) break
    const space = piece.lastIndexOf(' ')
    // Words longer than a third of the line are broken: such are addresses and ids.
    const at = rest[piece.length] !== ' ' && space > width / 3 ? space + 1 : piece.length
    lines.push(rest.slice(0, at).trimEnd())
    rest = rest.slice(at).replace(/^ /, '')
  }
  return [...lines, rest]
}

/** As many signs as there is room for. */
function head(text: string, width: number): string {
  if (PLAIN.test(text.slice(0, width))) return text.slice(0, width)
  let taken = 0
  let end = 0
  for (const sign of text) {
    taken += signWidth(sign)
    if (taken > width) break
    end += sign.length
  }
  return text.slice(0, end)
}

function signWidth(sign: string): number {
  const code = codeOf(sign)
  if (code < 0x7f) return 1
  return MARK.test(sign) ? 0 : eastAsianWidth(code)
}

function signOf(sign: string): string {
  const code = codeOf(sign)
  if (code < 0x20) return String.fromCodePoint(0x2400 + code)
  if (code === 0x7f) return '␡'
  return `‹${code.toString(16).toUpperCase().padStart(2, '0')}›`
}

function withoutTabs(text: string): string {
  if (!text.includes('\t')) return text
  let out = ''
  for (const piece of text.split(/(\t)/)) {
    out += piece === '\t' ? ' '.repeat(TAB - (widthOf(out) % TAB)) : piece
  }
  return out
}

function codeOf(sign: string): number {
  return sign.codePointAt(0) ?? 0
}
