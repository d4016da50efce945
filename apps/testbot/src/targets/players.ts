import { createAlphaClient, createDeltaClient, type Network, type Transport } from '@bzzz/adnet'
import { botIdentities, type Clock, type Random } from '@bzzz/bot-framework'
import type { Identity } from '@bzzz/identity'
import type { Actor, Clients, Stage } from '../actor.ts'
import { ROLES } from '../roles/table.ts'
import type { Scenario } from '../scenario.ts'
import type { Target } from './target.ts'

interface PlayersInit {
  readonly scenario: Scenario
  readonly clock: Clock
  readonly random: Random
  /** The ways to both networks. */
  readonly ways: Readonly<Record<Network, Transport>>
  /** What is sent along in the name of somebody, beside what a client sends. */
  readonly headersOf?: (identity: Identity) => Readonly<Record<string, string>>
  /** What the keys of people who are no bots are derived from. */
  readonly keysFrom: string
  readonly fund: Stage['fund']
}

/** Who plays on the AX/DX networks, by whatever way these are reached. */
export function playersOn(
  init: PlayersInit,
): Pick<Target<Actor, Stage>, 'actor' | 'stage' | 'roles'> {
  const { scenario, clock, random, ways, headersOf, keysFrom, fund } = init
  const { attempts, timeoutMs } = scenario
  let [nonce, requests, calls] = [0, 0, 0]
  const next = (): number => ++nonce
  const counting = <T extends object>(of: T): T =>
    new Proxy(of, {
      get: (at, name, receiver) => {
        calls++
        return Reflect.get(at, name, receiver) as unknown
      },
    })
  /** Clients of somebody, which count their requests. */
  const clientsOf = (identity: Identity, chance: Random): Clients => {
    const counted =
      (transport: Transport): Transport =>
      async (request) => {
        requests++
        const headers = { ...request.headers, ...headersOf?.(identity) }
        return transport({ ...request, headers })
      }
    const rest = {
      clock,
      random: chance,
      identity,
      nonce: next,
      timeoutMs,
      retry: { attempts },
    }
    return {
      alpha: counting(createAlphaClient({ transport: counted(ways.alpha), ...rest }).call),
      delta: counting(createDeltaClient({ transport: counted(ways.delta), ...rest }).call),
    }
  }
  const people = new Map<string, ReturnType<Stage['person']>>()
  return {
    roles: ROLES,
    stage: (scene) => ({
      ...scene,
      fund,
      traffic: () => ({ requests, calls }),
      person: (name) => {
        const person = people.get(name)
        if (person) return person
        const [identity] = botIdentities(`${keysFrom} ${name}`, 1)
        const clients = clientsOf(identity!, random.split(`person ${name}`))
        const made = { identity: identity!, clients }
        people.set(name, made)
        return made
      },
    }),
    actor: (part, stage) => ({
      ...part,
      ...clientsOf(part.context.identity, part.context.random.split('client')),
      raw: ways,
      nonce: next,
      stage,
    }),
  }
}
