import { encodeMessage, type SyncRequest, type SyncResponse } from '../src/sync-messages.ts'
import type { Liar, Lies } from './liar.ts'
import type { NodeProcess } from './node-process.ts'

/** What a node lies in, and how another one comes to hear it. */
export interface Lie {
  readonly what: string
  /** What the other one says of it. */
  readonly why: RegExp
  readonly lies: (liar: () => Liar) => Lies
  /** What makes the other one ask; a comparison if left out. */
  readonly ask?: (node: NodeProcess, liar: Liar) => Promise<unknown>
}

const MEBIBYTE = 1024 * 1024
type Rows = [string, number, string][]

const same = <Type extends SyncRequest['type']>({ id, type }: { id: number; type: Type }) => ({
  id,
  type,
})
const zeros = (length: number): Uint8Array => new Uint8Array(length)
/** Lets nothing be taken together: what follows is asked for piece by piece. */
function oneByOne(asked: SyncRequest): [SyncResponse] | undefined {
  if (asked.type !== 'many') return undefined
  return [{ ...same(asked), answered: 0, records: [], contents: [] }]
}

/** The versions that are there may have been taken, so there is one more each time. */
const oneMore: Lie['ask'] = async ({ ask }, { store, key, node }) => {
  await store.put({ address: `ucxl://${key.replace('/', '/*^/')}`, content: zeros(1) })
  await ask.reconcile(node.peerId)
}

const refresh: Lie['ask'] = async ({ ask }, { key }) => ask.refresh(key)

export const LIES: readonly Lie[] = [
  {
    what: 'a wrong content',
    why: /ERR_STORE_CONTENT_MISMATCH/,
    lies: () => (asked) =>
      oneByOne(asked) ??
      (asked.type === 'content' ? [{ ...same(asked), size: 3 }, zeros(3)] : undefined),
  },
  {
    what: 'a content that does not end',
    why: /chunk of a wrong size/,
    lies: () => (asked) =>
      oneByOne(asked) ??
      (asked.type === 'content' ? [{ ...same(asked), size: 3 }, zeros(200_000)] : undefined),
  },
  {
    what: 'more timelines together than were asked for',
    why: /64 timelines for \d/,
    lies: () => (asked) =>
      asked.type === 'many'
        ? [{ ...same(asked), answered: 64, records: [], contents: [] }]
        : undefined,
    ask: oneMore,
  },
  {
    what: 'a record that was changed',
    why: /ERR_RECORD_SIGNATURE/,
    lies: (liar) => async (asked) => {
      if (asked.type !== 'timeline') return undefined
      const head = await liar().store.head(liar().key)
      return [{ ...same(asked), records: [{ ...head?.record, size: 99 }], more: false }]
    },
    ask: refresh,
  },
  {
    what: 'records that do not end',
    why: /expected version 2/,
    lies: (liar) => async (asked) => {
      if (asked.type !== 'timeline') return undefined
      const head = await liar().store.head(liar().key)
      return [{ ...same(asked), records: [head?.record], more: true }]
    },
    ask: refresh,
  },
  {
    what: 'a head of a version that is not there',
    why: /it gave no version 99/,
    lies: (liar) => (asked) => {
      const heads: Rows = [[liar().key, 99, 'bafk']]
      return asked.type === 'places' ? [{ ...same(asked), heads }] : undefined
    },
    ask: oneMore,
  },
  {
    what: 'a head of a collection of somebody else',
    why: /a head of claude:coder@shop:notes\/1 for liar/,
    lies: () => (asked) => {
      const heads: Rows = [['claude:coder@shop:notes/1', 1, 'bafk']]
      return asked.type === 'heads' ? [{ ...same(asked), heads, more: false }] : undefined
    },
    ask: async ({ ask }, { agent }) => ask.collection(`${agent}@shop`),
  },
  {
    what: 'a list of heads that does not end',
    why: /heads without end/,
    lies: (liar) => (asked) => {
      if (asked.type !== 'heads') return undefined
      const from = Number(/\d+$/.exec(asked.after)?.[0] ?? 1_000_000_000)
      const heads = Array.from({ length: 500 }, (_, place): Rows[number] => [
        `${liar().agent}:coder@shop:notes/${from + place + 1}`,
        1,
        'bafk',
      ])
      return [{ ...same(asked), heads, more: true }]
    },
    ask: async ({ ask }, { agent }) => ask.collection(`${agent}@shop`),
  },
  {
    what: 'answers without end that nobody asked for',
    why: /nobody asked for/,
    lies: () => (asked, channel) => {
      if (asked.type === 'summary')
        void flood(channel, encodeMessage({ id: 1_000_000, type: 'hold' }))
      return undefined
    },
  },
  {
    what: 'a message that does not end',
    why: /a message that is too long/,
    lies: () => (asked) =>
      asked.type === 'summary' ? [{ id: asked.id, type: 'hold' }, zeros(8 * MEBIBYTE)] : undefined,
  },
  {
    what: 'more providers of a facet than one answer may have',
    why: /Not a message of/,
    lies: () => (asked) => {
      const providers = Array.from({ length: 5000 }, (_, place): [string, string[]] => [
        `${place}`,
        [],
      ])
      return asked.type === 'providers' ? [{ ...same(asked), providers }] : undefined
    },
    ask: async ({ ask }) => ask.providers('shop'),
  },
]

async function flood(channel: Parameters<Lies>[1], message: Uint8Array): Promise<void> {
  try {
    for (;;) await channel.write(message)
  } catch {
    // It was cut off.
  }
}
