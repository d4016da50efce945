import { createMemoryStore, type ContextStore } from '@bzzz/context-store'
import { generateIdentity } from '@bzzz/identity'
import { createUcxi, startUcxiServer, type Authorize, type Ucxi } from '@bzzz/ucxi'
import { afterEach, describe, expect, test } from 'vitest'
import { makeProgram } from '../src/program.ts'
import { readScenario } from '../src/read-scenario.ts'
import { start } from '../src/start.ts'

const { signal } = new AbortController()
const ends: (() => Promise<void>)[] = []
afterEach(async () => {
  for (const end of ends.splice(0).toReversed()) await end()
})

const newStore = (): ContextStore => createMemoryStore({ writer: generateIdentity() })

/** A node as it is, with the bounds that come with it. */
async function serve(ucxi: Ucxi, token?: string): Promise<string> {
  const authorize: Authorize = (asked) =>
    asked.token === token ? { principal: 'bot', may: () => true } : null
  const server = await startUcxiServer({ ucxi, ...(token !== undefined && { authorize }) })
  ends.push(async () => server.close())
  return server.url
}

/** The operations of a node, some of which are done in another way. */
const changed = (of: () => Ucxi, other: Partial<Ucxi> = {}): Ucxi =>
  new Proxy({} as Ucxi, {
    get: (_, name) => {
      const value: unknown = Reflect.get(other, name) ?? Reflect.get(of(), name)
      return typeof value === 'function' ? (value.bind(of()) as unknown) : value
    },
  })

function scenarioText(role: string, target: string, rest = ''): string {
  return `name: test
about: A test
kind: legitimate
target: ${target}
roles:
  - { role: ${role} }
thinkMs: [1, 2]
phases:
  - { name: only, seconds: 20, load: { model: iterations, perBot: 20 }${rest} }
`
}

async function runOn(url: string, role: string, { perBot = 20, token = '' } = {}) {
  const read = readScenario(scenarioText(role, `{ kind: node, url: "${url}", patienceMs: 500 }`))
  if (!read.ok) throw new Error(JSON.stringify(read.flaws))
  const { scenario } = read
  const phases = scenario.phases.map((phase) => ({
    ...phase,
    load: { model: 'iterations' as const, perBot },
  }))
  return start({
    scenario: { ...scenario, phases, thresholds: [{ metric: 'errorRate', atMost: 0 }] },
    signal,
    ...(token !== '' && { token }),
  })
}

describe('a scenario that does not fit its target', () => {
  test.each([
    ['a role of the networks on a node', scenarioText('user, bots: 1', '{ kind: node }'), 6, 13],
    ['a role of nodes on a devnet', scenarioText('author, bots: 1', '{ kind: devnet }'), 6, 13],
    [
      'faults',
      scenarioText('author, bots: 1', '{ kind: node }', ', faults: { isHalted: true }'),
      9,
      81,
    ],
    [
      'limits',
      `${scenarioText('author, bots: 1', '{ kind: node }')}limits: { perSecond: 1, burst: 1 }\n`,
      10,
      9,
    ],
    ['a URL of nothing', scenarioText('author, bots: 1', '{ kind: node, url: shop }'), 4, 28],
    ['a kind that is none', scenarioText('author, bots: 1', '{ kind: moon }'), 4, 17],
  ])('by %s is refused with line and column', (_what, text, line, column) => {
    const read = readScenario(text)
    expect(read.ok ? [] : read.flaws).toEqual([{ line, column, message: expect.any(String) }])
  })
})

describe('a node that runs elsewhere', () => {
  async function call(...args: string[]) {
    let [text, status] = ['', 0]
    const screen = { isTerminal: false, write: (more: string) => void (text += more) }
    const world = { screen, signal, fail: (code: number) => (status = code) }
    await makeProgram(world).parseAsync(args, { from: 'user' })
    return { text, status }
  }

  test('is played on, and left as it runs', async () => {
    const store = newStore()
    const url = await serve(createUcxi({ store }))
    const { text, status } = await call('run', 'authors-at-work', '--target', url)
    expect([status, text]).toEqual([0, expect.stringContaining('PASSED')])
    expect((await store.stats()).versions).toBeGreaterThan(50)
    expect((await fetch(`${url}/ucxi/health`)).status).toBe(200)
  })

  test.each(['author, bots: 1', 'browser, bots: 1', 'mangler, bots: 2', 'time-traveller, bots: 1'])(
    'that asks for a token is played on with one, and not without: %s',
    async (role) => {
      const url = await serve(createUcxi({ store: newStore() }), 'secret')
      const { passed, summary } = await runOn(url, role, { token: 'secret' })
      expect([passed, summary.total.errors]).toEqual([true, {}])
      expect((await runOn(url, role)).passed).toBe(false)
    },
  )

  test.each([
    ['daily-users', 'http://127.0.0.1:1'],
    ['browsing', 'shop'],
  ])('is no target for %s at %s', async (name, url) => {
    expect(await call('run', name, '--target', url)).toEqual({
      text: expect.stringContaining(`${name} cannot be run on ${url}`),
      status: 2,
    })
  })
})

describe('a node that is wrong is found out', () => {
  test('where it forgets what it has acknowledged', async () => {
    let [current, writes] = [createUcxi({ store: newStore() }), 0]
    const forgetful = changed(() => current, {
      put: async (...args) => {
        if (++writes === 15) current = createUcxi({ store: newStore() })
        return current.put(...args)
      },
    })
    const { verdicts, passed } = await runOn(
      await serve(forgetful),
      'author, bots: 1, behaviors: { put: 1, change: 4 }',
    )
    expect(passed).toBe(false)
    const { detail } = verdicts.find(({ name }) => name === 'no acknowledged write is lost')!
    expect(detail).toMatch(/^[1-9]\d* of 20$/)
  })

  test('where versions are missing', async () => {
    const sound = createUcxi({ store: newStore() })
    const holes = changed(() => sound, {
      timeline: async (...args) => {
        const page = await sound.timeline(...args)
        return { ...page, versions: page.versions.toSpliced(0, 1) }
      },
    })
    const { verdicts } = await runOn(
      await serve(holes),
      'author, bots: 2, behaviors: { put: 1, change: 4 }',
    )
    const wrong = verdicts.filter(({ ok }) => !ok).map(({ name }) => name)
    expect(wrong).toEqual(['no acknowledged write is lost', 'timelines have no gap'])
  })

  test.each(['author', 'browser', 'time-traveller'])(
    'by %s, where it keeps something else than was sent',
    async (role) => {
      const sound = createUcxi({ store: newStore() })
      const other = changed(() => sound, {
        put: async (address, input, options) =>
          sound.put(address, { ...input, content: new TextEncoder().encode('else') }, options),
      })
      const { passed, summary, verdicts } = await runOn(await serve(other), `${role}, bots: 2`)
      expect(passed).toBe(false)
      expect(verdicts.find(({ name }) => name === 'no answer was wrong')?.ok).toBe(false)
      expect(summary.total.errors['wrong-answer']).toBeGreaterThan(5)
    },
  )

  test('where it has patience with who is slow', async () => {
    const url = await serve(createUcxi({ store: newStore() }))
    const { passed, verdicts } = await runOn(
      url,
      'slow-reader, bots: 4, behaviors: { headers: 1, body: 1 }',
      { perBot: 2 },
    )
    expect(passed).toBe(false)
    const { detail } = verdicts.find(({ name }) => name === 'a slow client was refused')!
    expect(detail).toMatch(/^[1-9]\d* got through$/)
  })
})
