import { createProgress, type Home, type Output } from '@bzzz/runtime'
import type { Slurp } from '@bzzz/slurp'
import type { Person } from './person.ts'

/** Where bytes come from. */
interface Input extends AsyncIterable<Uint8Array> {
  readonly isTTY?: boolean
}

/** What a command works with. */
export interface Desk {
  readonly home: Home
  readonly signal: AbortSignal
  readonly now: () => number
  /** Lets so many milliseconds pass, or fewer where the command is to end. */
  readonly sleep: (ms: number) => Promise<void>
  /** Who the person is. */
  readonly person: () => Promise<Person>
  /** Lets the person write in an editor of their own. */
  readonly edit: (text: string) => Promise<string>
  /** Asks the person for a yes; undefined where nobody sits at a terminal. */
  readonly confirm: ((question: string) => Promise<boolean>) | undefined
  /** What is piped in. */
  readonly input: Input
  /** True where a program asked for the result. */
  readonly json: boolean
  /** Writes bytes as they are; resolves when there is room for more. */
  readonly write: (bytes: Uint8Array) => Promise<void>
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

/** Opens the home, does something with it, and closes it, whatever happens. */
export type Run = (work: (desk: Desk) => Promise<number | void>) => Promise<void>
