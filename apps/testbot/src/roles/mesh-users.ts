import { failure, success, type BehaviorResult } from '@bzzz/bot-framework'
import {
  bytesOf,
  contextOf,
  timelineOf,
  recordsAt,
  type MeshActor,
  type MeshPeer,
  type MeshRole,
  type MeshStage,
} from './mesh.ts'
import { expectRight } from './node.ts'

/** A version that was written at one node, and that another one says that it keeps. */
interface Published {
  readonly address: string
  readonly by: string
  readonly version: number
  readonly content: string
}

const SHELF = 5
const LOOK_MS = 50
const MOST_HITS = 10_000

/** All that was published so far, the newest version of each context. */
function publishedOn({ facts }: MeshStage): Map<string, Published> {
  const known = facts.get('published') as Map<string, Published> | undefined
  if (known) return known
  const made = new Map<string, Published>()
  facts.set('published', made)
  return made
}

async function publish(
  { stage, home, id, context }: MeshActor,
  address: string,
  signal: AbortSignal,
): Promise<BehaviorResult> {
  const bytes = bytesOf(`Written by ${id}: ${context.random.between(0, 2 ** 32)}`)
  const content = stage.contentIdOf(bytes)
  const { record } = await home.store.put({ address, content: bytes }, { signal })
  const { key, version } = record
  expectRight(key === timelineOf(address), `it writes ${address}, and not ${key}`)
  expectRight(record.content === content, `${address} has the content that was sent`)
  const { copies } = await home.mesh.replicate(address, { copies: 1, signal })
  if (copies === 0)
    return failure('no-copy', `No other node keeps version ${version} of ${address}`)
  publishedOn(stage).set(address, { address, by: home.name, version, content })
  return success()
}

async function publishNew(actor: MeshActor, signal: AbortSignal): Promise<BehaviorResult> {
  const { stage, home, id, memory } = actor
  const number = ((memory.get('last') as number | undefined) ?? 0) + 1
  memory.set('last', number)
  const address = contextOf(stage, home, `work/${id}-${number}.md`)
  const own = (memory.get('own') as string[] | undefined) ?? []
  const result = await publish(actor, address, signal)
  memory.set('own', [...own, address])
  return result
}

/** Whether a node holds a version itself, with its bytes. */
async function holds(node: MeshPeer, stage: MeshStage, { address, ...expected }: Published) {
  const records = await recordsAt(node, timelineOf(address))
  const found = records.find(({ version }) => version === expected.version)
  const bytes = await node.store.content(expected.content)
  const isWhole = bytes !== undefined && stage.contentIdOf(bytes) === expected.content
  return isWhole && found?.content === expected.content
}

export const publisher: MeshRole = {
  about: 'writes and changes contexts at its node, until another one keeps a copy',
  behaviors: {
    publish: publishNew,
    async change(actor, signal) {
      const own = (actor.memory.get('own') as string[] | undefined) ?? []
      if (own.length === 0) return publishNew(actor, signal)
      return publish(actor, actor.context.random.pick(own), signal)
    },
  },
  async conditions(stage) {
    const published = [...publishedOn(stage).values()]
    const { signal } = new AbortController()
    let missing = published.flatMap((one) => stage.nodes.map((node) => ({ node, one })))
    const wanted = missing.length
    for (let spent = 0; ; spent += LOOK_MS) {
      const still: typeof missing = []
      for (const each of missing) if (!(await holds(each.node, stage, each.one))) still.push(each)
      missing = still
      if (missing.length === 0 || spent >= stage.spreadMs) break
      await stage.sleep(LOOK_MS, signal)
    }
    return [
      {
        name: 'what was published is with all who follow it',
        ok: wanted > 0 && missing.length === 0,
        detail: `${missing.length} of ${wanted} copies are missing`,
      },
    ]
  },
}

/** Does something with one of those that were published, of which this much is known for sure. */
function withOne(
  act: (actor: MeshActor, one: Published, signal: AbortSignal) => Promise<BehaviorResult>,
): MeshRole['behaviors'][string] {
  return async (actor, signal) => {
    const all = [...publishedOn(actor.stage).values()]
    if (all.length === 0)
      return failure('nothing-there', 'Nothing was published that could be read')
    return act(actor, actor.context.random.pick(all), signal)
  }
}

export const follower: MeshRole = {
  about: 'reads and finds at its node what was written at others',
  async setup({ stage, ...actor }) {
    if (stage.facts.has('shelf')) return
    stage.facts.set('shelf', true)
    const { signal } = new AbortController()
    for (let number = 1; number <= SHELF; number++)
      await publish({ stage, ...actor }, contextOf(stage, actor.home, `shelf/${number}.md`), signal)
  },
  behaviors: {
    read: withOne(async ({ home, stage }, { address, version, content }, signal) => {
      const got = await home.mesh.get(address, { consistency: 'latest', signal })
      const { record } = got
      expectRight(record.version >= version, `${address} is as new as version ${version}`)
      expectRight(
        stage.contentIdOf(got.content) === record.content,
        `the bytes of ${address} are those that were signed`,
      )
      if (record.version === version)
        expectRight(record.content === content, `${address} has the content that was written`)
      return success({ bytes: got.content.length })
    }),
    history: withOne(async ({ home }, { address, by, version, content }, signal) => {
      if (by !== home.name) await home.mesh.refresh(timelineOf(address), { signal })
      const records = await recordsAt(home, timelineOf(address))
      expectRight(
        records.every((record, place) => record.version === place + 1),
        `the versions of ${address} are there without a gap`,
      )
      expectRight(
        records.some((record) => record.version === version && record.content === content),
        `version ${version} of ${address} is among them`,
      )
      return success({ versions: records.length })
    }),
    find: withOne(async ({ home, stage }, { by }, signal) => {
      const known = [...publishedOn(stage).values()].filter((one) => one.by === by)
      const pattern = `ucxl://${by}:any@${stage.project}:any/**`
      const found = new Map<string, number>()
      for await (const { record } of home.mesh.query(pattern, { limit: MOST_HITS, signal }))
        found.set(`ucxl://${record.key}`, record.version)
      expectRight(
        known.every(({ address, version }) => (found.get(address) ?? 0) >= version),
        `all ${known.length} contexts that ${by} had published are found`,
      )
      return success({ found: found.size })
    }),
  },
}
