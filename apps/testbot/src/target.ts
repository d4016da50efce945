import { createAlphaClient, createDeltaClient, type Transport } from '@bzzz/adnet'
import { createDevnet, type Devnet, type Faults } from '@bzzz/adnet/devnet'
import type { Clock, Random } from '@bzzz/bot-framework'
import type { Identity } from '@bzzz/identity'
import type { Clients } from './actor.ts'
import type { Scenario } from './scenario.ts'

/** The network under test. One that runs elsewhere would be another implementation of this. */
export interface Target {
  readonly raw: { readonly alpha: Transport; readonly delta: Transport }
  fund(address: string, token: 'AX' | 'sAX' | 'DX', amount: bigint): void
  setFaults(faults: Faults): void
  /** What is wrong with its books. */
  flaws(): readonly string[]
  /** Clients of somebody, which count their requests. */
  clients(identity: Identity, random: Random): Clients
  readonly nonce: () => number
  traffic(): { readonly requests: number; readonly calls: number }
  close(): Promise<void>
}

/** A devnet of this process. */
export function devnetTarget(
  scenario: Scenario,
  init: { readonly clock: Clock; readonly seed: string | number },
): Target {
  const { clock, seed } = init
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
  return {
    raw: { alpha: devnet.alpha, delta: devnet.delta },
    fund: (address, token, amount) => devnet.fund(address, token, amount),
    setFaults: (faults) => {
      for (const name of known.splice(0)) delete devnet.faults[name]
      Object.assign(devnet.faults, faults)
      known.push(...(Object.keys(faults) as (keyof Faults)[]))
    },
    flaws: () => devnet.audit().flaws,
    nonce: next,
    traffic: () => ({ requests, calls }),
    clients: (identity, random) => {
      const counted =
        (transport: Transport): Transport =>
        async (request) => {
          requests++
          // Each is a client of its own for the limits, as each would have an address of its own.
          const headers = { ...request.headers, 'x-forwarded-for': identity.did }
          return transport({ ...request, headers })
        }
      const rest = { clock, random, identity, nonce: next, timeoutMs, retry: { attempts } }
      return {
        alpha: counting(createAlphaClient({ transport: counted(devnet.alpha), ...rest }).call),
        delta: counting(createDeltaClient({ transport: counted(devnet.delta), ...rest }).call),
      }
    },
    close: async () => devnet.close(),
  }
}
