import {
  placeOf,
  type ContextStore,
  type HeadsSummary,
  type StoredVersion,
} from '@bzzz/context-store'
import type { RecordRules } from '@bzzz/dht'
import { vi } from 'vitest'
import { Fetcher } from '../../src/follow/fetcher.ts'
import { Follower } from '../../src/follow/follower.ts'
import { Reconciler } from '../../src/reconcile/reconciler.ts'
import { tampered } from '../participants.ts'
import type { Life } from './life.ts'
import { signatures } from './signatures.ts'

/** A mistake that a simulation has to find. */
export interface Bug {
  /** Puts it into a life, before that begins. */
  readonly plant: (life: Life) => void
  /** What is said of it. */
  readonly shows: RegExp
}

export const BUGS: Readonly<Record<string, Bug>> = {
  'a comparison leaves out a range': {
    plant: ({ members }) => {
      for (const member of members)
        member.serving = (store) =>
          tampered(store, { summary: async (options) => blind(await store.summary(options)) })
    },
    shows: /has not the versions/,
  },

  'a copy is acknowledged before it is kept': {
    plant: () => {
      vi.spyOn(Follower.prototype, 'hold').mockResolvedValue()
    },
    shows: /nobody has .* acknowledged/,
  },

  'a forged record is believed': {
    plant: (life) => {
      liar(life)
      signatures.areBelieved = true
    },
    shows: /was not signed by/,
  },

  'an older manifest takes the place of a newer one': {
    plant: ({ network }) => {
      network.rulesOf = (rules) => ({ ...rules, ucxl: { ...rules['ucxl']!, select: selectOldest } })
    },
    shows: /gives an old manifest/,
  },

  'what is announced counts as fetched when it was not': {
    plant: () => {
      const collection: Fetcher['collection'] = Reflect.get(Fetcher.prototype, 'collection')
      const careless = async function (
        this: Fetcher,
        ...args: Parameters<Fetcher['collection']>
      ): Promise<void> {
        return collection.apply(this, args).catch(() => {})
      }
      vi.spyOn(Fetcher.prototype, 'collection').mockImplementation(careless)
      // Else the next comparison makes up for it.
      vi.spyOn(Reconciler.prototype, 'reconcile').mockRejectedValue(new Error('Not now'))
    },
    shows: /has not the versions/,
  },
}

/** The last member gives others' records as it would have them: no bug where signatures are checked. */
export function liar({ members }: Life): void {
  const mallory = members.at(-1)!
  mallory.serving = (store) => tampered(store, { history: forging(store, mallory.identity.did) })
}

/** Takes all mistakes back. */
export function repair(): void {
  vi.restoreAllMocks()
  signatures.areBelieved = false
}

function forging(store: ContextStore, self: string): ContextStore['history'] {
  return async function* (key, options) {
    for await (const { id, record } of store.history(key, options)) {
      const forged = { id, record: { ...record, tags: ['forged'] } } satisfies StoredVersion
      yield record.writer === self ? { id, record } : forged
    }
  }
}

/** A summary without half of what there is. */
function blind(summary: HeadsSummary): HeadsSummary {
  const items: HeadsSummary['items'] = (prefix, limit) =>
    summary
      .items(prefix)
      .filter(({ key }) => placeOf(key) >= '8')
      .slice(0, limit)
  return {
    get count() {
      return items('').length
    },
    items,
    range: (prefix) => {
      const fingerprint = new Uint8Array(16)
      for (const { digest } of items(prefix))
        for (const [place, byte] of digest.entries()) fingerprint[place]! ^= byte
      return { count: items(prefix).length, fingerprint }
    },
  }
}

const selectOldest: RecordRules['select'] = (_, values) => {
  const sequences = values.map((value) => {
    const { sequence } = JSON.parse(new TextDecoder().decode(value)) as { sequence: number }
    return sequence
  })
  return sequences.indexOf(Math.min(...sequences))
}
