import type { BehaviorResult } from '@bzzz/bot-framework'
import { see } from '../actor.ts'
import { heldOff, refusedAs } from './attack.ts'
import {
  addressOf,
  anotherNode,
  bytesOf,
  isTrue,
  timelineOf,
  recordsAt,
  type MeshActor,
  type MeshPeer,
  type MeshRole,
  type MeshStage,
} from './mesh.ts'
import { read, stillRead, truthsOf } from './mesh-truth.ts'

const SYBIL = 'somebody who is no member'
/** As many entries of one peer as a node keeps. */
const MOST_ENTRIES = 5000
const MORE = 'one entry more'
/** Short of being cut off, after which nothing could be tried any more. */
const MOST_MORE = 100
const FALSE_VERSIONS = 9

type Stranger = Awaited<ReturnType<MeshActor['stranger']>>

/** Somebody who has a false version of all that nodes wrote. */
async function liarOf({ stage, context, ...actor }: MeshActor): Promise<Stranger> {
  if (actor.memory.has('false versions')) return actor.stranger()
  actor.memory.set('false versions', true)
  const store = stage.lawlessStore(context.identity)
  for (const { address } of await truthsOf(stage))
    for (let version = 1; version <= FALSE_VERSIONS; version++)
      await store.put({ address, content: bytesOf(`False: ${version}`) })
  return actor.stranger(store)
}

/** Whether a node shows something of a truth that its writer did not sign. */
async function isMisled(stage: MeshStage, node: MeshPeer): Promise<boolean> {
  for (const { address } of await truthsOf(stage)) {
    const records = await recordsAt(node, timelineOf(address))
    if (records.some((record) => !isTrue(stage, record))) return true
  }
  return false
}

/** What somebody without a certificate could show: nothing, those of others, and one that was changed. */
function shownBy({ stage, context }: MeshActor) {
  const { cluster } = stage.view
  const statements = stage.view.statements()
  const { did } = context.identity
  const digest = '0'.repeat(64)
  const changed = statements.map((one) => ('did' in one ? { ...one, did } : one))
  return context.random.pick([
    undefined,
    { cluster, digest, statements: [] },
    { cluster, digest, statements },
    { cluster, digest, statements: changed },
    { cluster: did, digest, statements: [] },
  ])
}

/** Somebody of whom a node has all that it keeps of one: the same for all bots, as this takes a while. */
async function floodedBy(actor: MeshActor, at: string, signal: AbortSignal): Promise<Stranger> {
  const { facts } = actor.stage
  const known = facts.get('flood') as Promise<Stranger> | undefined
  if (known) return known
  const keys = Array.from({ length: MOST_ENTRIES }, (_, place) => `flood ${place}`)
  const flooding = actor.stranger().then(async (stranger) => {
    await stranger.provide(at, { keys, signal })
    return stranger
  })
  facts.set('flood', flooding)
  return flooding
}

export const impostor: MeshRole = {
  about: 'is no member, and says that it is one, and that it holds what others wrote',
  async setup({ stage }) {
    await truthsOf(stage)
  },
  behaviors: {
    async hello(actor, signal) {
      const { stage, context } = actor
      const node = context.random.pick(stage.nodes)
      const stranger = await liarOf(actor)
      const shown = shownBy(actor)
      const isTaken = await stranger.hello(addressOf(node), { ...(shown && { shown }), signal })
      const isThere = node.mesh.presence().some(({ did }) => did === context.identity.did)
      return refusedAs(stage, SYBIL, isTaken || isThere ? 200 : 403)
    },
    /** Says to all that it holds what one of them wrote; who believes that asks it. */
    async claim(actor, signal) {
      const { stage, home } = actor
      const stranger = await liarOf(actor)
      const writer = anotherNode(actor, home)
      const collection = `${writer.name}@${stage.project}`
      const { keyOf: dhtKeyOf, facetKeyOf } = stage.dht
      const keys = [
        dhtKeyOf(collection),
        facetKeyOf({ project: stage.project }),
        facetKeyOf({ agent: writer.name }),
      ]
      for (const node of stage.nodes) await stranger.provide(addressOf(node), { keys, signal })
      await home.mesh.reconcile(stranger.peerId, { signal }).catch(() => {})
      signal.throwIfAborted()
      return refusedAs(stage, SYBIL, (await isMisled(stage, home)) ? 200 : 403)
    },
    /** Says of more things than one node may that it holds them. */
    async flood(actor, signal): Promise<BehaviorResult> {
      const { stage } = actor
      const at = addressOf(stage.nodes[0]!)
      const stranger = await floodedBy(actor, at, signal)
      see(stage, MORE)
      const number = stage.seen.get(MORE) ?? 0
      const key = `one more ${number % MOST_MORE}`
      if (number <= MOST_MORE) await stranger.provide(at, { keys: [key], signal })
      const shown = await (await actor.stranger()).providersAt(at, { key, signal })
      return refusedAs(stage, SYBIL, shown.includes(stranger.peerId) ? 200 : 403)
    },
    read,
  },
  async conditions(stage) {
    const present = stage.nodes.flatMap(({ mesh }) => mesh.presence())
    const strange = present.filter(({ did }) => !stage.isMember(did)).length
    let misled = 0
    for (const node of stage.nodes) if (await isMisled(stage, node)) misled++
    return [
      ...heldOff(stage, SYBIL),
      { name: 'nobody else is there', ok: strange === 0, detail: `${strange} others` },
      { name: 'no node keeps what they made up', ok: misled === 0, detail: `${misled} nodes do` },
      await stillRead(stage),
    ]
  },
}
