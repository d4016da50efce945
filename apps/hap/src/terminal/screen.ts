import { Box, render, Text, useApp, useCursor, useInput, usePaste } from 'ink'
import { createElement, memo, useEffect, useReducer, type ReactNode } from 'react'
import { drawFrame } from './frame.ts'
import { keysOf } from './keys.ts'
import type { Line, Tone } from './line.ts'
import type { Portal } from './portal.ts'

export interface ScreenInit {
  readonly portal: Portal
  readonly stdin: NodeJS.ReadStream
  readonly stdout: NodeJS.WriteStream
  /** Tones are shown by bold and inverse alone. */
  readonly isColourless: boolean
  /** Lends the terminal to another program for as long as that works. */
  readonly lend: (suspend: (work: () => Promise<void>) => Promise<void>) => void
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

/** Shows a portal on a terminal until the person leaves or the signal ends it. */
export async function showScreen(init: ScreenInit, signal: AbortSignal): Promise<void> {
  const { portal, stdin, stdout } = init
  const screen = render(createElement(Screen, init), {
    stdin,
    stdout,
    exitOnCtrlC: false,
    patchConsole: false,
    alternateScreen: true,
    interactive: true,
    incrementalRendering: true,
    // The portal itself says how often.
    maxFps: 1000,
  })
  // A terminal moves and cuts its lines when it changes its size, each in its own way: all is drawn anew,
  // from the corner, before the library draws what it had in a size that it was not made for.
  const begin = (): void => {
    screen.clear()
    stdout.write('\u001b[2J\u001b[H')
    screen.rerender(createElement(Screen, { ...init }))
  }
  stdout.prependListener('resize', begin)
  const leave = (): void => screen.unmount()
  portal.onQuit = leave
  signal.addEventListener('abort', leave, { once: true })
  if (signal.aborted) leave()
  await screen.waitUntilExit()
  signal.removeEventListener('abort', leave)
  stdout.off('resize', begin)
}

function Screen({ portal, stdout, isColourless, lend }: ScreenInit): ReactNode {
  const [, redraw] = useReducer((count: number) => count + 1, 0)
  const { columns, rows } = stdout
  const { suspendTerminal } = useApp()
  const { setCursorPosition } = useCursor()
  useEffect(() => {
    portal.onDraw = redraw
    lend(suspendTerminal)
    redraw()
  }, [portal, lend, suspendTerminal])
  useInput((input, pressed) => {
    for (const key of keysOf(input, pressed)) portal.press(key)
  })
  usePaste((text) => portal.paste(text))
  const { lines, cursor } = drawFrame(portal, { width: columns, height: rows })
  setCursorPosition(cursor)
  const rowsOf = lines.map((spans, at) =>
    // oxlint-disable-next-line react/no-array-index-key -- a row is its place
    createElement(Row, { key: at, text: JSON.stringify(spans), spans, isColourless }),
  )
  return createElement(Box, { flexDirection: 'column', width: columns, height: rows }, ...rowsOf)
}

interface RowProps {
  /** What it says, for comparing. */
  readonly text: string
  readonly spans: Line
  readonly isColourless: boolean
}

/** Rows that say the same are not laid out again. */
const Row = memo(
  ({ spans, isColourless }: RowProps): ReactNode =>
    createElement(
      Text,
      { wrap: 'truncate-end' },
      ...spans.map(({ text, tone }, at) => {
        const { color, ...look } = LOOKS[tone]
        const shown = isColourless || color === undefined ? look : { ...look, color }
        return createElement(Text, { key: at, ...shown }, text)
      }),
    ),
  (before, after) => before.text === after.text,
)
