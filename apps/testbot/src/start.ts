import { createVirtualClock, systemClock } from '@bzzz/bot-framework'
import type { EventLog } from '@bzzz/bot-framework/metrics'
import { faultsOf, type Break } from './breaks.ts'
import { run, type Outcome } from './run.ts'
import type { Scenario } from './scenario.ts'
import { devnetTarget } from './target.ts'
import type { Snapshot } from './view/snapshot.ts'

export interface StartInit {
  readonly scenario: Scenario
  readonly signal: AbortSignal
  /** Whether time passes as it does; as fast as it can if left out. */
  readonly isRealTime?: boolean
  readonly log?: EventLog
  /** Told once how to look at the run while it goes on. */
  readonly onBegin?: (look: () => Snapshot) => void
  /** What is wrong with the target all the time, to see a run fail. */
  readonly broken?: Break
  /** Whose process the log is written by. */
  readonly by?: { readonly pid: number; readonly host: string }
}

/** Runs a scenario against a devnet that is made for it. */
export async function start(init: StartInit): Promise<Outcome> {
  const { isRealTime = false, signal, log, onBegin, broken, by } = init
  const phases = init.scenario.phases.map((phase) => ({
    ...phase,
    faults: { ...phase.faults, ...faultsOf(broken) },
  }))
  const scenario = { ...init.scenario, phases }
  const virtual = isRealTime ? undefined : createVirtualClock()
  const clock = virtual ?? systemClock
  const { name, seed } = scenario
  const seconds = phases.reduce((sum, phase) => sum + phase.seconds, 0)
  const details = { scenario: name, seed, seconds, ...by }
  log?.append({ type: 'note', at: clock.now(), what: 'run', details })
  // Who looks at the folder finds the run from its beginning.
  log?.flush()
  const target = devnetTarget(scenario, { clock, seed })
  try {
    const running = run({
      scenario,
      target,
      clock,
      signal,
      ...(log && { log }),
      isRealTime,
      ...(onBegin && { onBegin }),
    })
    return await (virtual ? virtual.until(running) : running)
  } finally {
    await target.close()
  }
}
