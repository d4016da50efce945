import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { buffer } from 'node:stream/consumers'
import { createMemoryStorage, startSlurp } from '@bzzz/slurp'
import { createUcxi } from '@bzzz/ucxi'
import { describe, expect, onTestFinished, test } from 'vitest'
import { readScenario } from '../src/read-scenario.ts'
import type { Outcome } from '../src/run.ts'
import { start } from '../src/start.ts'
import { call } from './call.ts'
import { newStore, scenarioText, serve } from './play-on.ts'

interface Answer {
  readonly status: number
  readonly body: string
}
/** What a graph answers instead of what it would. */
type Change = (answer: Answer, path: string) => Answer

const asItIs: Change = (answer) => answer

/** A graph whose answers are changed on their way. */
async function serveGraph(change: Change, token?: string): Promise<string> {
  const sound = await startSlurp({
    storage: createMemoryStorage(),
    ...(token !== undefined && {
      authorize: (asked) => (asked.token === token ? 'allowed' : 'unknown'),
    }),
  })
  const pass = async ({ method, url = '/', headers }: IncomingMessage, sent: Buffer) => {
    const { 'content-type': type, authorization } = headers
    const answer = await fetch(`${sound.url}${url}`, {
      method: method!,
      headers: { ...(type && { 'content-type': type }), ...(authorization && { authorization }) },
      ...(sent.length > 0 && { body: new Uint8Array(sent) }),
    })
    return change({ status: answer.status, body: await answer.text() }, url)
  }
  const server = createServer((incoming, outgoing) => {
    void buffer(incoming)
      .then(async (sent) => pass(incoming, sent))
      .then(({ status, body }) => outgoing.writeHead(status).end(body))
  })
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening))
  onTestFinished(async () => {
    server.closeAllConnections()
    await new Promise((closed) => server.close(closed))
    await sound.close()
  })
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

/** Has a citer do one thing, some times. */
async function cite(behavior: string, graph: string, graphToken?: string): Promise<Outcome> {
  const node = await serve(createUcxi({ store: newStore() }))
  const target = `{ kind: node, url: "${node}", graph: "${graph}" }`
  const read = readScenario(
    scenarioText(`citer, bots: 1, behaviors: { "${behavior}": 1 }`, target).replace(
      'perBot: 20',
      'perBot: 6',
    ),
  )
  if (!read.ok) throw new Error(JSON.stringify(read.flaws))
  const { signal } = new AbortController()
  return start({ scenario: read.scenario, signal, ...(graphToken !== undefined && { graphToken }) })
}

/** Changes what is said of chains. */
const walks = (change: (chain: Chain) => object): Change => {
  return (answer, path) =>
    path.includes('/why') && answer.status === 200
      ? { ...answer, body: JSON.stringify(change(JSON.parse(answer.body) as Chain)) }
      : answer
}
interface Chain {
  readonly nodes: readonly object[]
  readonly links: readonly { readonly verdict: object }[]
  readonly cycles: readonly (readonly string[])[]
}

/** Takes what it should refuse. */
const refuses =
  (fits: (path: string) => boolean): Change =>
  (answer, path) =>
    fits(path) && answer.status >= 400 ? { ...answer, status: 200 } : answer

const BEHAVIORS = ['ring', 'deep', 'wide', 'too-wide', 'too-deep', 'false-pin']

