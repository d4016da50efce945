import { visible } from '@bzzz/runtime/terminal'
import type { Outcome } from '../run.ts'
import { nowOf, type Snapshot } from './snapshot.ts'

/** How a run stands, in one line. */
export function progressLine(snapshot: Snapshot): string {
  const { phases, phase, atSeconds, summary } = snapshot
  const { count, failed, dropped } = summary.total
  const { perSecond, latency } = nowOf(snapshot)
  const name = phases[phase]?.name ?? (phase < 0 ? 'getting ready' : 'judging')
  const times = latency
    ? `p50 ${ms(latency.p50)} p95 ${ms(latency.p95)} p99 ${ms(latency.p99)}  `
    : ''
  return `${atSeconds.toFixed(0).padStart(4)} s  ${visible(name)}  ${perSecond.toFixed(0)}/s  ${times}done ${count}  failed ${failed}  not started ${dropped}\n`
}

/** How a run ended, in lines. */
export function outcomeText(outcome: Outcome): string {
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
  return `${lines.map(visible).join('\n')}\n`
}

function ms(value: number): string {
  return `${value.toFixed(1)} ms`
}
