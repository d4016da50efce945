import { cut, visible, widthOf } from './text.ts'

/** What a piece of a line is; how it looks is the screen's business, and never the only sign of it. */
export type Tone = 'plain' | 'title' | 'dim' | 'key' | 'good' | 'warn' | 'bad' | 'chosen'

/** A piece of a line: visible text in one tone. */
export interface Span {
  readonly text: string
  readonly tone: Tone
}

export type Line = readonly Span[]

export function span(text: string, tone: Tone = 'plain'): Span {
  return { text, tone }
}

/** A line of one tone. */
export function line(text: string, tone: Tone = 'plain'): Line {
  return [{ text, tone }]
}

export function plainOf(spans: Line): string {
  return spans.map(({ text }) => text).join('')
}

/**
 * A line in exactly that many columns. Nothing that is drawn goes past this: what a view has left as it came
 * is made visible here.
 */
export function fitLine(spans: Line, width: number): Line {
  const fitted: Span[] = []
  let room = width
  for (const { text, tone } of spans) {
    if (room <= 0) break
    const whole = visible(text)
    const shown = cut(whole, room)
    fitted.push({ text: shown, tone })
    room -= widthOf(shown)
    if (shown !== whole) break
  }
  if (room > 0) fitted.push(span(' '.repeat(room)))
  return fitted
}

/** A line with something at its right end, which is cut last. */
export function spread(left: Line, right: Line, width: number): Line {
  const taken = widthOf(visible(plainOf(right)))
  if (taken === 0 || taken + 8 > width) return fitLine(left, width)
  return [...fitLine(left, width - taken - 1), span(' '), ...fitLine(right, taken)]
}
