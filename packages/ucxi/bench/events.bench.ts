import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { resolve } from 'node:path'
import { createMemoryStore, type Change, type ContextStore } from '@bzzz/context-store'
import { identityFromSeed } from '@bzzz/identity'
import { median, type Bench } from '../../../scripts/bench-harness.ts'
import { createUcxi, startUcxiServer } from '../src/index.ts'
import { viewOf } from '../src/views.ts'
import { startBareEvents } from './bare.ts'
import { ADDRESS } from './subject.ts'

const SUBSCRIBERS = 200
const EVENTS = 300
const ROUNDS = 5

const bench: Bench = {
  package: 'ucxi',
  async run() {
    const store = createMemoryStore({ writer: identityFromSeed(new Uint8Array(32).fill(1)) })
    const server = await startUcxiServer({ ucxi: createUcxi({ store }) })
    const bare = await startBareEvents()
    const frame = ({ sequence, ...version }: Change): string =>
      `id: ${sequence}\nevent: version\ndata: ${JSON.stringify(viewOf(version))}\n\n`
    const [subject, reference]: [number[], number[]] = [[], []]
    for (let round = 0; round <= ROUNDS; round++) {
      const ours = await perSecond(store, `${server.url}/ucxi/events`)
      const stop = store.watch((changes) => {
        for (const change of changes) bare.write(frame(change))
      })
      const loop = await perSecond(store, bare.url)
      stop()
      if (round === 0) continue
      subject.push(ours)
      reference.push(loop)
    }
    for (const part of [bare, server, store]) await part.close()
    const value = median(subject)
    const beside = median(reference)
    return [
      {
        what: `events to ${SUBSCRIBERS} SSE subscribers, as they are written`,
        value,
        unit: 'events/s',
        reference: { what: 'bare write loop on the same store', value: beside },
        ratio: value / beside,
        goal: '>= 0.8 x',
        met: value / beside >= 0.8,
      },
    ]
  },
}
export default bench

/** Events delivered for each second of this process's processor time; who listens is another one. */
async function perSecond(store: ContextStore, url: string): Promise<number> {
  const script = resolve(import.meta.dirname, 'listen.ts')
  const args = [script, url, String(SUBSCRIBERS), String(EVENTS)]
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] })
  const ended = once(child, 'exit')
  await once(child.stdout, 'data')
  const before = process.cpuUsage()
  for (let n = 0; n < EVENTS; n++) {
    await store.put({ address: ADDRESS, content: Buffer.from(`version ${n}`) })
    // One after the other, as they come in life: what is written at once may be sent at once.
    await new Promise((resume) => setImmediate(resume))
  }
  await ended
  const { user, system } = process.cpuUsage(before)
  return (SUBSCRIBERS * EVENTS * 1e6) / (user + system)
}
