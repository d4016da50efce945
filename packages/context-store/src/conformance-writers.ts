import assert from 'node:assert/strict'
import { identityFromSeed } from '@bzzz/identity'
import {
  ADDRESS,
  KEY,
  START,
  all,
  at,
  bytes,
  rejects,
  type Cases,
  type On,
} from './conformance-subject.ts'
import { createMemoryStore } from './memory.ts'
import type { Signing } from './writers.ts'

const OLD = identityFromSeed(new Uint8Array(32).fill(1))
const NEW = identityFromSeed(new Uint8Array(32).fill(2))
const HANDOVER = START + 60_000

/** Rules by which a name went over from one key to another. */
const writers = {
  refusal({ writer, key, at: moment, operation }: Signing): string | undefined {
    if (!key.startsWith('claude:')) return "the name is nobody's"
    if (operation === 'delete' && moment < HANDOVER) return 'nothing is deleted before the handover'
    const holder = moment < HANDOVER ? OLD.did : NEW.did
    return writer === holder ? undefined : "the name was another key's then"
  },
}

/** Cases of rules that say who may sign what. */
export function writersCases(on: On): Cases {
  return {
    'a timeline goes on under another key where the rules say so': on(
      async ({ store, other, clock }) => {
        await store.put({ address: ADDRESS, content: bytes('old') })
        await rejects(store.put({ address: ADDRESS, content: null }), 'ERR_STORE_WRITER')
        const records = (await all(store.history(KEY))).map(({ record }) => record)
        await other.append(records)
        await rejects(other.put({ address: ADDRESS, content: bytes('new') }), 'ERR_STORE_WRITER')
        clock.now = HANDOVER
        await rejects(store.put({ address: ADDRESS, content: bytes('old') }), 'ERR_STORE_WRITER')
        const { record } = await other.put({ address: ADDRESS, content: bytes('new') })
        assert.equal(await store.append([record]), 1)
        assert.deepEqual(
          (await all(store.history(KEY))).map((one) => one.record.writer),
          [OLD.did, NEW.did],
        )
        assert.deepEqual((await store.check()).problems, [])
        const redaction = await other.redact(at('*~2'), 'by the new key')
        assert.equal(await store.applyRedaction(redaction), true)
      },
      { writers },
    ),
    'a record whose writer the rules refuse is not kept, whatever it builds on': on(
      async ({ store, clock }) => {
        await store.put({ address: ADDRESS, content: bytes('one') })
        clock.now = HANDOVER
        const thief = createMemoryStore({ writer: OLD, now: () => clock.now })
        await thief.append((await all(store.history(KEY))).map(({ record }) => record))
        const { record } = await thief.put({ address: ADDRESS, content: bytes('stolen') })
        await rejects(store.append([record]), 'ERR_STORE_WRITER')
        const foreign = await thief.put({ address: 'ucxl://bob:r@p:t/x', content: bytes('x') })
        await rejects(store.append([foreign.record]), 'ERR_STORE_WRITER')
        assert.equal((await store.stats()).versions, 1)
      },
      { writers },
    ),
  }
}
