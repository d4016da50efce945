import { createRandom, createVirtualClock, systemClock, type Clock } from '@bzzz/bot-framework'
import type { EventLog } from '@bzzz/bot-framework/metrics'
import type { Scene } from './actor.ts'
import { faultsOf, type Break } from './breaks.ts'
import { run, type Outcome } from './run.ts'
import type { Scenario } from './scenario.ts'
import { devnetTarget } from './targets/devnet.ts'
import type { Target } from './targets/target.ts'
import type { Snapshot } from './view/snapshot.ts'

export interface StartInit {
  readonly scenario: Scenario
  readonly signal: AbortSignal
  /** Whether time passes as it does; as fast as it can if left out. Elsewhere, and on nodes, it always does. */
  readonly isRealTime?: boolean
  readonly log?: EventLog
  /** Told once how to look at the run while it goes on. */
  readonly onBegin?: (look: () => Snapshot) => void
  /** What is wrong with the target all the time, to see a run fail. */
  readonly broken?: Break
  /** The Bearer token of a node that runs elsewhere. */
  readonly token?: string
  /** That of its graph of decisions. */
  readonly graphToken?: string
  /** The key of the account that bots get their money from, on networks that run elsewhere. */
  readonly faucetKey?: string
  /** Whose process this is. */
  readonly by?: { readonly pid: number; readonly host: string }
}

/**
 * Runs a scenario against its target, which is made for it where it does not run elsewhere.
 *
 * @throws where that cannot be reached, or is to be broken and cannot be.
 */
export async function start(init: StartInit): Promise<Outcome> {
  const { scenario, broken, token, graphToken, faucetKey, by, isRealTime = false } = init
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
      ...(graphToken !== undefined && { graphToken }),
    })
    return play({ ...init, isRealTime: true, clock, target: node })
  }
  if (target.kind === 'networks') {
    if (broken)
      throw new Error(
        'Networks elsewhere cannot be broken from here: try bzzz-testbot devnet --break',
      )
    const { networksTarget } = await import('./targets/networks.ts')
    const clock = systemClock
    const networks = await networksTarget(scenario, target, {
      random,
      run: [clock.now(), by?.host, by?.pid].join(' '),
      ...(faucetKey !== undefined && { faucetKey }),
    })
    return play({ ...init, isRealTime: true, clock, target: networks })
  }
  if (target.kind === 'mesh') {
    const { meshTarget } = await import('./targets/mesh.ts')
    const { makingOf } = await import('./targets/mesh-making.ts')
    const clock = systemClock
    const mesh = await meshTarget(scenario, target, { clock, making: makingOf(broken) })
    return play({ ...init, isRealTime: true, clock, target: mesh })
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
  const { scenario, target, clock, signal, isRealTime = false, log, onBegin, by } = init
  const { name, seed, phases } = scenario
  const seconds = phases.reduce((sum, phase) => sum + phase.seconds, 0)
  const details = { scenario: name, seed, seconds, ...by }
  log?.append({ type: 'note', at: clock.now(), what: 'run', details })
  // Who looks at the folder finds the run from its beginning.
  log?.flush()
  try {
    return await run({
      scenario,
      target,
      clock,
      signal,
      isRealTime,
      ...(log && { log }),
      ...(onBegin && { onBegin }),
    })
  } finally {
    await target.close()
  }
}

/** A scenario in which the devnet is broken all the time. */
function withFault(scenario: Scenario, broken: Break | undefined): Scenario {
  if (!broken) return scenario
  const phases = scenario.phases.map((phase) => ({
    ...phase,
    faults: { ...phase.faults, ...faultsOf(broken) },
  }))
  return { ...scenario, phases }
}
