import assert from 'node:assert/strict'
import { parseKey } from '@bzzz/ucxl-address'
import type { Added, DecisionStorage, Edge, NewDecision } from './storage.ts'
import type { SearchRequest } from './storage-queries.ts'

/** Makes an empty storage. Each is closed at the end of its case, by the case or by the suite. */
export type StorageSetup = () => Promise<DecisionStorage>

/** Makes the body of a case into what a runner calls. */
export type On = (body: (storage: DecisionStorage) => Promise<void>) => () => Promise<void>

/** Cases by their names. */
export type Cases = Record<string, () => Promise<void>>

export const START = Date.UTC(2025, 7, 1)
export const DAY = 86_400_000

/** The key of a decision of the cases. */
export function key(name: string): string {
  return `claude:architect@shop:checkout/${name}`
}

/** What a case says of a version; the rest follows from its name and number. */
export interface Said extends Partial<Omit<NewDecision, 'facets' | 'text'>> {
  readonly type?: string
  readonly status?: string
  readonly title?: string
  readonly body?: string
}

/** A version as the service would hand it over; nothing in it is signed. */
export function row(name: string, version = 1, said: Said = {}): NewDecision {
  const { type = 'policy', status = 'accepted', title = name, body = '', ...rest } = said
  const own = rest.key ?? key(name)
  const { agent, role, project, task } = parseKey(own)
  return {
    key: own,
    version,
    time: START + version * DAY,
    at: START + version * DAY,
    decisionId: `id-${name}`,
    contentId: `content-${name}-${version}`,
    recordId: `record-${name}-${version}`,
    previous: version === 1 ? null : `record-${name}-${version - 1}`,
    writer: 'did:key:claude',
    node: JSON.stringify({ title, version }),
    record: JSON.stringify({ version }),
    facets: { agent, role, project, task, type, status },
    unjustified: false,
    edges: [],
    text: { title, summary: '', body },
    ...rest,
  }
}

export function cites(name: string, said: Partial<Edge> = {}): Edge {
  return { kind: 'cites', type: 'justified_by', place: 0, key: key(name), ...said }
}

export function supersedes(name: string): Edge {
  return { kind: 'supersedes', type: 'supersedes', place: 0, key: key(name) }
}

/** A search for single words, with what is usual. */
export function looking(words: string, said: Partial<SearchRequest> = {}): SearchRequest {
  const terms = words
    .split(' ')
    .filter((word) => word !== '')
    .map((word) => ({
      words: [word.replaceAll(/[-*]/g, '')],
      prefix: word.endsWith('*'),
      not: word.startsWith('-'),
    }))
  return { terms, filters: {}, limit: 10, cap: 1000, facets: false, ...said }
}

export function outcomes(added: readonly Added[]): string[] {
  return added.map(({ outcome }) => outcome)
}

/** `name version` of each. */
export function names(rows: readonly { key: string; version: number }[]): string[] {
  return rows.map(({ key: one, version }) => `${one.split('/')[1]} ${version}`)
}

/** Sets a storage up for a case, and closes it whatever happens. */
export function subjectsOf(setup: StorageSetup): On {
  return (body) => async () => {
    const storage = await setup()
    try {
      await body(storage)
    } finally {
      await storage.close()
    }
  }
}

export async function rejects(promise: Promise<unknown>, code: string): Promise<void> {
  await assert.rejects(promise, (error: unknown) => {
    assert.equal((error as { code?: unknown } | undefined)?.code, code, String(error))
    return true
  })
}
