import {
  botIdentities,
  createContext,
  createMessageBus,
  failureOf,
  hostBot,
  sleep,
  type Clock,
  type Execution,
  type HostedBot,
  type Random,
} from '@bzzz/bot-framework'
import type { BotPart, Role, Scene } from './actor.ts'
import type { Scenario } from './scenario.ts'
import { keysFrom, type Target } from './targets/target.ts'

/** A bot of a run, and what it does next. */
export interface Player {
  readonly host: HostedBot
  /** The behaviour that it draws, by weight. */
  draw(): string
  /** How long it thinks before it acts again, in milliseconds. */
  think(): number
}

/** All bots of a run, and what they share. */
export interface Cast<Shared> {
  readonly players: readonly Player[]
  readonly stage: Shared
  close(): void
}

interface CastInit<Actor, Shared extends Scene<Actor>> {
  readonly scenario: Scenario
  readonly target: Target<Actor, Shared>
  readonly clock: Clock
  readonly random: Random
  readonly phase: () => string
  readonly onExecution: (execution: Execution) => void
}

/** Makes the bots of a scenario. */
export function castOf<Actor, Shared extends Scene<Actor>>(
  init: CastInit<Actor, Shared>,
): Cast<Shared> {
  const { scenario, target, clock, random } = init
  const bus = createMessageBus({ clock })
  const actors: Actor[] = []
  const stage = target.stage({
    actors,
    seen: new Map(),
    facts: new Map(),
    sleep: async (ms, signal) => sleep(clock, ms, { signal }),
  })
  const count = scenario.roles.reduce((sum, { bots }) => sum + bots, 0)
  const identities = botIdentities(target.keysFrom ?? keysFrom(scenario.seed), count)
  const players = scenario.roles.flatMap(
    ({ role: name, bots, behaviors, thinkMs = scenario.thinkMs }) =>
      Array.from({ length: bots }, (_, number): Player => {
        const id = `${name}-${number + 1}`
        const identity = identities[actors.length]!
        const context = createContext({
          id,
          identity,
          clock,
          bus,
          random,
          scenario: scenario.name,
          phase: init.phase,
          tags: { role: name },
        })
        const part: BotPart = { id, context, memory: new Map() }
        const actor = target.actor(part, stage)
        actors.push(actor)
        const role = target.roles[name]!
        const weights =
          behaviors ?? Object.fromEntries(Object.keys(role.behaviors).map((each) => [each, 1]))
        const [least, most] = thinkMs
        const { onExecution } = init
        return {
          host: hostBot({ id, bot: botOf(role, { id, actor, stage }), context, onExecution }),
          draw: () => context.random.weighted(weights),
          think: () => least + context.random.next() * (most - least),
        }
      }),
  )
  return { players, stage, close: () => bus.close() }
}

function botOf<Actor, Shared extends Scene<Actor>>(
  { setup, behaviors }: Role<Actor, Shared>,
  { id, actor, stage }: { readonly id: string; readonly actor: Actor; readonly stage: Shared },
) {
  return {
    setup: async () => {
      // What cannot be set up shows in the acts that need it.
      await setup?.(actor).catch((error: unknown) => {
        stage.facts.set(`setup of ${id}`, failureOf(error))
      })
    },
    executeBehavior: async (name: string, _: unknown, { signal }: { signal: AbortSignal }) =>
      behaviors[name]!(actor, signal),
  }
}
