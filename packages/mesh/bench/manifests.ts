import { identityFromSeed } from '@bzzz/identity'
import { compare, type Figure } from '../../../scripts/bench-harness.ts'
import { dhtKeyOf, encodeManifest, signManifest } from '../src/manifest.ts'
import { bareKad } from './bare-kad.ts'
import { participants } from './participant.ts'

const writer = identityFromSeed(new Uint8Array(32).fill(1))

/** Our DHT beside bare kad-dht with the same settings. */
export async function manifests(): Promise<Figure[]> {
  const figures: Figure[] = []
  for (const count of [2, 10, 50]) figures.push(...(await among(count)))
  return figures
}

async function among(count: number): Promise<Figure[]> {
  const nodes = await participants(count)
  const ours = nodes.map(({ mesh }) => mesh.dht)
  const bare = await bareKad(count)
  const key = dhtKeyOf('a@c')
  let sequence = 0
  const value = (): Uint8Array =>
    encodeManifest(
      signManifest({ collection: 'a@c', sequence: ++sequence, heads: [], now: 0 }, writer),
    )
  const figures = [
    await compare({
      what: `put a manifest, ${count} nodes`,
      subject: async () => ours[0]?.putValue(key, value()),
      reference: { what: 'bare kad-dht', run: async () => bare.put(key, value()) },
      atLeast: 1 / 1.2,
    }),
    await compare({
      what: `get a manifest, ${count} nodes`,
      subject: async () => ours.at(-1)?.getValue(key),
      reference: { what: 'bare kad-dht', run: async () => bare.get(key) },
      atLeast: 1 / 1.2,
    }),
  ]
  if (count > 3) {
    figures.push(
      await compare({
        what: `get a manifest with a quorum of 2, ${count} nodes`,
        subject: async () => ours.at(-1)?.getValue(key, { quorum: 2 }),
        reference: { what: 'all answers', run: async () => ours.at(-1)?.getValue(key) },
        atLeast: 1 / 0.6,
      }),
    )
  }
  await Promise.all([...nodes.map(async ({ mesh }) => mesh.stop()), bare.stop()])
  return figures
}
