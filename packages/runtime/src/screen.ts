/**
 * The whole of a terminal, drawn by ink. It is an entry of its own, since ink and react take half a second to load and
 * are there only where an app brings them.
 *
 * @packageDocumentation
 */
import { Box, render, Text } from 'ink'
import { createElement, memo, type ReactElement, type ReactNode } from 'react'
import type { Line, Tone } from './terminal-line.ts'

/** The terminal, and how it is drawn on. */
export interface ScreenInit {
  readonly stdout: NodeJS.WriteStream
  /** Where keys come from. That of the process if left out. */
  readonly stdin?: NodeJS.ReadStream
  /** How often it is drawn in a second at most. 30 if left out. */
  readonly maxFps?: number
}

/** A terminal that is drawn on. */
export interface Screen {
  /** Gives the terminal back as it was. */
  leave(): void
  /** Settles when that is done. */
  readonly left: Promise<void>
}

interface Look {
  readonly color?: string
  readonly bold?: boolean
  readonly dimColor?: boolean
  readonly inverse?: boolean
}

const LOOKS: Readonly<Record<Tone, Look>> = {
  plain: {},
  title: { bold: true },
  dim: { dimColor: true },
  key: { color: 'cyan' },
  good: { color: 'green' },
  warn: { color: 'yellow' },
  bad: { color: 'red', bold: true },
  chosen: { inverse: true },
}

/** Draws on the whole terminal until it is left. What was there before comes back then. */
export function openScreen(content: () => ReactElement, init: ScreenInit): Screen {
  const { stdout } = init
  const drawn = render(content(), {
    ...init,
    exitOnCtrlC: false,
    patchConsole: false,
    alternateScreen: true,
    interactive: true,
    incrementalRendering: true,
  })
  // A terminal moves and cuts its lines when it changes its size, each in its own way: all is drawn anew,
  // from the corner, before the library draws what it had in a size that it was not made for.
  const begin = (): void => {
    drawn.clear()
    stdout.write('\u001b[2J\u001b[H')
    drawn.rerender(content())
  }
  stdout.prependListener('resize', begin)
  const left = (async () => {
    await drawn.waitUntilExit()
    stdout.off('resize', begin)
  })()
  return { leave: () => drawn.unmount(), left }
}

/** Lines, one below the other. */
export function Rows(props: {
  readonly lines: readonly Line[]
  readonly width: number
  /** As many rows as there are lines if left out. */
  readonly height?: number
  /** Tones are shown by bold, dim and inverse alone. */
  readonly isColourless: boolean
}): ReactNode {
  const { lines, isColourless, ...size } = props
  const rows = lines.map((spans, at) =>
    // oxlint-disable-next-line react/no-array-index-key -- a row is its place
    createElement(Row, { key: at, text: JSON.stringify(spans), spans, isColourless }),
  )
  return createElement(Box, { flexDirection: 'column', ...size }, ...rows)
}

interface RowProps {
  /** What it says, for comparing. */
  readonly text: string
  readonly spans: Line
  readonly isColourless: boolean
}

/** Rows that say the same are not laid out again. */
const Row = memo(
  ({ spans, isColourless }: RowProps): ReactNode => {
    const drawn = spans.map(({ text, tone }, at) => {
      const { color, ...look } = LOOKS[tone]
      const all = isColourless || color === undefined ? look : { ...look, color }
      return createElement(Text, { key: at, ...all }, text)
    })
    // A row of nothing would take no place.
    return createElement(Text, { wrap: 'truncate-end' }, ...(drawn.length > 0 ? drawn : [' ']))
  },
  (before, after) => before.text === after.text,
)
