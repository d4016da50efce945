import { createMemoryStore } from '@bzzz/context-store'
import { identityFromSeed } from '@bzzz/identity'
import { afterEach, describe, expect, test } from 'vitest'
import { Instances, type Inquiry, type Instance } from '../src/instances.ts'
import { createMesh, type Mesh, type MeshEvent } from '../src/index.ts'
import type { Channel } from '../src/network-node.ts'
import { fakeTiming } from './fake-timing.ts'
import { until } from './until.ts'

const identity = (number: number) => identityFromSeed(new Uint8Array(32).fill(number))
const idOf = (digit: string): string => digit.repeat(32)
const [OLD, NEW] = [
  { id: idOf('b'), since: 1000 },
  { id: idOf('a'), since: 2000 },
]

/** One run of the node with the key 1, as others see it. */
function instance(own: Instance) {
  const twice: Instance[] = []
  const timing = fakeTiming()
  const instances = new Instances({
    identity: identity(1),
    own,
    ...timing,
    inquire: async () => undefined,
    onTwice: (other) => void twice.push(other),
  })
  return { instances, twice, channel: { peer: 'one' } as Channel }
}

/** A node that has met these, of which some are dead. */
function witness(dead: readonly Channel[] = []) {
  const timing = fakeTiming()
  const all = [instance(OLD), instance(NEW)] as const
  const asked: Inquiry[] = []
  const instances = new Instances({
    identity: identity(2),
    own: { id: idOf('f'), since: 0 },
    ...timing,
    inquire: async (channel, inquiry) => {
      asked.push(inquiry)
      if (dead.includes(channel)) return new Promise<string>(() => {})
      const one = all.find((other) => other.channel === channel)?.instances
      if (inquiry.twice !== undefined) one?.heard(inquiry.twice)
      return inquiry.asks === undefined ? undefined : one?.prove(inquiry.asks)
    },
    onTwice: () => {},
  })
  return { instances, asked, timing, old: all[0], young: all[1] }
}

describe('a node that meets one key twice', () => {
  test.each([
    ['the earlier one', 'old', 'young'],
    ['the later one', 'young', 'old'],
  ] as const)('tells the later of both, having met %s first', async (_, first, second) => {
    const seen = witness()
    for (const name of [first, second]) {
      const { instances, channel } = seen[name]
      seen.instances.met('one', instances.own, channel)
    }
    await seen.timing.advance(0)
    expect(seen.young.twice).toEqual([OLD])
    expect(seen.old.twice).toEqual([])
  })

  test('tells nobody where the earlier one does not answer, or has left', async () => {
    const dead: Channel[] = []
    const seen = witness(dead)
    const { old, young } = seen
    dead.push(old.channel)
    seen.instances.met('one', OLD, old.channel)
    seen.instances.met('one', NEW, young.channel)
    await seen.timing.advance(5000)
    expect(seen.asked).toEqual([{ asks: NEW.id }])
    expect(young.twice).toEqual([])
    // Nor again: the one that is gone is forgotten.
    seen.instances.met('one', NEW, young.channel)
    await seen.timing.advance(5000)
    expect(seen.asked).toHaveLength(1)
    seen.instances.left('one')
    seen.instances.met('one', OLD, old.channel)
    await seen.timing.advance(5000)
    expect(seen.asked).toHaveLength(1)
  })
})

describe('a proof', () => {
  test('of another key, for another run, or of a later one stops nobody', () => {
    const { instances, twice } = instance(OLD)
    const later = instance(NEW).instances
    instances.heard(later.prove(OLD.id))
    instances.heard(instances.prove(OLD.id))
    later.heard(instances.prove(idOf('9')))
    const stranger = new Instances({
      identity: identity(3),
      own: { id: idOf('1'), since: 1 },
      ...fakeTiming(),
      inquire: async () => undefined,
      onTwice: () => {},
    })
    instances.heard(stranger.prove(OLD.id))
    expect(twice).toEqual([])
    const changed = instances.prove(NEW.id).replace('"since":1000', '"since":1001')
    expect(() => later.heard(changed)).toThrow(/not signed by/)
    expect(() => later.heard('{}')).toThrow(/Expected an instance/)
  })
})

const running: Mesh[] = []
afterEach(async () => {
  for (const mesh of running.splice(0)) await mesh.stop()
})

async function node(number: number): Promise<{ mesh: Mesh; events: MeshEvent[] }> {
  const own = identity(number)
  const events: MeshEvent[] = []
  const store = createMemoryStore({ writer: own })
  const onEvent = (event: MeshEvent): void => void events.push(event)
  const mesh = await createMesh({ identity: own, store, onEvent })
  running.push(mesh)
  return { mesh, events }
}

const isTwice = ({ type }: MeshEvent): boolean => type === 'twice'

describe('on libp2p', () => {
  test('the later of two nodes with one key hears of the earlier, and a restart of nobody', async () => {
    const [witnessing, first] = [await node(2), await node(1)]
    const address = witnessing.mesh.addresses[0] ?? ''
    await first.mesh.join(address)
    const second = await node(1)
    await second.mesh.join(address)
    await until('the later one knows', () => second.events.some(isTwice))
    await second.mesh.stop()
    await first.mesh.stop()
    const third = await node(1)
    await third.mesh.join(address)
    const other = await node(3)
    await other.mesh.join(address)
    await until('others are met after it', () => witnessing.mesh.presence().length === 2)
    expect([...first.events, ...third.events].filter(isTwice)).toEqual([])
  })
})
