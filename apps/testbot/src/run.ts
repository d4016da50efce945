import { createHash } from 'node:crypto'
import { createRandom, type Clock, type Execution, type HostedBot } from '@bzzz/bot-framework'
import {
  createMetrics,
  observationOf,
  type EventLog,
  type Summary,
  type Verdict,
} from '@bzzz/bot-framework/metrics'
import type { Scene } from './actor.ts'
import { castOf } from './cast.ts'
import { carryOut } from './executors.ts'
import type { Scenario } from './scenario.ts'
import type { Target } from './targets/target.ts'
import type { Snapshot } from './view/snapshot.ts'
import { judge, verdictsOf } from './verdicts.ts'

/** What came of a run. */
export interface Outcome {
  readonly scenario: string
  readonly seed: string | number
  readonly passed: boolean
  readonly verdicts: readonly Verdict[]
  readonly summary: Summary
  /** The hash of all that was done, in order: the same for the same seed on a devnet whose time is simulated. */
  readonly trace: string
}

export interface RunInit<Player, Shared extends Scene<Player>> {
  readonly scenario: Scenario
  readonly target: Target<Player, Shared>
  readonly clock: Clock
  readonly signal: AbortSignal
  readonly log?: EventLog
  readonly isRealTime?: boolean
  /** Told once, when it begins, how to look at it while it goes on. */
  readonly onBegin?: (look: () => Snapshot) => void
}

/** Runs a scenario. It ends by itself, when it is aborted, or when a threshold says so; and is judged either way. */
export async function run<Player, Shared extends Scene<Player>>(
  init: RunInit<Player, Shared>,
): Promise<Outcome> {
  const { scenario, target, clock, log } = init
  const startedAt = clock.now()
  const metrics = createMetrics({ startedAt, ...(log && { log }) })
  const trace = createHash('sha256')
  // Bots get ready before the first phase.
  let place = -1
  let phaseStartedAt = startedAt
  const phase = (): string => scenario.phases[place]?.name ?? ''
  let endedBy: string | undefined
  const end = new AbortController()
  const stop = (why: string): void => {
    endedBy ??= why
    end.abort(new Error(why))
  }
  const onAbort = (): void => stop('it was interrupted')
  if (init.signal.aborted) onAbort()
  init.signal.addEventListener('abort', onAbort, { once: true })
  const onExecution = (execution: Execution): void => {
    const { bot, behavior, intendedAt, endedAt, result } = execution
    const how = result.ok ? 'ok' : result.kind
    trace.update(`${intendedAt - startedAt} ${endedAt - startedAt} ${bot} ${behavior} ${how}\n`)
    metrics.observe(observationOf(execution))
  }
  const random = createRandom(`testbot ${scenario.seed}`)
  const cast = castOf({ scenario, target, clock, random, phase, onExecution })
  const stopTicking = everySecond(clock, () => {
    const summary = metrics.summary(clock.now())
    const broken = scenario.thresholds.find((each) => each.abort && !judge(each, summary).ok)
    if (broken) stop(`${judge(broken, summary).name}: it was ${judge(broken, summary).detail}`)
    log?.flush()
  })
  const hosts = cast.players.map(({ host }) => host)
  init.onBegin?.(() => {
    const now = clock.now()
    const summary = metrics.summary(now)
    return {
      scenario: scenario.name,
      seed: scenario.seed,
      isRealTime: init.isRealTime ?? false,
      phases: scenario.phases,
      phase: place,
      phaseSeconds: (now - phaseStartedAt) / 1_000,
      atSeconds: (now - startedAt) / 1_000,
      summary,
      bots: statesOf(hosts),
      faults: scenario.phases[place]?.faults ?? {},
      thresholds: scenario.thresholds.map((each) => judge(each, summary)),
      ...(endedBy !== undefined && { endedBy }),
    }
  })
  try {
    for (const host of hosts) await host.prepare()
    await target.ready?.(end.signal)
    for (const host of hosts) host.run()
    for (const { name, seconds, load, faults } of scenario.phases) {
      if (end.signal.aborted) break
      place++
      phaseStartedAt = clock.now()
      metrics.note(clock.now(), 'phase', { name, load, faults })
      target.setFaults?.(faults)
      const { timeoutMs } = scenario
      const onDropped = (at: number): void => metrics.drop('any', 1, at)
      await carryOut({
        load,
        ms: seconds * 1_000,
        players: cast.players,
        clock,
        timeoutMs,
        signal: end.signal,
        onDropped,
      })
    }
    place = scenario.phases.length
    const summary = metrics.summary(clock.now())
    // What was wrong is over, but for a target that is broken on purpose: that is judged as it is.
    const { acceptsEverything, refusesEverything } = scenario.phases.at(-1)?.faults ?? {}
    target.setFaults?.({
      ...(acceptsEverything && { acceptsEverything }),
      ...(refusesEverything && { refusesEverything }),
    })
    const verdicts = await verdictsOf(scenario, {
      summary,
      stage: cast.stage,
      target,
      ...(endedBy !== undefined && { endedBy }),
    })
    for (const host of hosts) await host.stop()
    const passed = verdicts.every(({ ok }) => ok)
    metrics.note(clock.now(), 'verdicts', { passed, verdicts })
    return {
      scenario: scenario.name,
      seed: scenario.seed,
      passed,
      verdicts,
      summary,
      trace: trace.digest('hex'),
    }
  } finally {
    stopTicking()
    init.signal.removeEventListener('abort', onAbort)
    cast.close()
  }
}

function statesOf(hosts: readonly HostedBot[]): Record<string, number> {
  const states: Record<string, number> = {}
  for (const { state, active } of hosts) {
    const name = state !== 'running' ? state : active > 0 ? 'acting' : 'idle'
    states[name] = (states[name] ?? 0) + 1
  }
  return states
}

function everySecond(clock: Clock, tell: () => void): () => void {
  let cancel = clock.schedule(1_000, tick)
  function tick(): void {
    cancel = clock.schedule(1_000, tick)
    tell()
  }
  return () => cancel()
}
