/** What signals are heard on: `process`. */
export interface Signals {
  on(name: 'SIGINT' | 'SIGTERM', hear: () => void): unknown
  exit(status: number): void
}

const INTERRUPTED = 130

/** Aborts with the first signal, so that a run is judged and reported; with the second one the program ends. */
export function signalOf(signals: Signals): AbortSignal {
  const stop = new AbortController()
  const hear = (): void => {
    if (stop.signal.aborted) signals.exit(INTERRUPTED)
    stop.abort()
  }
  // Heard for good: who draws on the terminal ends the program where nobody else listens.
  signals.on('SIGINT', hear)
  signals.on('SIGTERM', hear)
  return stop.signal
}
