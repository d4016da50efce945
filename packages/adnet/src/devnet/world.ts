import { botIdentities, type Clock, type Random } from '@bzzz/bot-framework'
import type { Identity } from '@bzzz/identity'
import type { Network } from '../envelope.ts'
import { ALPHA } from '../routes-alpha.ts'
import { DELTA } from '../routes-delta.ts'
import { alphaHandlers } from './alpha.ts'
import { auditOf, type Audit } from './audit.ts'
import { Bridge } from './bridge.ts'
import { digest } from './chain.ts'
import type { DevnetInit } from './create-devnet.ts'
import { bookOf, deltaHandlers, positionOf } from './delta.ts'
import { FaultDice, type Faults } from './faults.ts'
import type { Token } from './ledger.ts'
import { Names } from './names.ts'
import { DevnetNode } from './node.ts'
import { Offramp } from './offramp.ts'
import { Oracle } from './oracle.ts'
import { Perpetuals } from './perpetuals.ts'
import { Programs } from './programs.ts'
import { Provers } from './provers.ts'
import { Spot } from './spot.ts'
import { Staking } from './staking.ts'
import { ChainState } from './state.ts'
import { Streams } from './streams.ts'

const HOUR = 3_600_000
const TREASURY = 10n ** 12n
const VAULT = 10n ** 15n
const FIRST_PRICES: Readonly<Record<Token, bigint>> = {
  AX: 2_000_000n,
  sAX: 2_100_000n,
  DX: 1_000_000n,
}

interface WorldInit extends DevnetInit {
  readonly random: Random
  readonly oracles: readonly Identity[]
}

interface World {
  readonly alpha: DevnetNode
  readonly delta: DevnetNode
  readonly faults: Faults
  readonly offramp: Offramp
  fund(address: string, token: Token, amount: bigint): void
  equivocate(): { validator: string; height: number; first: string; second: string }
  audit(): Audit
  seal(now: number): void
  stop(): void
}

