import { expect, test } from 'vitest'
import type { Gossip } from '../src/gossip.ts'
import { Reunion } from '../src/join/reunion.ts'

test('who is back is told to neighbours, each time anew, and goes no further by itself', async () => {
  const sent: string[] = []
  const ended: string[] = []
  let heard: Parameters<Gossip['subscribe']>[1] | undefined
  let hints = 0
  const reunion = new Reunion({
    self: 'me',
    gossip: {
      publish: async (topic, bytes) => sent.push(`${topic} ${new TextDecoder().decode(bytes)}`),
      subscribe: (topic, validate) => {
        heard = validate
        return () => void ended.push(topic)
      },
    },
    onHint: () => void hints++,
  })
  reunion.tell()
  reunion.tell()
  expect(new Set(sent).size).toBe(2)
  const [topic = ''] = sent[0]?.split(' ') ?? []
  expect(await heard?.({ topic, peer: 'other', bytes: new Uint8Array(3) })).toBe('ignore')
  expect(hints).toBe(1)
  reunion.stop()
  expect(ended).toEqual([topic])
})
