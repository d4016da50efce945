import { DECISION_MEDIA_TYPE, decisionBytes } from '@bzzz/decision-schema'
import { describe, expect, test } from 'vitest'
import { address, createAuthor } from './author.ts'
import { arrive, createNode } from './follow-bench.ts'

describe('what arrives in a store', () => {
  test('is taken in once, in its order, also what comes later, and what is no decision is not', async () => {
    const { store, slurp, follow, log } = createNode()
    const author = createAuthor()
    await arrive(store, await author.publish('a'))
    const follower = follow()
    await follower.settled()
    expect(log).toEqual(['+a 1'])
    await store.put({ address: 'ucxl://claude:architect@shop:checkout/notes.txt', content: null })
    await arrive(store, await author.publish('b'), await author.publish('a', { summary: 'more' }))
    await follower.settled()
    expect(log).toEqual(['+a 1', '+b 1', '+a 2'])
    expect((await slurp.get(address('a'))).version).toBe(2)
    expect(follower).toMatchObject({ position: 4, waiting: [] })
  })

  test('is taken without being asked for: a change in the store is heard of', async () => {
    const { store, follow } = createNode()
    const taken = Promise.withResolvers<object>()
    follow({ onTaken: taken.resolve })
    const published = await createAuthor().publish('a')
    await arrive(store, published)
    expect(await taken.promise).toMatchObject({
      sequence: 1,
      key: published.record.key,
      version: 1,
      id: expect.stringMatching(/^bafkrei/),
      ingested: { state: 'accepted', decisionId: published.node.decision_id },
    })
  })

  test('is not taken twice after a restart, and nothing is lost, wherever it stopped', async () => {
    const { store, slurp, follow, log } = createNode()
    const author = createAuthor()
    for (let n = 0; n < 130; n++) await arrive(store, await author.publish(`n${n}`))
    const positions: number[] = []
    const first = follow({ onTaken: () => positions.push(first.position) })
    await first.settled()
    await first.close()
    expect(first.position).toBe(130)
    expect((await slurp.counts()).versions).toBe(130)
    await arrive(store, await author.publish('late'))
    for (const after of [0, 64, 130]) {
      const next = follow({ after })
      await next.settled()
      expect(next.position).toBe(131)
      await next.close()
    }
    expect(log).toEqual(['+late 1'])
    expect((await slurp.counts()).versions).toBe(131)
    // A page is done with as a whole, and never before all of it was taken.
    expect(new Set(positions)).toEqual(new Set([0, 64, 128]))
  })

  test('is read from the start where the position is of another, longer log', async () => {
    const { store, follow, log } = createNode()
    await arrive(store, await createAuthor().publish('a'))
    const follower = follow({ after: 900 })
    await follower.settled()
    expect(log).toEqual(['+a 1'])
    expect(follower.position).toBe(1)
  })

  test('that was redacted, or deleted, is passed over', async () => {
    const { store, follow, log } = createNode()
    const author = createAuthor()
    const secret = await author.publish('secret')
    await arrive(store, secret, await author.publish('open'))
    const redaction = await author.store.redact(address('secret'), 'a password')
    await store.applyRedaction(redaction)
    const tomb = await author.store.put({ address: address('open'), content: null })
    await store.append([tomb.record])
    const follower = follow({ fetch: async () => decisionBytes(secret.node) })
    await follower.settled()
    expect(log).toEqual(['+open 1'])
    expect(follower).toMatchObject({ position: 3, waiting: [] })
  })

  test('and is refused is told with its code, and what follows is taken', async () => {
    const { store, follow, log } = createNode()
    const author = createAuthor()
    const put = async (name: string, content: string, more = {}): Promise<void> => {
      const { record } = await author.store.put({
        address: address(name),
        content: new TextEncoder().encode(content),
        contentType: DECISION_MEDIA_TYPE,
        ...more,
      })
      await store.addContent(record.content ?? '', new TextEncoder().encode(content))
      await store.append([record])
    }
    const forged = await createAuthor().publish('forged')
    await put('text', 'not JSON')
    await put('number', '42')
    await put('empty', '{}')
    await put('hidden', '{}', { encryption: { method: 'x', key: 'k' } })
    await put('large', JSON.stringify({ text: 'x'.repeat(9000) }))
    await arrive(store, await author.publish('forged', { ...forged.node, title: 'Another' }))
    await arrive(store, await author.publish('chatter', { ephemeral: true }))
    await arrive(store, await author.publish('fine'))
    const follower = follow({ maxBytes: 8000 })
    await follower.settled()
    expect(log).toEqual([
      '-text 1 ERR_SLURP_CONTENT',
      '-number 1 ERR_SLURP_CONTENT',
      '-empty 1 ERR_DECISION_INVALID',
      '-hidden 1 ERR_SLURP_CONTENT',
      '-large 1 ERR_SLURP_TOO_LARGE',
      '-forged 1 ERR_SLURP_SIGNATURE',
      '-chatter 1 ERR_SLURP_DROPPED',
      '+fine 1',
    ])
    expect(follower.position).toBe(8)
  })

  test('a listener that throws stops nothing', async () => {
    const { store, slurp, follow } = createNode()
    const author = createAuthor()
    await arrive(store, await author.publish('a'), await author.publish('b'))
    const fail = (): never => {
      throw new Error('a listener failed')
    }
    await follow({ onTaken: fail }).settled()
    expect((await slurp.counts()).versions).toBe(2)
  })
})
