import { DECISION_MEDIA_TYPE, safeParseDecision, type Decision } from '@bzzz/decision-schema'
import {
  whatWouldFall,
  type Chain,
  type ChainOptions,
  type ChainReader,
} from '@bzzz/decision-schema/chains'
import { keyOf, safeParse } from '@bzzz/ucxl-address'
import type { CallOptions } from '@bzzz/temporal-nav'
import { codeOf } from '../errors.ts'
import type { Memory } from './memory.ts'
import { createReader } from './reader.ts'

/** Contexts that are looked at, at most: an index knows more. */
const MAX_CONTEXTS = 20_000
const PAGE = 500

interface Citing {
  /** The address that always means the version that cites. */
  readonly address: string
  readonly cited: readonly { readonly key: string; readonly version: number | undefined }[]
}

/** What rests on what, where there is no index: the newest version of each decision is looked at. */
export interface Scan {
  impact(start: string, options: ChainOptions): Promise<Chain>
}

/** Remembers what it read, so that it reads only what is new the next time. */
export function createScan(memory: Pick<Memory, 'entry' | 'query' | 'resolve'>): Scan {
  const known = new Map<string, Citing | undefined>()

  async function look(options: CallOptions): Promise<readonly Citing[]> {
    const found: Citing[] = []
    const ids = new Set<string>()
    let left = MAX_CONTEXTS
    for await (const { id, address, content_type: type } of memory.query({
      alive: true,
      limit: PAGE,
      ...options,
    })) {
      if (left-- === 0) break
      if (type !== DECISION_MEDIA_TYPE) continue
      ids.add(id)
      if (!known.has(id)) known.set(id, citingOf(address, await bodyOf(address, options)))
      const citing = known.get(id)
      if (citing) found.push(citing)
    }
    for (const id of known.keys()) if (!ids.has(id)) known.delete(id)
    return found
  }

  async function bodyOf(address: string, options: CallOptions): Promise<string> {
    try {
      return (await memory.entry(address, options)).body
    } catch (error) {
      options.signal?.throwIfAborted()
      // What was erased, dropped or encrypted cites nothing that can be read here.
      if (/^ERR_(?:STORE|IDENTITY|MESH|DHT)_/.test(codeOf(error) ?? '')) return ''
      throw error
    }
  }

  return {
    async impact(start, options) {
      const { signal } = options
      const all = await look(signal ? { signal } : {})
      const reader: ChainReader = {
        ...createReader(memory, { missing: 'unavailable' }),
        citedBy: async (key, version) =>
          all
            .filter(({ cited }) =>
              cited.some(
                (one) =>
                  one.key === key &&
                  (version === undefined || one.version === undefined || one.version === version),
              ),
            )
            .map(({ address }) => address),
      }
      return whatWouldFall(start, reader, { ...options, contexts: true })
    },
  }
}

function citingOf(address: string, body: string): Citing | undefined {
  const result = safeParseDecision(body)
  return result.success ? { address, cited: citedIn(result.decision) } : undefined
}

function citedIn({ citations = [] }: Decision): Citing['cited'] {
  return citations.flatMap(({ ucxl_address: text, version }) => {
    const parsed = safeParse(text)
    return parsed.success ? [{ key: keyOf(parsed.address), version }] : []
  })
}
