import type { Figures, Summary, Verdict } from '@bzzz/bot-framework/metrics'
import type { Scene } from './actor.ts'
import type { Scenario, Threshold } from './scenario.ts'
import type { Target } from './targets/target.ts'

/** Whether what was measured is within a threshold. */
export function judge(threshold: Threshold, summary: Summary): Verdict {
  const { metric, behavior, atMost, atLeast } = threshold
  const figures = behavior === undefined ? summary.total : summary.behaviors[behavior]
  const bound = atMost === undefined ? `at least ${atLeast}` : `at most ${atMost}`
  const name = `${metric}${behavior === undefined ? '' : ` of ${behavior}`} ${bound}`
  if (!figures) return { name, ok: false, detail: 'it was never done' }
  const value = valueOf(figures, metric)
  const ok = atMost === undefined ? value >= (atLeast ?? 0) : value <= atMost
  return { name, ok, detail: String(Number(value.toPrecision(4))) }
}

function valueOf(figures: Figures, metric: Threshold['metric']): number {
  switch (metric) {
    case 'count':
    case 'perSecond':
    case 'errorRate':
    case 'dropped':
      return figures[metric]
    case 'p50':
    case 'p95':
    case 'p99':
    case 'p999':
    case 'max':
      return figures.latency[metric]
    default:
      return metric satisfies never
  }
}

/**
 * That something was done, and nothing in vain: each behaviour went well once at least. To be refused is how the act
 * of an attacker goes well; a target that answers nothing lets no act go well, whoever plays.
 */
function doneWell({ total, behaviors }: Summary): Verdict {
  const { count, failed } = total
  const inVain = Object.entries(behaviors)
    .filter(([, each]) => each.count > 0 && each.failed === each.count)
    .map(([behavior, each]) => `, never ${behavior} (tried ${each.count} times)`)
  return {
    name: 'what was done went well at least once',
    ok: count > 0 && inVain.length === 0,
    detail: `${count - failed} of ${count} operations${inVain.join('')}`,
  }
}

/** All that decides whether a run has passed. */
export async function verdictsOf<Player, Shared extends Scene<Player>>(
  scenario: Scenario,
  found: {
    readonly summary: Summary
    readonly stage: Shared
    readonly target: Target<Player, Shared>
    readonly endedBy?: string
  },
): Promise<Verdict[]> {
  const { summary, stage, target, endedBy } = found
  const verdicts: Verdict[] = [
    doneWell(summary),
    { name: 'it ran to its end', ok: endedBy === undefined, detail: endedBy ?? 'yes' },
    ...scenario.thresholds.map((threshold) => judge(threshold, summary)),
    ...(await target.verdicts(summary)),
  ]
  for (const name of new Set(scenario.roles.map(({ role }) => role))) {
    try {
      verdicts.push(...((await target.roles[name]?.conditions?.(stage)) ?? []))
    } catch (error) {
      // What cannot be looked at does not hold.
      verdicts.push({ name: `the conditions of ${name}`, ok: false, detail: String(error) })
    }
  }
  return verdicts
}
