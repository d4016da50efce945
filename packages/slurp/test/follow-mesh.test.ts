import { createMemoryStore, type ContextStore } from '@bzzz/context-store'
import { identityFromSeed, type Identity } from '@bzzz/identity'
import { createMesh, type Mesh } from '@bzzz/mesh'
import { createMemoryState, createSlurpClient } from '@bzzz/slurp-client'
import { afterEach, expect, test } from 'vitest'
import { createMemoryStorage, createSlurp, followStore } from '../src/index.ts'

const ends: (() => Promise<void>)[] = []
afterEach(async () => {
  for (const end of ends.splice(0).toReversed()) await end()
})

interface Participant {
  readonly identity: Identity
  readonly store: ContextStore
  readonly mesh: Mesh
}

/** A node of the mesh on this machine. */
async function participant(number: number): Promise<Participant> {
  const identity = identityFromSeed(new Uint8Array(32).fill(number))
  const store = createMemoryStore({ writer: identity })
  const mesh = await createMesh({ identity, store })
  ends.push(async () => {
    await mesh.stop()
    await store.close()
  })
  return { identity, store, mesh }
}

const addressOf = (name: string): string =>
  `ucxl://claude:architect@shop:checkout/*^/decisions/${name}.json`

test('what an author publishes on one node is found by the service on another', async () => {
  const [author, other] = [await participant(1), await participant(2)]
  await other.mesh.join(author.mesh.addresses[0] ?? '')

  // There is no service where the author is: the mesh is the only way.
  const client = createSlurpClient({
    ...author,
    state: createMemoryState(),
    deliver: async () => ({ outcome: 'refused', reason: 'there is no service here' }),
  })
  ends.push(async () => client.close())
  const said = { agent_id: 'claude', decision_type: 'policy' }
  await client.publish({ ...said, ucxl_address: addressOf('cards'), title: 'Keep no card data' })
  const citations = [{ type: 'justified_by', ucxl_address: addressOf('cards') }]
  const pay = { ...said, ucxl_address: addressOf('pay'), title: 'Pay with Stripe', citations }
  const { id } = await client.publish(pay)
  await author.mesh.publish('claude@shop')

  const slurp = createSlurp({ storage: createMemoryStorage() })
  ends.push(async () => slurp.close())
  const taken: string[] = []
  const follower = followStore({
    slurp,
    store: other.store,
    fetch: async (address, options) => (await other.mesh.get(address, options)).content,
    onTaken: ({ ingested }) => taken.push(ingested.address),
  })
  ends.push(async () => follower.close())
  // Whoever follows the collection brings the records; the bytes are fetched as they are wanted.
  const { heads } = await other.mesh.collection('claude@shop')
  for (const { key } of heads) await other.mesh.refresh(key)
  await follower.settled()

  expect(taken).toEqual(['cards', 'pay'].map((name) => addressOf(name).replace('*^', '*~')))
  const { items } = await slurp.search({ text: 'stripe type:policy' })
  expect(items.map(({ decision }) => decision.recordId)).toEqual([id])
  const { links } = await slurp.why(addressOf('pay'))
  expect(links.map(({ verdict }) => verdict.status)).toEqual(['verified'])
  expect(follower).toMatchObject({ position: 2, waiting: [] })
})
