import { once } from 'node:events'
import { createServer, type AddressInfo } from 'node:net'
import { createAlphaClient, createDeltaClient, httpTransport } from '@bzzz/adnet'
import { botIdentities, createRandom, systemClock } from '@bzzz/bot-framework'
import { expect, onTestFinished, test } from 'vitest'
import { faucetOf, secretOf } from '../src/targets/faucet.ts'
import { serveDevnet } from './serve-devnet.ts'

/** The devnet as a process of its own, until the test is over. */
async function devnet(...args: readonly string[]) {
  const served = await serveDevnet(...args)
  onTestFinished(served.end)
  return served
}

test('a stranger starts the networks, has money, uses both, and ends them', async () => {
  const [ada, bob] = botIdentities('stranger', 2)
  const { child, ended, text } = await devnet(
    '--port',
    '0',
    '--seed',
    '1',
    '--fund',
    `${ada!.ax}:AX:1000`,
    '--json',
  )
  const urls = JSON.parse(text) as { alpha: string; delta: string }
  const clientInit = (url: string) => {
    const http = httpTransport({ url })
    onTestFinished(() => http.close())
    return {
      transport: http.transport,
      clock: systemClock,
      random: createRandom(1),
      identity: ada!,
    }
  }
  const alpha = createAlphaClient(clientInit(urls.alpha)).call
  const delta = createDeltaClient(clientInit(urls.delta)).call
  await alpha.broadcast({ kind: 'transfer', to: bob!.ax, token: 'AX', amount: 400n })
  const balance = async (address: string) =>
    alpha.view({ program: 'credits.alpha', fn: 'balance_of', inputs: [address] })
  expect(await balance(bob!.ax)).toEqual({ outputs: ['400'] })
  expect((await delta.price({ asset: 'AX' })).price).toBeGreaterThan(0n)
  child.kill('SIGTERM')
  expect(await ended).toBe(0)
})

test('a devnet that is broken on purpose is', async () => {
  const [identity] = botIdentities('stranger', 1)
  const money = `${identity!.ax}:AX:1000`
  const { text } = await devnet('--break', 'refuses-everything', '--fund', money)
  const [, url, faucet] =
    /^AlphaOS {2}(\S+)\nDeltaOS {2}http:\S+\nFaucet {3}([0-9a-f]{64})\n$/.exec(text) ?? []
  expect(faucet).toBe(secretOf(faucetOf()))
  const http = httpTransport({ url: url! })
  onTestFinished(() => http.close())
  const init = { clock: systemClock, random: createRandom(1), identity: identity! }
  const { call } = createAlphaClient({ transport: http.transport, ...init })
  await expect(
    call.broadcast({ kind: 'transfer', to: identity!.ax, token: 'AX', amount: 1n }),
  ).rejects.toThrow('Nothing is taken')
  expect(await call.latestHeight()).toBeGreaterThanOrEqual(0)
})

test('a port that is taken is told, and nothing stays open', async () => {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => void server.close())
  const { port } = server.address() as AddressInfo
  // The one of DeltaOS, so that AlphaOS has its own by then.
  const { text, ended, errors } = await devnet('--port', String(port - 1))
  expect([text, await ended]).toEqual(['', 2])
  expect(errors()).toMatch(/EADDRINUSE/)
})