describe('a graph that runs elsewhere', () => {
  test.each(BEHAVIORS)('is sound where it stands %s', async (behavior) => {
    const { summary, verdicts } = await cite(behavior, await serveGraph(asItIs))
    expect(summary.total.errors).toEqual({})
    const refused = /^a citation past all bounds was tried$/
    // What only builds is not refused.
    expect(verdicts.filter(({ name, ok }) => !ok && !refused.test(name))).toEqual([])
  })

  test('that asks for a token is played on with one, and not without', async () => {
    const graph = await serveGraph(asItIs, 'secret')
    expect((await cite('ring', graph, 'secret')).summary.total.errors).toEqual({})
    expect((await cite('ring', graph)).summary.total.errors).toEqual({ 'http-401': 6 })
  })

  test.each<[string, string, Change]>([
    ['sees no loop', 'ring', walks((chain) => ({ ...chain, cycles: [] }))],
    [
      'sees a part of a loop',
      'ring',
      walks((chain) => ({ ...chain, cycles: [chain.cycles[0]!.slice(1)] })),
    ],
    ['loses who is in it', 'ring', walks((chain) => ({ ...chain, nodes: chain.nodes.slice(1) }))],
    ['says that it was cut', 'ring', walks((chain) => ({ ...chain, cuts: [{ reason: 'depth' }] }))],
    [
      'believes a pin',
      'ring',
      walks((chain) => ({
        ...chain,
        links: chain.links.map((link) => ({ ...link, verdict: { status: 'verified' } })),
      })),
    ],
    ['does not say that it was cut', 'deep', walks((chain) => ({ ...chain, cuts: [] }))],
    [
      'goes on past its bound',
      'deep',
      walks((chain) => ({ ...chain, nodes: [...chain.nodes, {}] })),
    ],
    ['does not say what it left out', 'wide', walks((chain) => ({ ...chain, cuts: [] }))],
    [
      'follows more than it may',
      'wide',
      walks((chain) => ({ ...chain, nodes: [...chain.nodes, {}] })),
    ],
    [
      'loses what it was given',
      'deep',
      (answer, path) => (path === '/decisions' ? { ...answer, body: '{"state":"held"}' } : answer),
    ],
  ])('is found out where it %s', async (_how, behavior, change) => {
    const { summary, passed } = await cite(behavior, await serveGraph(change))
    expect(summary.total.errors['wrong-answer']).toBeGreaterThan(0)
    expect(passed).toBe(false)
  })

  test.each<[string, Change]>([
    ['too-wide', refuses((path) => path === '/decisions')],
    ['too-deep', refuses((path) => path.includes('/why?'))],
    ['false-pin', refuses((path) => path.includes('loops'))],
  ])('is found out where it lets through what is %s', async (behavior, change) => {
    const { verdicts } = await cite(behavior, await serveGraph(change))
    expect(verdicts).toContainEqual({
      name: 'a citation past all bounds was refused',
      ok: false,
      detail: '6 got through',
    })
  })

  test.each<[string, string, string, Change]>([
    [
      'believed pins',
      'ring',
      'no pin that is false is believed',
      walks((chain) => ({ ...chain, links: [] })),
    ],
    ['shows a lie', 'false-pin', 'no pin that is false is believed', refuses(() => true)],
    [
      'walked on',
      'deep',
      'walks end within their bounds, and say where they were cut',
      walks((chain) => ({ ...chain, cuts: [] })),
    ],
  ])('is found out afterwards where it %s', async (_how, behavior, name, change) => {
    const { verdicts } = await cite(behavior, await serveGraph(change))
    expect(verdicts).toContainEqual({ name, ok: false, detail: expect.stringMatching(/^[1-9]/) })
  })
})

describe('a graph that nobody named', () => {
  test('is missed before anything starts, by a scenario and by a command', async () => {
    const read = readScenario(
      scenarioText('citer, bots: 1', '{ kind: node, url: "http://127.0.0.1:1" }'),
    )
    expect(read).toEqual({
      ok: false,
      flaws: [{ line: 6, column: 13, message: expect.stringContaining('target.graph') }],
    })
    expect(await call('run', 'citation-loops', '--target', 'http://127.0.0.1:1')).toMatchObject({
      warned: expect.stringContaining('--graph'),
      status: 2,
    })
  })

  test('can be named for a scenario that comes with the runner', async () => {
    const node = await serve(createUcxi({ store: newStore() }))
    const graph = await serveGraph(asItIs)
    const args = ['run', 'citation-loops', '--target', node, '--graph', graph]
    expect(await call(...args)).toMatchObject({
      text: expect.stringContaining('✓ the graph still serves'),
      status: 0,
    })
    expect(await call('run', 'citation-loops', '--graph', 'nowhere')).toMatchObject({ status: 2 })
  })
})
