import { createMemoryStore, placeOf, type ContextStore } from '@bzzz/context-store'
import { identityFromSeed } from '@bzzz/identity'
import { expect, test } from 'vitest'
import type { Channel } from '../src/network-node.ts'
import { EVERYBODY } from '../src/membership.ts'
import { encodeRange, LISTED, MAX_DEPTH, type RangeAnswer } from '../src/reconcile/messages.ts'
import {
  decodeRequest,
  encodeMessage,
  type SyncRequest,
  type SyncResponse,
} from '../src/sync-messages.ts'
import { serveSync } from '../src/sync-server.ts'
import { channelNetwork, type ChannelNode } from './channels.ts'

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text)
const address = (name: number): string => `ucxl://liar:coder@shop:notes/*^/${name}`
const keyOf = (name: number): string => address(name).slice(7).replace('/*^/', '/')

type Answers = (request: SyncRequest) => [SyncResponse, Uint8Array?] | undefined

/** Serves as an honest node does, but for what `answers` says. */
function lying(store: ContextStore, answers: Answers): (channel: Channel) => Promise<void> {
  return async (channel) => {
    const honest = serveSync(
      {
        ...channel,
        read: async () => {
          for (;;) {
            const message = await channel.read()
            const answer = answers(decodeRequest(message).head)
            if (!answer) return message
            asked++
            await channel.write(encodeMessage(...answer))
          }
        },
      },
      {
        store,
        membership: EVERYBODY,
        onHello: () => {},
        onStatements: () => {},
        onRefused: () => {},
      },
    )
    await honest
  }
}

let asked = 0
const key = (number: number) => identityFromSeed(new Uint8Array(32).fill(number))

async function nodeBeside(
  answers: Answers,
  change: (store: ContextStore) => ContextStore = (store) => store,
): Promise<ChannelNode> {
  asked = 0
  const network = channelNetwork()
  const store = createMemoryStore({ writer: key(2) })
  const names = Array.from({ length: 5 }, (_, name) => name)
  await store.putAll(names.map((name) => ({ address: address(name), content: bytes(`${name}`) })))
  network.node('liar', store, { serve: lying(change(store), answers) })
  return network.node('node', createMemoryStore({ writer: key(1) }))
}

const COUNT = 100_000
const claim = (request: SyncRequest): [SyncResponse] | undefined =>
  request.type === 'summary'
    ? [{ id: request.id, type: 'summary', count: COUNT, fingerprint: 'a'.repeat(32), takes: [] }]
    : undefined

/** Claims many timelines, and says of each range what `of` says. */
const ranging =
  (of: (prefix: string) => RangeAnswer, answered = (asks: number) => asks): Answers =>
  (request) =>
    request.type === 'ranges'
      ? [
          { id: request.id, type: 'ranges', answered: answered(request.prefixes.length) },
          Buffer.concat(request.prefixes.map((prefix) => encodeRange(of(prefix)))),
        ]
      : claim(request)

const parts = (count: number): RangeAnswer => ({
  parts: Array.from({ length: 16 }, () => ({ count, fingerprint: 'b'.repeat(32) })),
})
const item = (name: number) => ({ place: placeOf(keyOf(name)), digest: 'c'.repeat(32) })
const inOrder = [item(0), item(1), item(2)].toSorted((a, b) => (a.place < b.place ? -1 : 1))

const lies: readonly (readonly [string, Answers, number])[] = [
  ['parts that never get fewer', ranging(() => parts(COUNT / 16)), 3],
  ['parts of a range that should be listed', ranging(() => parts(1)), 2],
  [
    'parts for ever, each with one timeline more than is listed',
    ranging((prefix) => ({
      parts: Array.from({ length: 16 }, (_, place) => ({
        count: place === 0 ? Math.max(COUNT - prefix.length, LISTED + 1) : 0,
        fingerprint: place === 0 ? 'b'.repeat(32) : '',
      })),
    })),
    MAX_DEPTH + 2,
  ],
  ['a listing in no order', ranging(() => ({ listed: inOrder.toReversed() })), 2],
  ['a timeline twice', ranging(() => ({ listed: [inOrder[0]!, inOrder[0]!] })), 2],
  [
    'a listing of another range',
    ranging((prefix) => (prefix === '' ? parts(COUNT / 16) : { listed: inOrder })),
    3,
  ],
  [
    'a listing that should be in parts',
    ranging(() => ({
      listed: Array.from({ length: 1000 }, (_, name) => item(name)).toSorted((a, b) =>
        a.place < b.place ? -1 : 1,
      ),
    })),
    2,
  ],
  [
    'no range at all',
    ranging(
      () => parts(1),
      () => 0,
    ),
    2,
  ],
  [
    'more ranges than asked',
    ranging(
      () => parts(1),
      (asks) => asks + 1,
    ),
    2,
  ],
  [
    'fewer ranges than it says',
    (request) =>
      request.type === 'ranges'
        ? [{ id: request.id, type: 'ranges', answered: 1 }, new Uint8Array([0, 0])]
        : claim(request),
    2,
  ],
  [
    'no count that there can be',
    (request) =>
      request.type === 'summary'
        ? [{ id: request.id, type: 'summary', count: 1e12, fingerprint: 'a'.repeat(32), takes: [] }]
        : undefined,
    1,
  ],
  [
    'that it takes what is no pattern',
    (request) =>
      request.type === 'summary'
        ? [{ id: request.id, type: 'summary', count: 1, fingerprint: 'a'.repeat(32), takes: ['x'] }]
        : undefined,
    1,
  ],
]

