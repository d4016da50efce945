import { Box, render, Text } from 'ink'
import { createElement, useEffect, useReducer, type ReactNode } from 'react'
import type { Line, Tone } from './line.ts'
import { rowsOf } from './rows.ts'
import type { Snapshot } from './snapshot.ts'

export interface PanelInit {
  readonly look: () => Snapshot
  readonly stdout: NodeJS.WriteStream
  /** Tones are shown by bold and dim alone. */
  readonly isColourless: boolean
  /** Calls again and again, each so many milliseconds. What it returns ends that. */
  readonly every: (ms: number, run: () => void) => () => void
}

interface Look {
  readonly color?: string
  readonly bold?: boolean
  readonly dimColor?: boolean
}

const FRAME_MS = 250

const LOOKS: Readonly<Record<Tone, Look>> = {
  plain: {},
  title: { bold: true },
  dim: { dimColor: true },
  good: { color: 'green' },
  warn: { color: 'yellow' },
  bad: { color: 'red', bold: true },
}

/** Draws a run on a terminal, four times a second, until it is told to end. @returns how to end it. */
export function showPanel(init: PanelInit): () => Promise<void> {
  const { stdout } = init
  const screen = render(createElement(Panel, init), {
    stdout,
    exitOnCtrlC: false,
    patchConsole: false,
    // What is left in the scrollback is how the run ended, and not the panel.
    alternateScreen: true,
    interactive: true,
    incrementalRendering: true,
  })
  // A terminal moves and cuts its lines when it changes its size, each in its own way: all is drawn anew.
  const begin = (): void => {
    screen.clear()
    stdout.write('\u001b[2J\u001b[H')
    screen.rerender(createElement(Panel, { ...init }))
  }
  stdout.prependListener('resize', begin)
  return async () => {
    stdout.off('resize', begin)
    screen.unmount()
    await screen.waitUntilExit()
  }
}

function Panel({ look, stdout, isColourless, every }: PanelInit): ReactNode {
  const [, redraw] = useReducer((times: number) => times + 1, 0)
  useEffect(() => every(FRAME_MS, redraw), [every])
  const { columns: width, rows: height } = stdout
  const rows = rowsOf(look(), { width, height: height - 1 })
  return createElement(
    Box,
    { flexDirection: 'column', width },
    // oxlint-disable-next-line react/no-array-index-key -- a row is its place
    ...rows.map((line, at) => createElement(Row, { key: at, line, isColourless })),
  )
}

function Row({ line, isColourless }: { line: Line; isColourless: boolean }): ReactNode {
  const spans = line.map(({ text, tone }, at) => {
    const { color, ...look } = LOOKS[tone]
    const all = isColourless || color === undefined ? look : { ...look, color }
    return createElement(Text, { key: at, ...all }, text)
  })
  return createElement(Text, { wrap: 'truncate-end' }, ...(spans.length > 0 ? spans : [' ']))
}
