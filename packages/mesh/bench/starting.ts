import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { resolve } from 'node:path'
import { median, type Figure } from '../../../scripts/bench-harness.ts'

const STARTS = 5

interface Started {
  /** Milliseconds from the call to a node that listens. */
  readonly ms: number
  /** Resident memory in bytes, before and after. */
  readonly before: number
  readonly after: number
}

/** A node in a process of its own: how long it takes to start, and what it needs. */
export async function starting(): Promise<Figure[]> {
  const nodes: Started[] = []
  const bare: Started[] = []
  for (let start = 0; start < STARTS; start++) {
    nodes.push(await measured('node'))
    bare.push(await measured('bare'))
  }
  const of = (all: readonly Started[], value: (one: Started) => number): number =>
    median(all.map((one) => value(one)))
  const mib = ({ before, after }: Started): number => (after - before) / 1024 / 1024
  return [
    {
      what: 'start a node, until it listens',
      value: of(nodes, ({ ms }) => ms),
      unit: 'ms',
      reference: { what: 'bare libp2p with kad-dht', value: of(bare, ({ ms }) => ms) },
      ratio: of(bare, ({ ms }) => ms) / of(nodes, ({ ms }) => ms),
    },
    {
      what: 'resident memory that a node adds to its process, with its code',
      value: of(nodes, mib),
      unit: 'MiB',
      reference: { what: 'bare libp2p with kad-dht', value: of(bare, mib) },
      ratio: of(bare, mib) / of(nodes, mib),
    },
  ]
}

async function measured(kind: 'node' | 'bare'): Promise<Started> {
  const flags = [
    '--conditions=@bzzz/source',
    '--disable-warning=ExperimentalWarning',
    '--expose-gc',
  ]
  const program = resolve(import.meta.dirname, 'start-one.ts')
  const child = spawn(process.execPath, [...flags, program, kind], {
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  const [line] = (await once(child.stdout, 'data')) as [Buffer]
  child.stdin.end()
  await once(child, 'exit')
  return JSON.parse(String(line)) as Started
}
