import { cut, visible, widthOf } from './terminal-text.ts'

/** What a piece of a line is; how it looks is the screen's business, and never the only sign of it. */
export type Tone = 'plain' | 'title' | 'dim' | 'key' | 'good' | 'warn' | 'bad' | 'chosen'

/** A piece of a line, in one tone. */
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
 * A line in as many columns as there are, or fewer. Nothing that is drawn goes past this: what was left as it came is
 * made visible here.
 */
export function cutLine(spans: Line, width: number): Line {
  const kept: Span[] = []
  let room = width
  for (const { text, tone } of spans) {
    if (room <= 0) break
    const whole = visible(text)
    const shown = cut(whole, room)
    kept.push({ text: shown, tone })
    room -= widthOf(shown)
    if (shown !== whole) break
  }
  return kept
}

/** A line in exactly that many columns. */
export function fitLine(spans: Line, width: number): Line {
  const kept = cutLine(spans, width)
  const room = width - widthOf(plainOf(kept))
  return room > 0 ? [...kept, span(' '.repeat(room))] : kept
}

/** A line with something at its right end, which is cut last. */
export function spread(left: Line, right: Line, width: number): Line {
  const taken = widthOf(visible(plainOf(right)))
  if (taken === 0 || taken + 8 > width) return fitLine(left, width)
  return [...fitLine(left, width - taken - 1), span(' '), ...fitLine(right, taken)]
}
