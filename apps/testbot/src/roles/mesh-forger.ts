import { botIdentities, failure, type BehaviorResult } from '@bzzz/bot-framework'
import type { VersionRecord } from '@bzzz/context-store'
import { heldOff, refusedAs } from './attack.ts'
import {
  bytesOf,
  contextOf,
  isTrue,
  timelineOf,
  recordsAt,
  type MeshActor,
  type MeshPeer,
  type MeshRole,
  type MeshStage,
  type Turncoat,
} from './mesh.ts'
import { read, stillRead, truthsOf } from './mesh-truth.ts'

const FORGED = 'a forged record'
const FALSE_BYTES = bytesOf('Nobody ever wrote this.')
const MINUTE_MS = 60_000
const VERSIONS = 2
const MANY_VERSIONS = 9

type Lie = (record: VersionRecord, stage: MeshStage) => VersionRecord

/** In what a record differs from the one that was signed. */
const LIES: Readonly<Record<string, Lie>> = {
  signature: (record) => ({
    ...record,
    signature: record.signature.split('').toReversed().join(''),
  }),
  content: (record, stage) => ({
    ...record,
    content: stage.contentIdOf(FALSE_BYTES),
    size: FALSE_BYTES.length,
  }),
  number: (record) => ({ ...record, version: record.version + 1 }),
  parent: (record, stage) => ({ ...record, previous: stage.contentIdOf(FALSE_BYTES) }),
  /** Later by so little that a clock could be wrong by it. */
  time: (record) => ({
    ...record,
    time: new Date(Date.parse(record.time) + MINUTE_MS).toISOString().replace('.000', ''),
  }),
  writer: (record, { nodes }) => ({ ...record, writer: nodes[0]!.did }),
}

/** Whom a bot lies to, and what it lies with: one that joined for this, since liars are soon cut off. */
async function turncoat(
  { stage, id, memory, context }: MeshActor,
  lie?: Lie,
): Promise<{ liar: Turncoat; victim: MeshPeer; told: () => number }> {
  const number = ((memory.get('lies') as number | undefined) ?? 0) + 1
  memory.set('lies', number)
  const name = `${id}-${number}`
  const [identity] = botIdentities(`${stage.project} ${name}`, 1)
  const victim = context.random.pick(stage.nodes)
  let told = 0
  const instead = (record: VersionRecord): VersionRecord => {
    // The newest alone: what came after a changed one would not fit it, whoever signed what.
    if (record.version !== VERSIONS) return record
    told++
    return lie?.(record, stage) ?? record
  }
  const liar = await stage.enlist({ name, identity: identity!, at: victim, instead })
  return { liar, victim, told: () => told }
}

/** Writes as whoever it likes. */
async function forge({ store }: Turncoat, address: string, versions: number): Promise<void> {
  for (let number = 1; number <= versions; number++)
    await store.put({ address, content: bytesOf(`Forged: ${number}`) })
}

/** Hands it to one of the nodes, has that node ask for it, and looks at what it then shows. */
async function handOver(
  { stage }: MeshActor,
  what: {
    readonly liar: Turncoat
    readonly victim: MeshPeer
    readonly address: string
    readonly told: () => number
  },
  signal: AbortSignal,
): Promise<BehaviorResult> {
  const { liar, victim, address, told } = what
  // Whatever comes of it: what the node shows counts.
  await liar.mesh.reconcile(victim.mesh.peerId, { signal }).catch(() => {})
  await victim.mesh.refresh(timelineOf(address), { signal }).catch(() => {})
  signal.throwIfAborted()
  if (told() === 0) return failure('never-heard', `${victim.name} never asked for ${address}`)
  lookedAt(stage).add(timelineOf(address))
  const shown = await recordsAt(victim, timelineOf(address))
  const isThrough = shown.some((record) => !isTrue(stage, record))
  return refusedAs(stage, FORGED, isThrough ? 200 : 403)
}

/** Timelines that were lied about. */
function lookedAt({ facts }: MeshStage): Set<string> {
  const known = facts.get('lied about') as Set<string> | undefined
  if (known) return known
  const made = new Set<string>()
  facts.set('lied about', made)
  return made
}

function lying(lie: Lie): MeshRole['behaviors'][string] {
  return async (actor, signal) => {
    const { liar, victim, told } = await turncoat(actor, lie)
    try {
      const address = contextOf(actor.stage, liar, 'forged/note.md')
      await liar.store.addContent(actor.stage.contentIdOf(FALSE_BYTES), FALSE_BYTES)
      await forge(liar, address, VERSIONS)
      await liar.mesh.publish(`${liar.name}@${actor.stage.project}`, { signal })
      return await handOver(actor, { liar, victim, address, told }, signal)
    } finally {
      await liar.leave()
    }
  }
}

/** Writes under the name of a node, as a member with a store that asks nobody. */
function usurping(
  addressOf: (actor: MeshActor, liar: Turncoat) => Promise<string>,
  versions: number,
): MeshRole['behaviors'][string] {
  return async (actor, signal) => {
    const { liar, victim, told } = await turncoat(actor)
    try {
      const address = await addressOf(actor, liar)
      await forge(liar, address, versions)
      return await handOver(actor, { liar, victim, address, told }, signal)
    } finally {
      await liar.leave()
    }
  }
}

export const recordForger: MeshRole = {
  about: 'is a member, and hands out records that their writer did not sign',
  async setup({ stage }) {
    await truthsOf(stage)
  },
  behaviors: {
    ...Object.fromEntries(Object.entries(LIES).map(([what, lie]) => [what, lying(lie)])),
    name: usurping(async ({ stage, context }, { name }) => {
      const path = `forged/by-${name}.md`
      return contextOf(stage, context.random.pick(stage.nodes), path)
    }, VERSIONS),
    /** Has more versions of what a node wrote than that node. */
    overtake: usurping(
      async ({ stage, context }) => context.random.pick(await truthsOf(stage)).address,
      MANY_VERSIONS,
    ),
    read,
  },
  async conditions(stage) {
    const keys = [...lookedAt(stage)]
    let kept = 0
    for (const node of stage.nodes)
      for (const key of keys)
        kept += (await recordsAt(node, key)).filter((record) => !isTrue(stage, record)).length
    return [
      ...heldOff(stage, FORGED),
      {
        name: 'nodes show what was signed, and nothing else',
        ok: keys.length > 0 && kept === 0,
        detail: `${kept} forged records of ${keys.length} timelines`,
      },
      await stillRead(stage),
    ]
  },
}
