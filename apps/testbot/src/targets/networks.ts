import {
  AdnetError,
  createAlphaClient,
  createDeltaClient,
  httpTransport,
  type Network,
  type Transport,
} from '@bzzz/adnet'
import { systemClock, type Random } from '@bzzz/bot-framework'
import type { Verdict } from '@bzzz/bot-framework/metrics'
import type { Actor, Alpha, Clients, Delta, Stage } from '../actor.ts'
import type { Scenario } from '../scenario.ts'
import { createFaucet, faucetOf } from './faucet.ts'
import { playersOn } from './players.ts'
import { deltaosOf, type NetworksSpec } from './spec.ts'
import { keysFrom, type Target } from './target.ts'

interface NetworksInit {
  readonly random: Random
  /** Sets this run apart from all others: what was on the networks before stays there. */
  readonly run: string
  /** The key of the account that bots get their money from; that of a devnet if left out. */
  readonly faucetKey?: string
}

const NAMES: Readonly<Record<Network, string>> = { alpha: 'AlphaOS', delta: 'DeltaOS' }

/**
 * The AX/DX networks, where they run. Time passes as it does.
 *
 * @throws `AdnetError` where one of them does not answer, or is the other one; `ERR_IDENTITY_KEY`.
 */
export async function networksTarget(
  scenario: Scenario,
  spec: NetworksSpec,
  init: NetworksInit,
): Promise<Target<Actor, Stage>> {
  const { seed, timeoutMs } = scenario
  const { random, run, faucetKey } = init
  const identity = faucetOf(faucetKey)
  const urls = { alpha: spec.alphaos, delta: deltaosOf(spec) }
  const ways = {
    alpha: httpTransport({ url: urls.alpha }),
    delta: httpTransport({ url: urls.delta }),
  }
  const close = (): void => {
    for (const way of Object.values(ways)) way.close()
  }
  const chance = { clock: systemClock, random: random.split('faucet') }
  const rest = { ...chance, identity, timeoutMs }
  const clients: Clients = {
    alpha: createAlphaClient({ transport: ways.alpha.transport, ...rest }).call,
    delta: createDeltaClient({ transport: ways.delta.transport, ...rest }).call,
  }
  try {
    for (const network of ['alpha', 'delta'] as const)
      await identify(network, clients[network], urls[network])
  } catch (error) {
    close()
    throw error
  }
  const faucet = createFaucet(identity, { ...clients, ...chance })
  // Money is there before anything that is done with it.
  const afterPayments =
    ({ transport }: { readonly transport: Transport }): Transport =>
    async (request) => {
      await faucet.settled()
      return transport(request)
    }
  const keys = `${keysFrom(seed)} ${run}`
  return {
    ...playersOn({
      scenario,
      clock: systemClock,
      random,
      ways: { alpha: afterPayments(ways.alpha), delta: afterPayments(ways.delta) },
      keysFrom: keys,
      fund: faucet.pay,
    }),
    keysFrom: keys,
    ready: async (signal) => {
      if (signal.aborted) faucet.stop()
      signal.addEventListener('abort', faucet.stop, { once: true })
      await faucet.settled()
      signal.removeEventListener('abort', faucet.stop)
    },
    verdicts: async () => [
      await faucet.verdict(),
      await answering('alpha', clients.alpha),
      await answering('delta', clients.delta),
    ],
    close: async () => close(),
  }
}

/** Makes sure that a network is there, and is not the other one. */
async function identify(expected: Network, client: Alpha | Delta, url: string): Promise<void> {
  const name = NAMES[expected]
  const { network } = await client.version().catch((cause: unknown) => {
    const { code, message } = cause as AdnetError
    throw new AdnetError(code, `${url} does not answer as ${name}: ${message}`, { cause })
  })
  const other = expected === 'alpha' ? 'delta' : 'alpha'
  if (network !== other) return
  throw new AdnetError('ERR_ADNET_OPTION', `Expected ${name} at ${url}, got ${NAMES[other]}`)
}

async function answering(network: Network, client: Alpha | Delta): Promise<Verdict> {
  const name = `${NAMES[network]} still answers`
  return client.latestHeight().then(
    (height) => ({ name, ok: true, detail: `height ${height}` }),
    (error: unknown) => ({ name, ok: false, detail: String(error) }),
  )
}
