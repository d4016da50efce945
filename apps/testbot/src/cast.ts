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
import type { Actor, Behavior, Clients, Role, Stage } from './actor.ts'
import { ROLES } from './roles.ts'
import type { Scenario } from './scenario.ts'
import type { Target } from './target.ts'

/** A bot of a run, and what it does next. */
export interface Player {
  readonly host: HostedBot
  /** The behaviour that it draws, by weight. */
  draw(): string
  /** How long it thinks before it acts again, in milliseconds. */
  think(): number
}

/** All bots of a run, and what they share. */
export interface Cast {
  readonly players: readonly Player[]
  readonly stage: Stage
  close(): void
}

interface CastInit {
  readonly scenario: Scenario
  readonly target: Target
  readonly clock: Clock
  readonly random: Random
  readonly phase: () => string
  readonly onExecution: (execution: Execution) => void
}

/** Makes the bots of a scenario. */
export function castOf(init: CastInit): Cast {
  const { scenario, target, clock, random } = init
  const bus = createMessageBus({ clock })
  const actors: Actor[] = []
  const stage = stageOf(init, actors)
  const count = scenario.roles.reduce((sum, { bots }) => sum + bots, 0)
  const identities = botIdentities(`testbot ${scenario.seed}`, count)
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
        const { alpha, delta } = target.clients(identity, context.random.split('client'))
        const { raw, nonce } = target
        const actor: Actor = { id, context, alpha, delta, raw, nonce, stage, memory: new Map() }
        actors.push(actor)
        const role: Role = ROLES[name]
        const weights =
          behaviors ?? Object.fromEntries(Object.keys(role.behaviors).map((each) => [each, 1]))
        const [least, most] = thinkMs
        const { onExecution } = init
        return {
          host: hostBot({ id, bot: botOf(actor, role), context, onExecution }),
          draw: () => context.random.weighted(weights),
          think: () => least + context.random.next() * (most - least),
        }
      }),
  )
  return { players, stage, close: () => bus.close() }
}

function botOf(actor: Actor, role: Role) {
  const behaviors: Readonly<Record<string, Behavior>> = role.behaviors
  return {
    setup: async () => {
      // What cannot be set up shows in the acts that need it.
      await role.setup?.(actor).catch((error: unknown) => {
        actor.stage.facts.set(`setup of ${actor.id}`, failureOf(error))
      })
    },
    executeBehavior: async (name: string, _: unknown, { signal }: { signal: AbortSignal }) =>
      behaviors[name]!(actor, signal),
  }
}

function stageOf({ scenario, target, clock, random }: CastInit, actors: readonly Actor[]): Stage {
  const people = new Map<string, ReturnType<Stage['person']>>()
  return {
    actors,
    seen: new Map(),
    facts: new Map(),
    fund: (address, token, amount) => target.fund(address, token, amount),
    traffic: () => target.traffic(),
    sleep: async (ms, signal) => sleep(clock, ms, { signal }),
    person: (name) => {
      const known = people.get(name)
      if (known) return known
      const [identity] = botIdentities(`testbot ${scenario.seed} ${name}`, 1)
      const clients: Clients = target.clients(identity!, random.split(`person ${name}`))
      const made = { identity: identity!, clients }
      people.set(name, made)
      return made
    },
  }
}
