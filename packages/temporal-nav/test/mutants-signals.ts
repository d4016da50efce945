import type { CallOptions, MemoryIndex } from '../src/index.ts'
import { replace } from './mutant.ts'
import type { Lookup, Mutant } from './mutant.ts'

export const signalMutants: readonly Mutant[] = [
  ...(['first', 'latest', 'at', 'asOf', 'range', 'aliveBefore'] as const).map((method) => ({
    name: `ignores the signal in ${method}`,
    mutate: (index: MemoryIndex) =>
      replace(index, {
        first: (key, o) => index.first(key, method === 'first' ? {} : o),
        latest: (key, o) => index.latest(key, method === 'latest' ? {} : o),
        at: (key, version, o) => index.at(key, version, method === 'at' ? {} : o),
        asOf: (key, time, o) => index.asOf(key, time, method === 'asOf' ? {} : o),
        range: (key, range, o) => index.range(key, range, method === 'range' ? {} : o),
        aliveBefore: (key, version, o) =>
          index.aliveBefore(key, version, method === 'aliveBefore' ? {} : o),
      }),
    noticedBy: `${method} rejects with the reason of a signal that has fired`,
  })),
  {
    name: 'rejects with an error of its own when its signal has fired',
    mutate: (index) =>
      replace(index, {
        async at(key, version, options): Lookup {
          if (options?.signal?.aborted) throw new Error('aborted')
          return await index.at(key, version, options)
        },
      }),
    noticedBy: 'at rejects with the reason of a signal that has fired',
  },
  {
    name: 'throws synchronously when its signal has fired',
    mutate: (index) =>
      replace(index, {
        at(key, version, options): Lookup {
          options?.signal?.throwIfAborted()
          return index.at(key, version, options)
        },
      }),
    noticedBy: 'at rejects with the reason of a signal that has fired',
  },
  {
    name: 'looks at the signal of a listing at the beginning only',
    mutate: (index) =>
      replace(index, {
        async *range(key, range, options: CallOptions = {}) {
          options.signal?.throwIfAborted()
          yield* index.range(key, range)
        },
      }),
    noticedBy: 'a listing backwards stops where its signal fires',
  },
  {
    name: 'ends a listing quietly when its signal fires',
    mutate: (index) =>
      replace(index, {
        async *range(key, range, options: CallOptions = {}) {
          options.signal?.throwIfAborted()
          for await (const entry of index.range(key, range)) {
            yield entry
            if (options.signal?.aborted) return
          }
        },
      }),
    noticedBy: 'a listing forwards stops where its signal fires',
  },
  {
    name: 'ignores the signal of a snapshot',
    mutate: (index) =>
      replace(index, { currentAt: (selector, time) => index.currentAt(selector, time) }),
    noticedBy: 'a snapshot stops where its signal fires',
  },
]
