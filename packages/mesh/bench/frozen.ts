import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { resolve } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { median, type Figure } from '../../../scripts/bench-harness.ts'
import { dhtKeyOf } from '../src/manifest.ts'
import { participant } from './participant.ts'

const NODES = 9
const FROZEN = 3
const GETS = 40
const LATER_MS = 15_000

/** How long a get takes when three of ten nodes hang, beside when none does. */
export async function frozen(): Promise<Figure[]> {
  const reader = await participant(100)
  const first = reader.mesh.addresses[0] ?? ''
  const children: ChildProcess[] = []
  try {
    for (let number = 1; number <= NODES; number++) children.push(await start(number, first))
    const { dht } = reader.mesh
    const gets = async (): Promise<number> => {
      const times: number[] = []
      for (let get = 0; get < GETS; get++) {
        const key = dhtKeyOf(`agent${1 + (get % (NODES - FROZEN))}@bench`)
        const begin = performance.now()
        await dht.getValue(key)
        times.push(performance.now() - begin)
      }
      return median(times)
    }
    await gets()
    const before = await gets()
    for (const child of children.slice(-FROZEN)) child.kill('SIGSTOP')
    const end = performance.now() + LATER_MS
    // A node that is used finds out who hangs.
    while (performance.now() < end) {
      await dht.getValue(dhtKeyOf('agent1@bench')).catch(() => {})
      await delay(500)
    }
    const after = await gets()
    return [
      {
        what: `get a manifest, ${FROZEN} of ${NODES + 1} nodes frozen for 15 s`,
        value: after,
        unit: 'ms',
        reference: { what: 'none frozen', value: before },
        ratio: after / before,
        goal: '<= 2 x',
        met: after / before <= 2,
      },
    ]
  } finally {
    for (const child of children) child.kill('SIGKILL')
    await reader.mesh.stop()
  }
}

/** A node in a process of its own, which has announced a collection. */
async function start(number: number, bootstrap: string): Promise<ChildProcess> {
  const flags = ['--conditions=@bzzz/source', '--disable-warning=ExperimentalWarning']
  const program = resolve(import.meta.dirname, 'one-node.ts')
  const child = spawn(process.execPath, [...flags, program, String(number), bootstrap], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  await once(child.stdout, 'data')
  return child
}