test.each(lies)('%s: refused, at a bounded cost', async (_, answers, most) => {
  const node = await nodeBeside(answers)
  await expect(node.reconcile('liar')).rejects.toMatchObject({ code: 'ERR_MESH_PROTOCOL' })
  expect(asked).toBeLessThanOrEqual(most)
  expect(node.events).toMatchObject([{ type: 'refused', peer: 'liar' }])
  expect(await node.store.stats()).toMatchObject({ versions: 0, contents: 0 })
})

test('a timeline that was not asked for is refused', async () => {
  const node = await nodeBeside((request) =>
    request.type === 'places'
      ? [{ id: request.id, type: 'places', heads: [['liar:coder@shop:notes/99', 1, 'bafk']] }]
      : undefined,
  )
  await expect(node.reconcile('liar')).rejects.toMatchObject({ code: 'ERR_MESH_PROTOCOL' })
})

test('a version that is claimed and not given is refused', async () => {
  const node = await nodeBeside((request) =>
    request.type === 'places'
      ? [{ id: request.id, type: 'places', heads: [[keyOf(1), 7, 'bafk']] }]
      : undefined,
  )
  await expect(node.reconcile('liar')).rejects.toMatchObject({ code: 'ERR_MESH_UNTRUSTED' })
  expect(node.events).toMatchObject([{ type: 'refused', peer: 'liar' }])
})

test('a node that has lost the versions it named, to a fork, is no liar', async () => {
  let first = true
  const node = await nodeBeside((request) => {
    if (request.type !== 'places' || !first) return undefined
    first = false
    const heads = request.places.length > 0 ? [[keyOf(1), 7, 'bafk']] : []
    return [{ id: request.id, type: 'places', heads: heads as [string, number, string][] }]
  })
  expect(await node.reconcile('liar')).toMatchObject({ records: 1, refused: [] })
  expect(await node.reconcile('liar')).toMatchObject({ records: 4 })
  expect(node.events).toEqual([])
})

test('records that were changed, and contents that are others, are refused, and not kept', async () => {
  const changed = await nodeBeside(
    () => undefined,
    (store) =>
      new Proxy(store, {
        get: (target, name) =>
          name === 'history'
            ? async function* (...args: Parameters<ContextStore['history']>) {
                for await (const { record } of target.history(...args))
                  yield { record: { ...record, size: 99 } }
              }
            : (target[name as keyof ContextStore] as unknown),
      }),
  )
  await expect(changed.reconcile('liar')).rejects.toMatchObject({
    code: 'ERR_MESH_UNTRUSTED',
    cause: { code: 'ERR_RECORD_SIGNATURE' },
  })
  // Whether they come along, or are asked for one by one.
  const other = await nodeBeside(
    () => undefined,
    (store) =>
      new Proxy(store, {
        get: (target, name) =>
          name === 'content'
            ? async () => bytes('abc')
            : ((target[name as keyof ContextStore] as { bind?: (to: unknown) => unknown }).bind?.(
                target,
              ) ?? target[name as keyof ContextStore]),
      }),
  )
  const alone = await nodeBeside((request) => {
    const { id, type } = request
    if (type === 'many') return [{ id, type, answered: 0, records: [], contents: [] }]
    return type === 'content' ? [{ id, type, size: 3 }, bytes('abc')] : undefined
  })
  for (const node of [other, alone])
    await expect(node.reconcile('liar')).rejects.toMatchObject({ code: 'ERR_MESH_UNTRUSTED' })
  for (const { store } of [other, alone])
    expect(await store.stats()).toMatchObject({ versions: 0, contents: 0 })
  // Contents that are what they say may be there, and are swept with what nobody names.
  expect(await changed.store.stats()).toMatchObject({ versions: 0 })
})

test.each([
  ['more timelines than were asked for', { answered: 6 }, new Uint8Array()],
  [
    'contents of another length',
    { contents: [['bafk', 4]] as [string, number][] },
    new Uint8Array(3),
  ],
])('many timelines with %s end the comparison', async (_, change, body) => {
  const node = await nodeBeside(({ id, type }) =>
    type === 'many'
      ? [{ id, type, answered: 5, records: [], contents: [], ...change }, body]
      : undefined,
  )
  await expect(node.reconcile('liar')).rejects.toMatchObject({ code: 'ERR_MESH_PROTOCOL' })
})

test('what came together and does not fit is looked at one by one, and taken where it is right', async () => {
  const node = await nodeBeside(({ id, type }) =>
    type === 'many' ? [{ id, type, answered: 5, records: [null, 7, {}], contents: [] }] : undefined,
  )
  expect(await node.reconcile('liar')).toMatchObject({ records: 5, contents: 5, refused: [] })
})

test('who offers what it does not have is refused by the one who is asked to fetch it', async () => {
  const network = channelNetwork()
  const node = network.node('node', createMemoryStore({ writer: key(1) }))
  const store = createMemoryStore({ writer: key(2) })
  await store.put({ address: address(1), content: bytes('x') })
  const liar = network.node(
    'liar',
    new Proxy(store, {
      get: (target, name) =>
        name === 'history'
          ? async function* () {}
          : ((target[name as keyof ContextStore] as { bind?: (to: unknown) => unknown }).bind?.(
              target,
            ) ?? target[name as keyof ContextStore]),
    }),
  )
  expect((await liar.reconcile('node')).given).toEqual({ records: 0, contents: 0, refused: 1 })
  expect(node.events).toMatchObject([{ type: 'refused', peer: 'liar' }])
})
