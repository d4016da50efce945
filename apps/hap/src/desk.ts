import { createProgress, type Home, type Output } from '@bzzz/runtime'
import type { Slurp } from '@bzzz/slurp'

/** What a command works with. */
export interface Desk {
  readonly home: Home
  readonly signal: AbortSignal
  readonly now: () => number
  /** Where progress is shown. */
  readonly progress: Output
  /** Says a line to a person. */
  readonly say: (text: string) => void
  /** Gives the result to a program, where it asked for one. */
  readonly result: (value: unknown) => void
}

/** The graph of the home, with what is new in its store. */
export async function graphOf({ home, signal, now, progress }: Desk): Promise<Slurp> {
  const shown = createProgress('Taking decisions into the graph', progress, now)
  try {
    return await home.graph({ signal, onProgress: (done, all) => shown.update(done, all) })
  } finally {
    shown.end()
  }
}
