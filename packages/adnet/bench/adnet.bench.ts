import { Agent, request } from 'node:http'
import { botIdentities, createRandom, createVirtualClock, systemClock } from '@bzzz/bot-framework'
import { compare, type Bench, type Figure } from '../../../scripts/bench-harness.ts'
import { createDevnet } from '../src/devnet.ts'
import { flawOf } from '../src/envelope.ts'
import { createAlphaClient, createDeltaClient, httpTransport, sign } from '../src/index.ts'

const BATCH = 50
const [ada] = botIdentities('bench', 1)
const { signal } = new AbortController()

function place() {
  const clock = createVirtualClock()
  const devnet = createDevnet({ clock, seed: 1 })
  devnet.fund(ada!.dx, 'AX', 10n ** 30n)
  devnet.fund(ada!.dx, 'DX', 10n ** 30n)
  return { clock, devnet, init: { clock, random: createRandom(1), identity: ada! } }
}

async function reading(): Promise<Figure> {
  const { devnet, init } = place()
  const { call } = createAlphaClient({ transport: devnet.alpha, ...init })
  const bare = async (): Promise<unknown> => {
    const { body } = await devnet.alpha({
      method: 'GET',
      path: '/block/latest',
      headers: {},
      signal,
    })
    let text = ''
    for await (const part of body) text += Buffer.from(part).toString()
    return JSON.parse(text)
  }
  return compare({
    what: 'a call of a client, checked, with deadline and breaker, without sockets',
    subject: async () => {
      for (let turn = 0; turn < BATCH; turn++) await call.latestBlock()
    },
    reference: {
      what: 'the devnet’s answer and JSON.parse',
      run: async () => {
        for (let turn = 0; turn < BATCH; turn++) await bare()
      },
    },
    atLeast: 0.5,
    operations: BATCH,
  })
}

async function trading(): Promise<Figure> {
  const { devnet, init } = place()
  const { call } = createDeltaClient({ transport: devnet.delta, ...init })
  let turn = 0
  const order = { pair: 'AX-DX', size: 1, price: 2_000n, lifetime: 'immediate' } as const
  return compare({
    what: 'an order: signed, sent, checked, matched, on record',
    subject: async () => call.submitOrder({ ...order, side: turn++ % 2 === 0 ? 'buy' : 'sell' }),
    reference: {
      what: 'the signature and its check alone',
      run: () => {
        const input = { pair: 'AX-DX', size: 1, price: '2000', lifetime: 'immediate', side: 'buy' }
        const signed = { network: 'delta', operation: 'submitOrder', nonce: ++turn, input } as const
        return flawOf(sign(ada!, signed), signed)
      },
    },
    atLeast: 0.5,
  })
}

async function overHttp(): Promise<Figure> {
  const { devnet, init } = place()
  const { alpha: url } = await devnet.listen()
  const http = httpTransport({ url })
  const { call } = createAlphaClient({ transport: http.transport, ...init, clock: systemClock })
  const agent = new Agent({ keepAlive: true })
  const bare = async (): Promise<unknown> =>
    new Promise((resolve, reject) => {
      const outgoing = request(`${url}/block/latest`, { agent }, (incoming) => {
        let text = ''
        incoming.setEncoding('utf8')
        incoming.on('data', (part: string) => (text += part))
        incoming.on('end', () => resolve(JSON.parse(text)))
      })
      outgoing.on('error', reject)
      outgoing.end()
    })
  const figure = await compare({
    what: 'a call over HTTP, one after the other',
    subject: async () => {
      for (let turn = 0; turn < BATCH; turn++) await call.latestBlock()
    },
    reference: {
      what: 'bare node:http and JSON.parse',
      run: async () => {
        for (let turn = 0; turn < BATCH; turn++) await bare()
      },
    },
    atLeast: 0.6,
    operations: BATCH,
  })
  http.close()
  agent.destroy()
  await devnet.close()
  return figure
}

async function day(): Promise<Figure> {
  const { clock, devnet } = place()
  const begun = performance.now()
  await clock.advance(24 * 3_600_000)
  const ms = performance.now() - begun
  const { isSound } = devnet.audit()
  const what = 'a day of blocks, prices and funding with nobody there'
  return { what, value: ms, unit: 'ms', goal: '< 10 s', met: isSound && ms < 10_000 }
}

const bench: Bench = {
  package: 'adnet',
  run: async () => [await reading(), await overHttp(), await trading(), await day()],
}
export default bench
