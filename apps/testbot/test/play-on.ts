import { createMemoryStore, type ContextStore } from '@bzzz/context-store'
import { generateIdentity } from '@bzzz/identity'
import { startUcxiServer, type Authorize, type Ucxi } from '@bzzz/ucxi'
import { afterEach } from 'vitest'
import { readScenario } from '../src/read-scenario.ts'
import type { Outcome } from '../src/run.ts'
import { start } from '../src/start.ts'

const { signal } = new AbortController()
const ends: (() => Promise<void>)[] = []
afterEach(async () => {
  for (const end of ends.splice(0).toReversed()) await end()
})

export const newStore = (): ContextStore => createMemoryStore({ writer: generateIdentity() })

/** A node as it is, with the bounds that come with it. */
export async function serve(ucxi: Ucxi, token?: string): Promise<string> {
  const authorize: Authorize = (asked) =>
    asked.token === token ? { principal: 'bot', may: () => true } : null
  const server = await startUcxiServer({ ucxi, ...(token !== undefined && { authorize }) })
  ends.push(async () => server.close())
  return server.url
}

/** A scenario of one phase, whose roles begin on line 6. */
export function scenarioText(role: string, target: string, rest = ''): string {
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

/** Has a role played on a node, each bot so many times. */
export async function runOn(
  url: string,
  role: string,
  { perBot = 20, token = '' } = {},
): Promise<Outcome> {
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
