import { botIdentities, createRandom, type Clock } from '@bzzz/bot-framework'
import { isChainAddress, type Identity } from '@bzzz/identity'
import { AdnetError } from '../errors.ts'
import type { Transport } from '../transport.ts'
import type { Audit } from './audit.ts'
import type { Faults } from './faults.ts'
import type { Token } from './ledger.ts'
import type { Limits } from './node.ts'
import { serve } from './serve.ts'
import { makeWorld } from './world.ts'

export type { Audit } from './audit.ts'

export interface DevnetInit {
  readonly clock: Clock
  readonly seed: string | number
  /** Milliseconds between two blocks. 5,000 if left out. */
  readonly blockMs?: number
  /** Milliseconds between two prices of the oracles. 10,000 if left out. */
  readonly oracleMs?: number
  /** What each client may ask. No bound if left out. */
  readonly limits?: Limits
  /** Keys, one of which each request then needs as its bearer token. */
  readonly keys?: readonly string[]
  /** `operator` if left out. */
  readonly operatorToken?: string
}

/** Both networks. */
export interface Devnet {
  /** The ways to them without sockets, for clients. */
  readonly alpha: Transport
  readonly delta: Transport
  /** What is wrong with it: change it at any time. */
  readonly faults: Faults
  /** Whose word on prices counts: five identities. */
  readonly oracles: readonly Identity[]
  /** Gives an account of either network money. @throws `ERR_ADNET_OPTION` for what is no address or amount. */
  fund(address: string, token: Token, amount: bigint): void
  /** What would be sent to a person who wants to be verified. */
  kycCode(address: string): string
  /** Has a validator sign a second block of the newest height, and gives the evidence. */
  equivocate(): { validator: string; height: number; first: string; second: string }
  /** Checks what must always hold. */
  audit(): Audit
  /** Makes a block on both chains at once. */
  seal(): void
  /** Opens both to HTTP, on loopback. Ports are free ones if left out. */
  listen(ports?: {
    readonly alpha?: number
    readonly delta?: number
  }): Promise<{ alpha: string; delta: string }>
  /** Ends blocks, prices, streams and ports. */
  close(): Promise<void>
}

/** Makes both networks; blocks, prices and funding come as the clock goes. */
export function createDevnet(init: DevnetInit): Devnet {
  const { clock, seed } = init
  const random = createRandom(`devnet ${seed}`)
  const oracles = botIdentities(`devnet ${seed} oracles`, 5)
  const world = makeWorld({ ...init, random, oracles })
  const closers: (() => Promise<void>)[] = []
  return {
    alpha: world.alpha.transport,
    delta: world.delta.transport,
    faults: world.faults,
    oracles,
    fund: (address, token, amount) => {
      if (!isChainAddress(address) || amount <= 0n) {
        throw new AdnetError(
          'ERR_ADNET_OPTION',
          `Expected an address and an amount above 0, got ${address} and ${amount}`,
        )
      }
      world.fund(address, token, amount)
    },
    kycCode: (address) => world.offramp.codeOf(address),
    equivocate: () => world.equivocate(),
    audit: () => world.audit(),
    seal: () => world.seal(clock.now()),
    listen: async (ports = {}) => {
      const alpha = await serve(world.alpha.transport, ports.alpha)
      closers.push(async () => alpha.close())
      const delta = await serve(world.delta.transport, ports.delta)
      closers.push(async () => delta.close())
      return { alpha: alpha.url, delta: delta.url }
    },
    close: async () => {
      world.stop()
      await Promise.all(closers.splice(0).map(async (close) => close()))
    },
  }
}
