import { afterEach, describe, expect, test } from 'vitest'
import { dhtKeyOf } from '../src/manifest.ts'
import { until } from './network.ts'
import { held, join, participant, participants, stopAll, write } from './participants.ts'

const PLAN = 'claude:architect@shop:checkout/plan.md'
const NOTES = 'claude:architect@shop:checkout/notes.md'

afterEach(stopAll)

describe('following', () => {
  test('what is announced and matches is fetched, with its contents, and provided', async () => {
    const [writer, follower, other] = await participants(3)
    follower!.mesh.follow('ucxl://any:any@shop:any/plan.md')
    await write(writer!, PLAN, 'one')
    await write(writer!, NOTES, 'not followed')
    await writer!.mesh.publish('claude@shop')
    await until('the follower holds it', async () => (await held(follower!, PLAN)) === 'one')
    await write(writer!, PLAN, 'two')
    await writer!.mesh.publish('claude@shop')
    await until('the follower holds the next', async () => (await held(follower!, PLAN)) === 'two')
    expect(await held(follower!, NOTES)).toBeUndefined()
    expect(await held(other!, PLAN)).toBeUndefined()
    expect((await follower!.store.stats()).versions).toBe(2)
    await until('it is told', () => follower!.events.some(({ type }) => type === 'followed'))
    await until('it is provided', async () => {
      for await (const { id } of other!.mesh.dht.findProviders(dhtKeyOf('claude@shop')))
        if (id === follower!.mesh.peerId) return true
      return false
    })
    await writer!.mesh.stop()
    // The writer is gone: the follower gives it.
    const { source } = await other!.mesh.get(`ucxl://${PLAN.replace('/', '/*^/')}`, {
      timeoutMs: 20_000,
    })
    expect(source).toBe(follower!.mesh.peerId)
  })

  test('a follower that was away catches up when it joins again', async () => {
    const writer = await participant(1)
    const first = await participant(2)
    first.mesh.follow('ucxl://claude:any@shop:any/**')
    await join(first, writer)
    await write(writer, PLAN, 'one')
    await writer.mesh.publish('claude@shop')
    await until('it follows', async () => (await held(first, PLAN)) === 'one')
    await first.mesh.stop()
    await write(writer, PLAN, 'two')
    await write(writer, NOTES, 'new')
    // Alone the writer has nobody to tell.
    writer.mesh.announce('claude@shop')
    const again = await participant(2, { store: first.store })
    again.mesh.follow('ucxl://claude:any@shop:any/**')
    await join(again, writer)
    await until(
      'it caught up',
      async () => (await held(again, PLAN)) === 'two' && (await held(again, NOTES)) === 'new',
    )
    await until('it says so', () => again.events.some(({ type }) => type === 'caught-up'))
  })

  test('who follows every project hears of new ones', async () => {
    const [writer, between, follower] = [
      await participant(1),
      await participant(2),
      await participant(3),
    ]
    await join(between, writer)
    await join(follower, between)
    follower.mesh.follow('ucxl://any:any@any:any/**')
    await write(writer, 'claude:architect@novel:draft/plan.md', 'surprise')
    await writer.mesh.publish('claude@novel')
    await until(
      'it holds it',
      async () => (await held(follower, 'claude:architect@novel:draft/plan.md')) === 'surprise',
    )
  })

  test('what is followed no more is not fetched', async () => {
    const [writer, follower] = await participants(2)
    const follow = follower!.mesh.follow('ucxl://any:any@shop:any/**')
    expect(follow.pattern).toBe('ucxl://any:any@shop:any/*^/**')
    await follow.settled()
    follow.stop()
    follow.stop()
    const kept = follower!.mesh.follow('ucxl://any:any@shop:any/notes.md')
    await write(writer!, PLAN, 'one')
    await write(writer!, NOTES, 'two')
    await writer!.mesh.publish('claude@shop')
    await until('the rest is', async () => (await held(follower!, NOTES)) === 'two')
    await kept.settled()
    expect(await held(follower!, PLAN)).toBeUndefined()
  })

  test('there is a limit to what one node follows', async () => {
    const follower = await participant(1)
    for (let number = 0; number < 64; number++)
      follower.mesh.follow(`ucxl://any:any@p${number}:any/**`)
    expect(() => follower.mesh.follow('ucxl://any:any@one-more:any/**')).toThrow(
      expect.objectContaining({ code: 'ERR_MESH_LIMIT' }),
    )
    await follower.mesh.stop()
    expect(() => follower.mesh.follow('ucxl://any:any@shop:any/**')).toThrow(
      expect.objectContaining({ code: 'ERR_MESH_CLOSED' }),
    )
  })

  test(
    'an announcement reaches every one of twenty nodes on one address',
    { timeout: 120_000 },
    async () => {
      const nodes = await participants(20)
      const writer = nodes[7]!
      const followers = nodes.filter((node) => node !== writer)
      for (const { mesh } of followers) mesh.follow('ucxl://any:any@shop:any/**')
      for (let round = 0; round < 5; round++) {
        await write(writer, PLAN, `version ${round}`)
        await writer.mesh.publish('claude@shop', { timeoutMs: 20_000 })
        const arrived = async (): Promise<boolean> =>
          (await Promise.all(followers.map(async (node) => held(node, PLAN)))).every(
            (text) => text === `version ${round}`,
          )
        await until(`version ${round} is everywhere`, arrived, 20)
      }
      const behind = followers.flatMap(({ events }) =>
        events.filter(({ type }) => type === 'refused'),
      )
      expect(behind).toEqual([])
    },
  )
})
