import { success, type BehaviorResult } from '@bzzz/bot-framework'
import type { Verdict } from '@bzzz/bot-framework/metrics'
import { bytesOf, contextOf, isTrue, type MeshPeer, type MeshRole, type MeshStage } from './mesh.ts'
import { expectRight } from './node.ts'

/** What a node truly wrote and announced, before anybody lied about it. */
export interface Truth {
  readonly node: MeshPeer
  /** `agent@project`. */
  readonly collection: string
  /** Under which its manifest stands. */
  readonly dhtKey: string
  readonly address: string
  readonly content: string
  /** Its manifest of an earlier state. */
  readonly stale: Uint8Array
  readonly manifest: Uint8Array
  readonly sequence: number
}

const STATES = 2

/** What each node wrote. @throws where it could not be written. */
export async function truthsOf(stage: MeshStage): Promise<readonly Truth[]> {
  const known = stage.facts.get('truths') as Promise<Truth[]> | undefined
  if (known) return known
  const made = Promise.all(stage.nodes.map(async (node) => tell(stage, node)))
  stage.facts.set('truths', made)
  return made
}

async function tell(stage: MeshStage, node: MeshPeer): Promise<Truth> {
  const collection = `${node.name}@${stage.project}`
  const address = contextOf(stage, node, 'truth/plan.md')
  const manifests: Uint8Array[] = []
  let [content, sequence] = ['', 0]
  for (let state = 1; state <= STATES; state++) {
    const bytes = bytesOf(`${node.name} wrote this: ${state}`)
    content = stage.contentIdOf(bytes)
    await node.store.put({ address, content: bytes })
    const { manifest } = await node.mesh.publish(collection)
    sequence = manifest.sequence
    manifests.push(stage.dht.encode(manifest))
  }
  const dhtKey = stage.dht.keyOf(collection)
  const [stale, manifest] = [manifests[0]!, manifests.at(-1)!]
  return { node, collection, dhtKey, address, content, stale, manifest, sequence }
}

/** Reads at a node what another one wrote: whether it is that. */
async function isRead(
  stage: MeshStage,
  reader: MeshPeer,
  { address, content }: Truth,
  signal?: AbortSignal,
): Promise<boolean> {
  const options = { consistency: 'latest', ...(signal && { signal }) } as const
  const got = await reader.mesh.get(address, options)
  const isWhole = stage.contentIdOf(got.content) === content
  return isWhole && got.record.content === content && isTrue(stage, got.record)
}

/** That each node still gets what each other one wrote. */
export async function stillRead(stage: MeshStage): Promise<Verdict> {
  let [asked, wrong] = [0, 0]
  for (const truth of await truthsOf(stage))
    for (const reader of stage.nodes.filter((node) => node !== truth.node)) {
      asked++
      if (!(await isRead(stage, reader, truth).catch(() => false))) wrong++
    }
  return {
    name: 'each node reads what the others wrote',
    ok: asked > 0 && wrong === 0,
    detail: `${wrong} of ${asked} could not, or read something else`,
  }
}

/** Reads what somebody else wrote, while others lie about it. */
export const read: MeshRole['behaviors'][string] = async (
  { stage, home, context },
  signal,
): Promise<BehaviorResult> => {
  const others = (await truthsOf(stage)).filter(({ node }) => node !== home)
  const truth = context.random.pick(others)
  expectRight(await isRead(stage, home, truth, signal), `${truth.address} is what was written`)
  return success()
}
