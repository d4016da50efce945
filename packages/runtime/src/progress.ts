import type { Writable } from 'node:stream'

/** Where lines go: a terminal, a file, a pipe. */
export interface Output extends Writable {
  readonly isTTY?: boolean
}

export interface Progress {
  update(done: number, total: number): void
  /** Takes the line away, where there is one that moves. */
  end(): void
}

const TERMINAL_MS = 100
const LOG_MS = 2000

/**
 * Shows how far long work has come, with its rate and the time left: on one moving line in a terminal,
 * as a line now and then elsewhere.
 */
export function createProgress(what: string, output: Output, now: () => number): Progress {
  const start = now()
  const every = output.isTTY ? TERMINAL_MS : LOG_MS
  let shown = start
  return {
    update(done, total) {
      const time = now()
      if (time - shown < every) return
      shown = time
      const perMs = done / Math.max(1, time - start)
      const left = perMs > 0 ? `, ${Math.ceil((total - done) / perMs / 1000)} s left` : ''
      const percent = total > 0 ? Math.floor((done / total) * 100) : 0
      const line = `  ${what}: ${done} of ${total} (${percent} %), ${Math.round(perMs * 1000)}/s${left}`
      output.write(output.isTTY ? `\r\u001B[K${line}` : `${line}\n`)
    },
    end() {
      if (output.isTTY) output.write('\r\u001B[K')
    },
  }
}
