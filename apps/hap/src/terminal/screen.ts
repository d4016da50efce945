import { openScreen, Rows } from '@bzzz/runtime/screen'
import { useApp, useCursor, useInput, usePaste } from 'ink'
import { createElement, useEffect, useReducer, type ReactNode } from 'react'
import { drawFrame } from './frame.ts'
import { keysOf } from './keys.ts'
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

/** Shows a portal on a terminal until the person leaves or the signal ends it. */
export async function showScreen(init: ScreenInit, signal: AbortSignal): Promise<void> {
  const { portal, stdin, stdout } = init
  // The portal itself says how often.
  const screen = openScreen(() => createElement(Screen, { ...init }), {
    stdin,
    stdout,
    maxFps: 1000,
  })
  const leave = (): void => screen.leave()
  portal.onQuit = leave
  signal.addEventListener('abort', leave, { once: true })
  if (signal.aborted) leave()
  await screen.left
  signal.removeEventListener('abort', leave)
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
  return createElement(Rows, { lines, width: columns, height: rows, isColourless })
}
