import { botIdentities, createContext, createMessageBus, createRandom } from '../src/index.ts'
import { createVirtualClock, hostBot, success } from '../src/index.ts'

// In a process of its own, which has held nothing before: what is resident afterwards is what bots take.

const count = Number(process.argv[2])
const bytes = new Uint8Array([7])

function made(many: number, seed: string) {
  const clock = createVirtualClock()
  const bus = createMessageBus({ clock })
  const shared = createRandom('bench')
  const bot = { executeBehavior: async () => success() }
  return botIdentities(seed, many).map((identity, number) => {
    const id = `bot-${number}`
    // Keys are there, and have been used.
    identity.sign(bytes)
    const context = createContext({ id, identity, clock, bus, random: shared })
    return hostBot({ id, bot, context })
  })
}

async function started(many: number, seed: string) {
  const hosts = made(many, seed)
  for (const host of hosts) {
    await host.prepare()
    host.run()
  }
  return hosts
}

// What is loaded and compiled for the first one is no cost of each.
await started(50, 'warm')
globalThis.gc?.()
const before = process.memoryUsage()
const begun = performance.now()
const hosts = await started(count, 'bench')
const ms = performance.now() - begun
globalThis.gc?.()
const after = process.memoryUsage()
const running = hosts.filter(({ state }) => state === 'running').length
const heap = after.heapUsed - before.heapUsed
console.log(JSON.stringify({ running, ms, heap, resident: after.rss - before.rss }))
