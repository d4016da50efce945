import { expect, test, describe } from 'vitest'
import { openWorld, PLACE, PLAN } from './world.ts'

const URI = 'ucxl://claude:architect@shop%3Acheckout'

describe.each([{ legacy: false }, { legacy: true }])(
  'resources (legacy: $legacy)',
  ({ legacy }) => {
    test('are the contexts, in the URI form, page after page', async () => {
      const { store, connect } = await openWorld()
      const names = Array.from(
        { length: 120 },
        (_, index) => `${String(index).padStart(3, '0')}.md`,
      )
      for (const name of names)
        await store.put({ address: `ucxl://${PLACE}/${name}`, content: Buffer.from(name) })
      const { client } = await connect({ legacy })
      const seen: string[] = []
      for (let cursor: string | undefined, more = true; more; more = cursor !== undefined) {
        const page = await client.request({
          method: 'resources/list',
          params: cursor === undefined ? {} : { cursor },
        })
        seen.push(...page.resources.map(({ uri }) => uri))
        cursor = page.nextCursor
      }
      expect(seen).toEqual(names.map((name) => `${URI}/*%5E/${name}`))
      for (const uri of seen) expect(URL.canParse(uri)).toBe(true)
      await expect(
        client.request({ method: 'resources/list', params: { cursor: 'nonsense' } }),
      ).rejects.toThrow('nextCursor')
    })

    test('are read in every form of an address, with who wrote them', async () => {
      const { store, connect } = await openWorld()
      for (const text of ['one', 'two'])
        await store.put({ address: PLAN, content: Buffer.from(text), contentType: 'text/plain' })
      const { client } = await connect({ legacy })
      const read = async (path: string) => {
        const { contents } = await client.readResource({ uri: `${URI}${path}` })
        return contents[0]
      }
      expect(await read('/plan.md')).toMatchObject({ text: 'two', mimeType: 'text/plain' })
      expect(await read('/*%5E/plan.md')).toMatchObject({ text: 'two' })
      expect(await read('/~~1/plan.md')).toMatchObject({
        text: 'one',
        _meta: {
          'bzzz/address': `ucxl://${PLACE}/*~/plan.md`,
          'bzzz/author': { agent: 'claude', signature: 'held' },
        },
      })
      await expect(read('/nothing.md')).rejects.toMatchObject({ code: -32_602 })
    })

    test('complete the names of addresses by what is there', async () => {
      const { store, connect } = await openWorld()
      for (const who of ['claude:architect@shop', 'clara:critic@shop', 'bert:coder@forum'])
        await store.put({ address: `ucxl://${who}:x/a.md`, content: Buffer.from('x') })
      const { client } = await connect({ legacy })
      const { resourceTemplates } = await client.listResourceTemplates()
      const uri = resourceTemplates[0]?.uriTemplate ?? ''
      const complete = async (name: string, value: string, known: Record<string, string> = {}) => {
        const { completion } = await client.complete({
          ref: { type: 'ref/resource', uri },
          argument: { name, value },
          context: { arguments: known },
        })
        return completion.values
      }
      expect(await complete('agent', 'cla')).toEqual(['clara', 'claude'])
      expect(await complete('role', '', { agent: 'claude' })).toEqual(['architect'])
      expect(await complete('agent', '', { project: 'forum' })).toEqual(['bert'])
      expect(await complete('agent', '%%%')).toEqual([])
      expect(await complete('path', 'a')).toEqual(['a.md'])
    })

    test('tell who subscribed of each change, and nobody else', async () => {
      const { store, connect } = await openWorld()
      await store.put({ address: PLAN, content: Buffer.from('one') })
      const told: string[] = []
      const { client } = await connect({ legacy })
      client.setNotificationHandler('notifications/resources/updated', ({ params }) => {
        told.push(params.uri)
      })
      // As tools of the protocol write it, and as people do.
      const uris = [`${URI}/*%5E/plan.md`, PLAN]
      if (legacy) for (const uri of uris) await client.subscribeResource({ uri })
      else await client.listen({ resourceSubscriptions: uris })
      await store.put({ address: `ucxl://${PLACE}/other.md`, content: Buffer.from('x') })
      await store.put({ address: PLAN, content: Buffer.from('two') })
      await expect.poll(() => told.toSorted(), { timeout: 10_000 }).toEqual(uris.toSorted())
    })
  },
)

test('a pinned version may be kept by clients for a year, the newest for a moment', async () => {
  const { store, connect } = await openWorld()
  await store.put({ address: PLAN, content: Buffer.from('one') })
  const { client } = await connect()
  const ttl = async (uri: string) =>
    ((await client.readResource({ uri })) as { ttlMs?: number }).ttlMs
  expect(await ttl(`${URI}/*~1/plan.md`)).toBe(365 * 86_400_000)
  expect(await ttl(`${URI}/plan.md`)).toBe(5000)
})

test('prompts say which tools to use, with what was given', async () => {
  const { store, connect } = await openWorld()
  await store.put({ address: PLAN, content: Buffer.from('x') })
  const { client } = await connect()
  const { prompts } = await client.listPrompts()
  expect(prompts.map(({ name }) => name)).toEqual([
    'record_decision',
    'review_decision',
    'hand_over',
  ])
  const { messages } = await client.getPrompt({
    name: 'review_decision',
    arguments: { address: PLAN },
  })
  expect(JSON.stringify(messages)).toContain(PLAN)
  const { completion } = await client.complete({
    ref: { type: 'ref/prompt', name: 'review_decision' },
    argument: { name: 'address', value: 'ucxl://claude' },
  })
  expect(completion.values).toEqual([PLAN])
})
