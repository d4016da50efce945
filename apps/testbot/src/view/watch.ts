import { progressLine } from './plain.ts'
import type { Snapshot } from './snapshot.ts'

/** What a run is shown on. */
export interface Stand {
  /** The terminal; left out where lines are to be written instead. */
  readonly terminal?: NodeJS.WriteStream
  readonly isColourless: boolean
  write(text: string): void
  /** Calls again and again, each so many milliseconds of the machine. What it returns ends that. */
  every(ms: number, run: () => void): () => void
}

/** Shows a run until it is told to end. @returns how to end it. */
export function watch(stand: Stand, look: () => Snapshot): () => Promise<void> {
  const { terminal, isColourless } = stand
  const every = stand.every.bind(stand)
  if (!terminal) {
    const stop = every(1_000, () => stand.write(progressLine(look())))
    return async () => stop()
  }
  let isOver = false
  // Loaded here alone: it takes half a second, in which the run has begun.
  const loading = import('./panel.ts').then(({ showPanel }) =>
    isOver ? undefined : showPanel({ look, stdout: terminal, isColourless, every }),
  )
  return async () => {
    isOver = true
    const stop = await loading
    await stop?.()
  }
}
