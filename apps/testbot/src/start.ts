import { createRandom, createVirtualClock, systemClock, type Clock } from '@bzzz/bot-framework'
import type { EventLog } from '@bzzz/bot-framework/metrics'
import type { Scene } from './actor.ts'
import { run, type Outcome, type Progress } from './run.ts'
import type { Scenario } from './scenario.ts'
import { devnetTarget } from './targets/devnet.ts'
import type { Breakage, Target } from './targets/target.ts'

export interface StartInit {
  readonly scenario: Scenario
  readonly signal: AbortSignal
  /** Whether time passes as it does; as fast as it can if left out. On a node it always passes as it does. */
  readonly isRealTime?: boolean
  readonly log?: EventLog
  readonly onProgress?: (progress: Progress) => void
  /** What is wrong with the target all the time, to see a run fail. */
  readonly broken?: Breakage
  /** The Bearer token of a node that runs elsewhere. */
  readonly token?: string
}

/** Runs a scenario against its target, which is made for it where it does not run elsewhere. */
export async function start(init: StartInit): Promise<Outcome> {
  const { scenario, broken, token, isRealTime = false } = init
  const { seed, target } = scenario
  const random = createRandom(`testbot ${seed}`)
  if (target.kind === 'node') {
    // Only who needs a node waits for it to be loaded.
    const { nodeTarget } = await import('./targets/node.ts')
    const clock = systemClock
    const node = await nodeTarget(scenario, target, {
      clock,
      random,
      ...(broken && { broken }),
      ...(token !== undefined && { token }),
    })
    return play({ ...init, clock, target: node })
  }
  const virtual = isRealTime ? undefined : createVirtualClock()
  const clock = virtual ?? systemClock
  const devnet = devnetTarget(scenario, { clock, random, seed })
  const playing = play({ ...init, scenario: withFault(scenario, broken), clock, target: devnet })
  return virtual ? virtual.until(playing) : playing
}

async function play<Player, Shared extends Scene<Player>>(
  init: StartInit & { readonly clock: Clock; readonly target: Target<Player, Shared> },
): Promise<Outcome> {
  const { scenario, target, clock, signal, log, onProgress } = init
  try {
    return await run({
      scenario,
      target,
      clock,
      signal,
      ...(log && { log }),
      ...(onProgress && { onProgress }),
    })
  } finally {
    await target.close()
  }
}

/** A scenario in which the devnet is broken all the time. */
function withFault(scenario: Scenario, broken: Breakage | undefined): Scenario {
  if (!broken) return scenario
  const fault = {
    ...(broken === 'accepts-everything' && { acceptsEverything: true }),
    ...(broken === 'refuses-everything' && { refusesEverything: true }),
  }
  const phases = scenario.phases.map((phase) => ({
    ...phase,
    faults: { ...phase.faults, ...fault },
  }))
  return { ...scenario, phases }
}
