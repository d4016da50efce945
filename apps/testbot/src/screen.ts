import type { Outcome, Progress } from './run.ts'

/** Where lines are shown. */
export interface Screen {
  readonly isTerminal: boolean
  write(text: string): void
}

/** One line for a second of a run: over the last one in a terminal, below it elsewhere. */
export function showProgress(screen: Screen, progress: Progress): void {
  const { phase, atSeconds, interval, summary } = progress
  const { count, failed, dropped } = summary.total
  const rate = interval ? interval.perSecond.toFixed(0) : '0'
  const latency = interval ? `p50 ${ms(interval.latency.p50)} p99 ${ms(interval.latency.p99)}` : ''
  const line = `${atSeconds.toFixed(0).padStart(4)} s  ${phase}  ${rate}/s  ${latency}  done ${count}  failed ${failed}  not started ${dropped}`
  screen.write(screen.isTerminal ? `\r\u001B[2K${line}` : `${line}\n`)
}

/** How a run ended. */
export function showOutcome(screen: Screen, outcome: Outcome): void {
  const { summary, verdicts, passed, scenario, seed, trace } = outcome
  const { count, failed, dropped, perSecond, latency, errors } = summary.total
  const lines = [
    `${scenario}, seed ${seed}: ${count} operations in ${summary.seconds.toFixed(1)} s (${perSecond.toFixed(1)}/s), ${failed} failed, ${dropped} not started`,
    `latency p50 ${ms(latency.p50)}, p95 ${ms(latency.p95)}, p99 ${ms(latency.p99)}, p99.9 ${ms(latency.p999)}, highest ${ms(latency.max)}`,
    ...Object.entries(errors).map(([kind, times]) => `failed ${times} times: ${kind}`),
    ...verdicts.map(({ name, ok, detail }) => `${ok ? '✓' : '✗'} ${name}: ${detail}`),
    `trace ${trace}`,
    passed ? 'PASSED' : 'FAILED',
  ]
  screen.write(`${screen.isTerminal ? '\r\u001B[2K' : ''}${lines.join('\n')}\n`)
}

function ms(value: number): string {
  return `${value.toFixed(1)} ms`
}
