import { existsSync } from 'node:fs'
import { join } from 'node:path'
import type { Figures } from '@bzzz/bot-framework/metrics'
import { visible } from '@bzzz/runtime/terminal'
import { LOG, readOutcome, type StoredOutcome } from './outputs.ts'
import { readLog } from './read-log.ts'

/** How the newest run of a folder is, or was. */
export type Status = Ended | Unended

interface Ended extends StoredOutcome {
  readonly state: 'passed' | 'failed'
}

interface Unended {
  /** `running`: its process is there; `killed`: it is not, and nothing was judged. */
  readonly state: 'running' | 'killed'
  readonly scenario: string
  readonly seed: string | number
  readonly phase: string
  readonly seconds: number
  readonly ofSeconds: number
  readonly total: Figures
}

/** Where processes are looked up: those of this machine. */
export interface Processes {
  readonly host: string
  isAlive(pid: number): boolean
}

/**
 * How the newest run of a folder is: what it was judged, or how far it has come by its log.
 *
 * @throws where the folder holds neither reports nor a log, or what is there is something else.
 */
export async function statusOf(folder: string, processes: Processes): Promise<Status> {
  const path = join(folder, LOG)
  const logged = existsSync(path) ? await readLog(path) : undefined
  if (!logged?.begun || logged.isOver) {
    const outcome = readOutcome(folder)
    return { state: outcome.passed ? 'passed' : 'failed', ...outcome }
  }
  const { begun, phase = '', seconds, metrics } = logged
  const { scenario, seed, pid, host, seconds: ofSeconds } = begun
  // Who looks from another machine cannot know; what goes on there is not called killed.
  const isRunning = host !== processes.host || processes.isAlive(pid)
  const { total } = metrics.summary()
  const state = isRunning ? 'running' : 'killed'
  return { state, scenario, seed, phase, seconds, ofSeconds, total }
}

/** A status in lines. */
export function statusText(status: Status, folder: string): string {
  const { state, scenario, seed } = status
  const first = `${scenario}, seed ${seed}: ${state.toUpperCase()}`
  if ('verdicts' in status) {
    const wrong = status.verdicts.filter(({ ok }) => !ok)
    const lines = [first, ...wrong.map(({ name, detail }) => `✗ ${name}: ${detail}`)]
    return lines.map((line) => `${visible(line)}\n`).join('')
  }
  const { phase, seconds, ofSeconds, total } = status
  const { count, failed, dropped, latency } = total
  const lines = [
    `${first}, ${seconds.toFixed(1)} s of ${ofSeconds} s, phase ${phase || 'not begun'}`,
    `done ${count}, failed ${failed}, not started ${dropped}, p50 ${latency.p50.toFixed(1)} ms, p99 ${latency.p99.toFixed(1)} ms`,
    ...(state === 'killed'
      ? [`What it did can be seen: bzzz-testbot report ${join(folder, LOG)} > report.html`]
      : []),
  ]
  return lines.map((line) => `${visible(line)}\n`).join('')
}