/** Puts both networks together, and sets their clockwork going. */
export function makeWorld(init: WorldInit): World {
  const {
    clock,
    seed,
    random,
    oracles,
    blockMs = 5_000,
    oracleMs = 10_000,
    operatorToken = 'operator',
  } = init
  const faults: Faults = {}
  const streams = new Streams()
  const alpha = chainOf('alpha', clock, seed)
  const delta = chainOf('delta', clock, seed)
  const bridge = new Bridge(alpha.ledger, delta.ledger)
  const staking = new Staking(alpha)
  const [deployments, amended] = deploy(alpha)
  alpha.ledger.issue('treasury', 'AX', TREASURY)
  delta.ledger.issue('vault', 'DX', VAULT)

  const oracle = new Oracle(
    oracles.map(({ dx }) => dx),
    (price) => {
      streams.emit('oracle', price.asset, price)
      if (price.asset === 'AX') perpetuals.liquidate()
    },
  )
  const spot = new Spot(
    delta.ledger,
    () => ({
      makerPpm: delta.governance.parameter('maker_fee'),
      takerPpm: delta.governance.parameter('taker_fee'),
    }),
    {
      trade: (trade) => streams.emit('trades', trade.pair, trade),
      order: (order) => {
        streams.emit('orders', order.owner, order)
        streams.emit('orderBook', order.pair, bookOf(spot, order.pair, 20))
      },
    },
  )
  const prices = () => {
    const index = oracle.price('AX').price
    return {
      index,
      mark:
        spot.books['AX-DX'].middle ??
        spot.trades.findLast(({ pair }) => pair === 'AX-DX')?.price ??
        index,
    }
  }
  const perpetuals = new Perpetuals(
    delta.ledger,
    prices,
    () => delta.governance.parameter('max_leverage'),
    (position) => streams.emit('positions', position.owner, positionOf(position, oracle)),
  )
  const offramp = new Offramp(delta.ledger)
  const parts = {
    bridge,
    staking,
    names: new Names(alpha.ledger),
    programs: new Programs(alpha, deployments, amended),
    provers: new Provers(alpha),
    triggered: new Set<number>(),
    equivocations: new Map<string, string>(),
  }
  const common = {
    clock,
    operatorToken,
    ...(init.keys && { keys: init.keys }),
    ...(init.limits && { limits: init.limits }),
  }
  const node = (
    network: Network,
    state: ChainState,
    rest: Pick<ConstructorParameters<typeof DevnetNode>[0], 'routes' | 'handlers' | 'streams'>,
  ) =>
    new DevnetNode({
      ...common,
      network,
      state,
      ...rest,
      dice: new FaultDice(faults, clock, random.split(network)),
    })

  const priced = random.split('prices')
  const current = new Map(Object.entries(FIRST_PRICES) as [Token, bigint][])
  const tick = (): void => {
    if (faults.isOracleStuck) return
    for (const [asset, before] of current) {
      const price = drift(before, priced, asset === 'DX' ? 0 : 0.004)
      current.set(asset, price)
      for (const { dx } of oracles)
        oracle.submit(dx, asset, drift(price, priced, 0.001), clock.now())
    }
  }
  const seal = (now: number): void => {
    staking.accrue()
    alpha.solutions.length = 0
    alpha.chain.seal(now)
    delta.chain.seal(now)
  }
  const timers = new Set<() => void>()
  const every = (ms: number, run: () => void): void => {
    const cancel = clock.schedule(ms, () => {
      timers.delete(cancel)
      every(ms, run)
      run()
    })
    timers.add(cancel)
  }
  tick()
  seal(clock.now())
  every(oracleMs, tick)
  every(blockMs, () => {
    if (!faults.isHalted) seal(clock.now())
  })
  every(HOUR, () => {
    perpetuals.fund(clock.now())
    streams.emit('funding', 'AX-PERP', perpetuals.funding.at(-1)!)
  })

  return {
    alpha: node('alpha', alpha, {
      routes: ALPHA,
      handlers: alphaHandlers(alpha, parts),
    }),
    delta: node('delta', delta, {
      routes: DELTA,
      handlers: deltaHandlers(delta, { bridge, spot, perpetuals, oracle, offramp, alpha }),
      streams,
    }),
    faults,
    offramp,
    fund: (address, token, amount) => {
      const { ledger } = address.startsWith('ax') ? alpha : delta
      ledger.issue(address, token, amount)
      // What is on Delta is locked on Alpha, and what is staked is behind its stakes.
      if (ledger === delta.ledger && token === 'AX') alpha.ledger.issue('bridge', 'AX', amount)
      if (ledger === alpha.ledger && token === 'sAX') alpha.ledger.issue('stakes', 'AX', amount)
    },
    equivocate: () => {
      const { height, hash, proposer } = alpha.chain.latest
      const second = digest('a second block', hash)
      parts.equivocations.set(`${proposer} ${height}`, second)
      return { validator: proposer, height, first: hash, second }
    },
    audit: () => auditOf(alpha, delta, { bridge, spot, perpetuals, index: prices().index }),
    seal,
    stop: () => {
      for (const cancel of timers) cancel()
      timers.clear()
      streams.close()
    },
  }
}

function chainOf(network: Network, clock: Clock, seed: string | number): ChainState {
  const identities = botIdentities(`devnet ${seed} validators`, 4)
  const validators = identities.map(({ ax, dx }, gid) => ({
    address: network === 'alpha' ? ax : dx,
    stake: 1_000_000n,
    gid,
  }))
  return new ChainState(network, clock, validators)
}

/** The transactions of the first block: the program's two editions, and an amendment. */
function deploy({ chain, validators }: ChainState): [string[], string] {
  const ids = ['first edition', 'second edition', 'amendment'].map((what, number) => {
    const id = digest('genesis', what)
    const from = validators[0]!.address
    chain.add({
      id,
      kind: 'deploy',
      status: 'pending',
      from,
      nonce: number + 1,
      height: null,
      reason: null,
      fields: { what },
    })
    return id
  })
  return [ids.slice(0, 2), ids[2]!]
}

function drift(price: bigint, random: Random, share: number): bigint {
  const parts = BigInt(Math.round((random.next() * 2 - 1) * share * 1e6))
  return price + (price * parts) / 1_000_000n
}
