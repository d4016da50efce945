import type { Output } from './progress.ts'

/** What an exit status of the apps means. */
export const EXIT = Object.freeze({
  done: 0,
  failed: 1,
  usage: 2,
  notFound: 3,
  notAllowed: 4,
  unreachable: 5,
  interrupted: 130,
})

/** How a command is run. */
export interface CommandInit {
  /** What the program is called, in front of its errors. */
  readonly name: string
  /** Where people read along; whoever reads may go away (`| head`), which ends the command. */
  readonly output: Output
  /** Where errors go. */
  readonly errors: Output
  /** Whose signals end it: the process. */
  readonly signals: Pick<NodeJS.Process, 'on' | 'off' | 'exit'>
}

const STATUS: readonly (readonly [RegExp, number])[] = [
  [/_NOT_FOUND$|_OUT_OF_RANGE$|_GONE$|_UNKNOWN$|^ERR_CHAIN_START$|_NO_RECORDS$/, EXIT.notFound],
  [/_DENIED$|_READ_ONLY$|_WRITER$|_NOT_ADDRESSED$|^ERR_ACCESS/, EXIT.notAllowed],
  [
    /^ERR_(?:ADDRESS|HAP)_|_CONFIGURATION$|_QUERY$|_MAP$|^ERR_INBOX_(?:ANSWER|INVALID)$|^ERR_CHAIN_LIMIT$/,
    EXIT.usage,
  ],
  [/^ERR_MESH_|_UNREACHABLE$|_TIMEOUT$/, EXIT.unreachable],
]

/** The exit status for an error, by its code; 1 for any other. */
export function exitCodeOf(error: unknown): number {
  const code = codeOf(error) ?? ''
  return STATUS.find(([pattern]) => pattern.test(code))?.[1] ?? EXIT.failed
}

/**
 * Runs a command to its end. The first SIGINT or SIGTERM asks it to end (its signal is aborted, and it
 * is waited for); a second one ends the process at once. An error is one line with its code on
 * `errors`.
 *
 * @param action gives the exit status; nothing is {@link EXIT}`.done`
 * @returns the exit status
 */
export async function runCommand(
  { name, output, errors, signals }: CommandInit,
  action: (signal: AbortSignal) => Promise<number | void>,
): Promise<number> {
  const stop = new AbortController()
  const onSignal = (): void => {
    if (stop.signal.aborted) signals.exit(EXIT.interrupted)
    stop.abort()
  }
  // Stays: that a reader has gone may be told after the last line was written.
  const onGone = (): void => stop.abort()
  signals.on('SIGINT', onSignal).on('SIGTERM', onSignal)
  output.on('error', onGone)
  try {
    return (await action(stop.signal)) ?? EXIT.done
  } catch (error) {
    if (stop.signal.aborted) return EXIT.interrupted
    const code = codeOf(error)
    const message = error instanceof Error ? error.message : String(error)
    errors.write(`${name}: ${code === undefined ? '' : `${code}: `}${message}\n`)
    return exitCodeOf(error)
  } finally {
    signals.off('SIGINT', onSignal).off('SIGTERM', onSignal)
  }
}

function codeOf(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error ? String(error.code) : undefined
}
