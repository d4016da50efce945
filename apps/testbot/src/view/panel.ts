import { openScreen, Rows } from '@bzzz/runtime/screen'
import { createElement, useEffect, useReducer, type ReactNode } from 'react'
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

const FRAME_MS = 250

/** Draws a run on a terminal, four times a second, until it is told to end. @returns how to end it. */
export function showPanel(init: PanelInit): () => Promise<void> {
  // What is left in the scrollback is how the run ended, and not the panel.
  const screen = openScreen(() => createElement(Panel, { ...init }), { stdout: init.stdout })
  return async () => {
    screen.leave()
    await screen.left
  }
}

function Panel({ look, stdout, isColourless, every }: PanelInit): ReactNode {
  const [, redraw] = useReducer((times: number) => times + 1, 0)
  useEffect(() => every(FRAME_MS, redraw), [every])
  const { columns: width, rows: height } = stdout
  const lines = rowsOf(look(), { width, height: height - 1 })
  return createElement(Rows, { lines, width, isColourless })
}
