import { botIdentities, type BehaviorResult } from '@bzzz/bot-framework'
import type { Identity } from '@bzzz/identity'
import { heldOff, refusedAs } from './attack.ts'
import { addressOf, bytesOf, type MeshActor, type MeshRole, type MeshStage } from './mesh.ts'
import { read, stillRead, truthsOf, type Truth } from './mesh-truth.ts'

const POISON = 'a poisoned value'
const FAR_AHEAD = 1_000_000
const TOO_LONG = 5000
const LOOK_MS = 50

/** Something that does not belong under the key of a truth. */
type Poison = (actor: MeshActor, truth: Truth, signal: AbortSignal) => Promise<Uint8Array>

const POISONS: Readonly<Record<string, Poison>> = {
  /** Of the true writer, who never signed it. */
  unsigned: async ({ context }, { manifest }) => {
    const claim = JSON.parse(new TextDecoder().decode(manifest)) as { sequence: number }
    const sequence = claim.sequence + FAR_AHEAD + context.random.between(0, FAR_AHEAD)
    return bytesOf(JSON.stringify({ ...claim, sequence }))
  },
  /** Signed, by somebody to whom the name does not belong. */
  usurped: async (actor, truth) => signedBy(actor.context.identity, actor, truth),
  /** Signed by a member, to whom another name belongs. */
  inside: async (actor, truth, signal) => signedBy(await insider(actor, signal), actor, truth),
  /** True once: what came after it would be forgotten. */
  stale: async (_, { stale }) => stale,
  /** True of something else. */
  foreign: async ({ stage, context }, { node }) => {
    const others = (await truthsOf(stage)).filter((truth) => truth.node !== node)
    return context.random.pick(others).manifest
  },
  long: async ({ context }) => new Uint8Array(TOO_LONG).fill(context.random.between(0, 255)),
  nonsense: async ({ context }) => bytesOf(`nonsense ${context.random.between(0, 2 ** 32)}`),
}

function signedBy(
  writer: Identity,
  { stage, context }: MeshActor,
  { collection }: Truth,
): Uint8Array {
  const sequence = FAR_AHEAD + context.random.between(0, FAR_AHEAD)
  const state = { collection, sequence, heads: [], now: stage.now() }
  return stage.dht.encode(stage.dht.sign(state, writer))
}

/** A member that all nodes have heard of. Whoever says hello can tell them of it. */
async function insider(
  { stage, id, memory, ...actor }: MeshActor,
  signal: AbortSignal,
): Promise<Identity> {
  const known = memory.get('insider') as Identity | undefined
  if (known) return known
  const name = `${id}-inside`
  const identity = botIdentities(`${stage.project} ${name}`, 1)[0]!
  stage.certify(name, identity)
  const { view } = stage
  const certificates = view.statements().filter((one) => 'did' in one && one.did === identity.did)
  const statements = [...(view.charter ? [view.charter] : []), ...certificates]
  const shown = { cluster: view.cluster, digest: '', statements }
  const stranger = await actor.stranger()
  for (const node of stage.nodes) await stranger.hello(addressOf(node), { shown, signal })
  memory.set('insider', identity)
  return identity
}

/** What was sent under each key, in base64. */
function sentOn({ facts }: MeshStage): Map<string, Set<string>> {
  const known = facts.get('poison') as Map<string, Set<string>> | undefined
  if (known) return known
  const made = new Map<string, Set<string>>()
  facts.set('poison', made)
  return made
}

const textOf = (value: Uint8Array | undefined): string =>
  Buffer.from(value ?? []).toString('base64')

function poisoning(poison: Poison): MeshRole['behaviors'][string] {
  return async (actor, signal): Promise<BehaviorResult> => {
    const { stage, context } = actor
    const truth = context.random.pick(await truthsOf(stage))
    const value = await poison(actor, truth, signal)
    const at = addressOf(context.random.pick(stage.nodes))
    const key = truth.dhtKey
    const stranger = await actor.stranger()
    sentOn(stage).set(key, (sentOn(stage).get(key) ?? new Set()).add(textOf(value)))
    await stranger.putValue(at, { key, value, signal })
    const shown = await stranger.valueAt(at, { key, signal })
    return refusedAs(stage, POISON, textOf(shown) === textOf(value) ? 200 : 403)
  }
}

/** Waits until each node shows the newest manifest: from then on an older one is poison. */
async function untilTold({ stage, ...actor }: MeshActor): Promise<void> {
  const { signal } = new AbortController()
  const stranger = await actor.stranger()
  for (const { dhtKey: key, sequence } of await truthsOf(stage))
    for (const node of stage.nodes)
      for (let spent = 0; spent < stage.spreadMs; spent += LOOK_MS) {
        const shown = await stranger.valueAt(addressOf(node), { key, signal })
        if (shown && sequenceIn(shown) >= sequence) break
        await stage.sleep(LOOK_MS, signal)
      }
}

function sequenceIn(manifest: Uint8Array): number {
  return (JSON.parse(new TextDecoder().decode(manifest)) as { sequence: number }).sequence
}

export const poisoner: MeshRole = {
  about: 'puts into the DHT of nodes what does not belong there',
  async setup(actor) {
    const told = (actor.stage.facts.get('told') as Promise<void> | undefined) ?? untilTold(actor)
    actor.stage.facts.set('told', told)
    await told
  },
  behaviors: {
    ...Object.fromEntries(Object.entries(POISONS).map(([what, one]) => [what, poisoning(one)])),
    read,
  },
  async conditions(stage) {
    const truths = await truthsOf(stage)
    const [first] = stage.actors
    const stranger = await first!.stranger()
    const { signal } = new AbortController()
    let [kept, misled] = [0, 0]
    for (const node of stage.nodes)
      for (const { dhtKey: key, node: writer, collection, sequence } of truths) {
        const shown = await stranger.valueAt(addressOf(node), { key, signal })
        if (shown && sentOn(stage).get(key)?.has(textOf(shown))) kept++
        if (node === writer) continue
        const found = await node.mesh.collection(collection).catch(() => undefined)
        const { writer: did = '', sequence: newest = 0 } = found?.manifest ?? {}
        if (did !== writer.did || newest < sequence) misled++
      }
    const sent = [...sentOn(stage).values()].reduce((sum, { size }) => sum + size, 0)
    return [
      ...heldOff(stage, POISON),
      { name: 'no node keeps a poisoned value', ok: kept === 0, detail: `${kept} of ${sent} kept` },
      {
        name: 'each node finds the true manifests',
        ok: misled === 0,
        detail: `${misled} were not found, or are somebody else's`,
      },
      await stillRead(stage),
    ]
  },
}
