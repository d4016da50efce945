import { createAlphaClient, createDeltaClient, type Transport } from '@bzzz/adnet'
import { createDevnet, type Devnet, type Faults } from '@bzzz/adnet/devnet'
import { botIdentities, type Clock, type Random } from '@bzzz/bot-framework'
import type { Identity } from '@bzzz/identity'
import type { Actor, Clients, Stage } from '../actor.ts'
import { ROLES } from '../roles/table.ts'
import type { Scenario } from '../scenario.ts'
import type { Target } from './target.ts'

/** A devnet of this process: the AX/DX networks. */
export function devnetTarget(
  scenario: Scenario,
  init: { readonly clock: Clock; readonly random: Random; readonly seed: string | number },
): Target<Actor, Stage> {
  const { clock, random, seed } = init
  const { limits, attempts, timeoutMs } = scenario
  const devnet: Devnet = createDevnet({ clock, seed, ...(limits && { limits }) })
  let [nonce, requests, calls] = [0, 0, 0]
  const next = (): number => ++nonce
  const known: (keyof Faults)[] = []
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
        // Each is a client of its own for the limits, as each would have an address of its own.
        const headers = { ...request.headers, 'x-forwarded-for': identity.did }
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
      alpha: counting(createAlphaClient({ transport: counted(devnet.alpha), ...rest }).call),
      delta: counting(createDeltaClient({ transport: counted(devnet.delta), ...rest }).call),
    }
  }
  const people = new Map<string, ReturnType<Stage['person']>>()
  return {
    roles: ROLES,
    stage: (scene) => ({
      ...scene,
      fund: (address, token, amount) => devnet.fund(address, token, amount),
      traffic: () => ({ requests, calls }),
      person: (name) => {
        const person = people.get(name)
        if (person) return person
        const [identity] = botIdentities(`testbot ${seed} ${name}`, 1)
        const clients = clientsOf(identity!, random.split(`person ${name}`))
        const made = { identity: identity!, clients }
        people.set(name, made)
        return made
      },
    }),
    actor: (part, stage) => ({
      ...part,
      ...clientsOf(part.context.identity, part.context.random.split('client')),
      raw: { alpha: devnet.alpha, delta: devnet.delta },
      nonce: next,
      stage,
    }),
    setFaults: (faults) => {
      for (const name of known.splice(0)) delete devnet.faults[name]
      Object.assign(devnet.faults, faults)
      known.push(...(Object.keys(faults) as (keyof Faults)[]))
    },
    verdicts: async () => {
      const { flaws } = devnet.audit()
      const detail = flaws.join('; ') || 'yes'
      return [{ name: 'the books are in order', ok: flaws.length === 0, detail }]
    },
    close: async () => devnet.close(),
  }
}
