import { afterEach } from 'vitest'
import { createMemoryStorage } from '../src/memory.ts'
import { startSlurp, type RunningSlurp, type StartSlurpInit } from '../src/index.ts'
import { citing, clock, createAuthor, DAY, sent } from './author.ts'

const ends: (() => Promise<void>)[] = []
afterEach(async () => {
  for (const end of ends.splice(0).toReversed()) await end()
})

/** A service for a test, with a port of its own. */
export interface Served extends RunningSlurp {
  readonly fetch: (path: string, init?: RequestInit) => Promise<Response>
  readonly post: (
    path: string,
    body: unknown,
    headers?: Record<string, string>,
  ) => Promise<Response>
}

export async function serve(init: Partial<StartSlurpInit> = {}): Promise<Served> {
  const storage = init.storage ?? createMemoryStorage()
  const running = await startSlurp({ now: () => clock.now, ...init, storage })
  ends.push(async () => {
    await running.close()
    await storage.close()
  })
  const request: Served['fetch'] = async (path, more) => fetch(`${running.url}${path}`, more)
  return {
    ...running,
    fetch: request,
    post: async (path, body, headers = { 'content-type': 'application/json' }) =>
      request(path, {
        method: 'POST',
        headers,
        body: typeof body === 'string' ? body : JSON.stringify(body),
      }),
  }
}

/** The status and the code of a problem, which is checked to be well-formed and to tell no more. */
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

/** Three decisions, each resting on the one before. */
export async function withChain(init?: Parameters<typeof serve>[0]): Promise<Served> {
  const served = await serve(init)
  const author = createAuthor()
  const law = await author.publish('law', { options: [{ name: 'x' }], chosen: 'x' })
  const rule = await author.publish('rule', { citations: [citing(law)], title: 'The rule' })
  clock.now += DAY
  const pay = await author.publish('pay', {
    citations: [citing(rule)],
    title: 'Pay by card',
    decision_type: 'plan',
  })
  for (const one of [law, rule, pay]) await served.slurp.ingest(sent(one))
  return served
}
