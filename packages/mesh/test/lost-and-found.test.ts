import { expect, test } from 'vitest'
import { differenceOf, staleManifest } from './sim/invariants.ts'
import { Member } from './sim/member.ts'
import { SimNetwork } from './sim/network.ts'
import { countTurns } from './sim/quiet.ts'

const ADDRESS = 'ucxl://agent2:coder@shop:work/*^/0.md'
const bytes = (text: string): Uint8Array => new TextEncoder().encode(text)

interface Story {
  readonly network: SimNetwork
  readonly writer: Member
  readonly reader: Member
}

/** What is wrong in the end, if anything is. */
interface End {
  readonly difference: string | undefined
  readonly manifest: string | undefined
}

/** What two members, who have met, live through. */
async function after(story: (of: Story) => Promise<void>): Promise<End> {
  const stop = countTurns()
  const network = new SimNetwork(1)
  const reader = new Member(network, 1, [])
  const writer = new Member(network, 2, [reader])
  network.weather = { latency: { min: 100, max: 100 }, loss: 0, duplication: 0, reordering: 0 }
  const told = Promise.withResolvers<End>()
  const tell = async (): Promise<End> => {
    await reader.start()
    await writer.start()
    await network.wait(10_000)
    await writer.store?.put({ address: ADDRESS, content: bytes('one') })
    writer.mesh?.announce(writer.collection)
    await network.wait(10_000)
    await story({ network, writer, reader })
    await network.wait(150_000)
    return {
      difference: await differenceOf([reader, writer]),
      manifest: await staleManifest(network, [writer]),
    }
  }
  network.mock.schedule(0, () => void tell().then(told.resolve, told.reject))
  await network.mock.run(300_000)
  for (const member of [reader, writer]) member.crash(0)
  stop()
  return told.promise
}

// Found by the simulation, at its seeds 36 and 126: once the writer had its own records back from those
// who follow it, nobody told so before its next write.
test('what a writer lost in a crash and got back is announced again', async () => {
  const end = await after(async ({ writer }) => {
    await writer.store?.put({ address: ADDRESS, content: bytes('two') })
    const copies = await writer.mesh?.replicate(ADDRESS)
    expect(copies).toMatchObject({ copies: 1 })
    const lost = writer.crash(3000)
    expect(lost).toBe(1)
    await writer.restart(3000)
    expect(await writer.store?.head(ADDRESS.slice(7).replace('/*^', ''))).toMatchObject({
      record: { version: 1 },
    })
  })
  expect(end).toEqual({ difference: undefined, manifest: undefined })
})

// Found by the simulation, at its seeds 31 and 42: copies were waited for, and no more was tried then.
test('what could not be announced while copies were waited for is announced later', async () => {
  const end = await after(async ({ network, writer, reader }) => {
    const heal = network.mock.partition([writer.identity.peerId], [reader.identity.peerId])
    await writer.store?.put({ address: ADDRESS, content: bytes('two') })
    const copies = await writer.mesh?.replicate(ADDRESS, { timeoutMs: 5000 })
    expect(copies).toMatchObject({ copies: 0 })
    heal()
  })
  expect(end).toEqual({ difference: undefined, manifest: undefined })
})

// Found by the simulation, at its seed 2071: a record that was looked up had come without its bytes, and
// those who follow it had nothing left to compare.
test('what a follower only looked up gets its bytes', async () => {
  const end = await after(async ({ writer, reader }) => {
    await writer.store?.put({ address: ADDRESS, content: bytes('two') })
    const { record } = (await reader.mesh?.resolve(ADDRESS, { consistency: 'latest' })) ?? {}
    expect(record?.version).toBe(2)
    expect(await reader.store?.content(record?.content ?? '')).toBeUndefined()
  })
  expect(end.difference).toBeUndefined()
})
