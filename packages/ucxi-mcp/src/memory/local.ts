import { verifyRecord, type VersionRecord } from '@bzzz/context-store'
import type { Chain, ChainOptions } from '@bzzz/decision-schema/chains'
import type { Identity } from '@bzzz/identity'
import type { CallOptions } from '@bzzz/temporal-nav'
import type { Conditions, PutInput, QueryOptions, Ucxi, VersionView } from '@bzzz/ucxi'
import { entryOf, foundOf, viewOf } from '@bzzz/ucxi/operations'
import { createScan } from './scan.ts'
import type { Memory, MemoryWrite, Signature } from './memory.ts'
import { momentOf } from './moment.ts'

/** What a memory in this process is made of. */
export interface LocalInit {
  readonly ucxi: Ucxi
  readonly identity: Identity | undefined
  /** What rests on a context; by looking through all decisions if left out. */
  readonly impact?: (start: string, options: ChainOptions) => Promise<Chain>
  readonly close?: () => Promise<void>
}

const PAGE = 100

/** The operations of this process in their JSON form. */
export function localMemory({ ucxi, identity, impact, close }: LocalInit): Memory {
  // The record of what was shown: the JSON form leaves its signature out.
  const records = new WeakMap<VersionView, VersionRecord>()
  const seen = <View extends VersionView>(view: View, record: VersionRecord): View => {
    records.set(view, record)
    return view
  }
  const memory: Memory = {
    identity,
    complete: true,
    async entry(address, options) {
      const version = await ucxi.get(address, options)
      return seen(entryOf(version, version.content), version.record)
    },
    async resolve(address, options) {
      const version = await ucxi.resolve(address, options)
      return seen(viewOf(version), version.record)
    },
    async put(address, content, write) {
      return viewOf(await ucxi.put(address, inputOf(content, write), callOf(write)))
    },
    async post(folder, content, write) {
      return viewOf(await ucxi.post(folder, inputOf(content, write), callOf(write)))
    },
    async *timeline(address, { from = 1, limit = PAGE, signal } = {}) {
      for (let next = from, more = true; more;) {
        const page = await ucxi.timeline(address, { from: next, limit, ...callOf({ signal }) })
        for (const version of page.versions) yield seen(viewOf(version), version.record)
        next += page.versions.length
        ;({ more } = page)
      }
    },
    async *query({ signal, limit = PAGE, ...input }) {
      const options: QueryOptions = { ...queryOf(input), limit, ...callOf({ signal }) }
      for (let { after } = input, more = true; more;) {
        const page = await ucxi.query({ ...options, ...(after !== undefined && { after }) })
        for (const version of page.versions) yield seen(foundOf(version), version.record)
        ;({ after } = page)
        more = after !== undefined
      }
    },
    announce: async (address, options) => ucxi.announce(address, options),
    async *changes({ signal }) {
      for await (const lot of await ucxi.subscribe({ signal }))
        for (const change of lot) yield seen(viewOf(change), change.record)
    },
    signatureOf: (version) => checked(records.get(version)),
    impact: impact ?? (async (start, options) => createScan(memory).impact(start, options)),
    // The index behind `impact` knows what the other party may not: it is left behind.
    restrictedTo: (access) => localMemory({ ucxi: ucxi.restrictedTo(access), identity }),
    close: async () => close?.(),
  }
  return Object.freeze(memory)
}

function checked(record: VersionRecord | undefined): Signature {
  if (!record) return 'failed'
  try {
    verifyRecord(record)
    return 'held'
  } catch {
    return 'failed'
  }
}

function inputOf(content: Uint8Array, write: MemoryWrite): PutInput {
  const { contentType, tags } = write
  return {
    content,
    ...(contentType !== undefined && { contentType }),
    ...(tags && { tags }),
    ...conditionsOf(write),
  }
}

function conditionsOf({ ifMatch, ifNoneMatch }: MemoryWrite): Conditions {
  return {
    ...(ifMatch !== undefined && { ifMatch: tagsIn(ifMatch) }),
    ...(ifNoneMatch !== undefined && { ifNone: tagsIn(ifNoneMatch) }),
  }
}

function tagsIn(text: string): true | readonly string[] {
  return text === '*' ? true : text.split(',').map((tag) => tag.trim().replaceAll('"', ''))
}

function queryOf(
  input: Omit<Parameters<Memory['query']>[0], 'signal' | 'limit'>,
): Omit<QueryOptions, 'limit' | 'after'> {
  const { pattern, text, tags, at, valid_at: validAt, since, before, alive } = input
  return {
    ...(pattern !== undefined && { pattern }),
    ...(text !== undefined && { text }),
    ...(tags && { tags }),
    ...(at !== undefined && { at: momentOf(at) }),
    ...(validAt !== undefined && { validAt: momentOf(validAt) }),
    ...(since !== undefined && { since: momentOf(since) }),
    ...(before !== undefined && { before: momentOf(before) }),
    ...(alive !== undefined && { alive }),
  }
}

function callOf({ signal }: { readonly signal?: AbortSignal | undefined }): CallOptions {
  return signal ? { signal } : {}
}
