import { createMemoryStore, type ContextStore } from '@bzzz/context-store'
import { identityFromSeed } from '@bzzz/identity'
import { afterEach } from 'vitest'
import { createUcxi, startUcxiServer, type Ucxi, type UcxiInit } from '../src/index.ts'
import type { UcxiServerInit } from '../src/index.ts'

const START = Date.UTC(2025, 7, 1)
export const CID = /^"bafkrei[a-z2-7]{52}"$/
export const PLAN = '/ucxl/claude:architect@shop:checkout/plan.md'
export const PLAN_ADDRESS = 'ucxl://claude:architect@shop:checkout/plan.md'

/** A node for a test: with a store in memory, a clock that the test moves, and a port of its own. */
export interface Served {
  readonly clock: { now: number }
  readonly store: ContextStore
  readonly ucxi: Ucxi
  readonly url: string
  readonly fetch: (path: string, init?: RequestInit) => Promise<Response>
  readonly put: (path: string, body: string, headers?: Record<string, string>) => Promise<Response>
  /** `one`, `two`, `three` at PLAN, a minute apart. */
  readonly threeVersions: () => Promise<void>
}

const ends: (() => Promise<void>)[] = []
afterEach(async () => {
  for (const end of ends.splice(0).toReversed()) await end()
})

/** Runs after the test. */
export function atEnd(end: () => Promise<void>): void {
  ends.push(end)
}

export async function serve(
  server: Omit<UcxiServerInit, 'ucxi'> = {},
  ucxiInit: Omit<UcxiInit, 'store'> = {},
): Promise<Served> {
  const clock = { now: START }
  const writer = identityFromSeed(new Uint8Array(32).fill(1))
  const store = createMemoryStore({ writer, now: () => clock.now })
  const now = (): number => clock.now
  const ucxi = createUcxi({ store, now, ...ucxiInit })
  const started = await startUcxiServer({ ucxi, now, ...server })
  const { url } = started
  ends.push(async () => {
    await started.close()
    await store.close()
  })
  const request = async (path: string, init?: RequestInit): Promise<Response> =>
    fetch(`${url}${path}`, init)
  const put: Served['put'] = async (path, body, headers) =>
    request(path, { method: 'PUT', body, headers: { 'content-type': 'text/markdown', ...headers } })
  return {
    clock,
    store,
    ucxi,
    url,
    fetch: request,
    put,
    threeVersions: async () => {
      for (const word of ['one', 'two', 'three']) {
        await put(PLAN, word)
        clock.now += 60_000
      }
    },
  }
}

/** PLAN with a temporal segment. */
export function at(temporal: string, path = PLAN): string {
  const [, prefix = '', names = '', ...rest] = path.split('/')
  return ['', prefix, names, temporal, ...rest].join('/')
}

/** The status and the code of a problem, which is checked to be a well-formed one that tells nothing. */
export async function problemIn(response: Response): Promise<[number, string]> {
  if (response.headers.get('content-type') !== 'application/problem+json')
    throw new Error(`no problem: ${response.status} ${await response.text()}`)
  const text = await response.text()
  const body = JSON.parse(text) as { code: string; status: number; detail: string; title: string }
  if (body.status !== response.status) throw new Error(`another status: ${text}`)
  if (body.title === '' || body.detail === '') throw new Error(`it says nothing: ${text}`)
  if (/\/packages\/|node_modules|\n {4}at /.test(text)) throw new Error(`it says too much: ${text}`)
  return [body.status, body.code]
}
