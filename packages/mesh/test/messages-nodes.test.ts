import { afterEach, expect, test } from 'vitest'
import type { HeardMessage } from '../src/index.ts'
import { until } from './network.ts'
import { join, participant, stopAll } from './participants.ts'

afterEach(stopAll)

test('a message reaches a node that is not connected to who said it, once, and not who said it', async () => {
  const [one, between, other] = [await participant(1), await participant(2), await participant(3)]
  await join(between, one)
  await join(other, between)
  const heard: HeardMessage[] = []
  for (const { mesh } of [one, between, other])
    mesh.hear({ project: 'shop' }, 'greeting', (message) => heard.push(message))
  await until('they listen', async () => {
    heard.length = 0
    await one.mesh.say({ project: 'shop' }, 'greeting', { text: 'hello' })
    await until('it arrives', () => heard.length > 1, 1).catch(() => {})
    return heard.length === 2
  })
  expect(heard).toEqual(
    Array.from({ length: 2 }, () =>
      expect.objectContaining({ writer: one.identity.did, body: { text: 'hello' } }),
    ),
  )
  await expect(one.mesh.say('cluster', 'a', 'x'.repeat(20_000))).rejects.toMatchObject({
    code: 'ERR_MESH_TOO_LARGE',
  })
  await one.mesh.stop()
  await expect(one.mesh.say('cluster', 'a', 1)).rejects.toMatchObject({ code: 'ERR_MESH_CLOSED' })
  expect(() => one.mesh.hear('cluster', 'a', () => {})).toThrow(
    expect.objectContaining({ code: 'ERR_MESH_CLOSED' }),
  )
})
