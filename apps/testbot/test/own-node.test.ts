import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, onTestFinished, test, vi } from 'vitest'
import { appArguments } from '../../../test/app.ts'
import { findScenario } from '../src/library.ts'
import type { Scenario } from '../src/scenario.ts'
import { start } from '../src/start.ts'

/** A scenario that comes with the runner, on a node that keeps what is written in this way. */
function onStore(name: string, store: 'sqlite' | 'memory'): Scenario {
  const found = findScenario(name)
  if (!found.ok || found.scenario.target.kind !== 'node') throw new Error(`No node in ${name}`)
  return { ...found.scenario, target: { ...found.scenario.target, store } }
}

/** An empty folder for what is temporary, here and in processes that are started. */
function temporary(): string {
  const folder = mkdtempSync(join(tmpdir(), 'own-node-'))
  vi.stubEnv('TMPDIR', folder)
  onTestFinished(() => {
    vi.unstubAllEnvs()
    rmSync(folder, { recursive: true })
  })
  return folder
}

/** The databases in it. */
const filesIn = (folder: string): string[] =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.db'))

describe('the node that a run starts', () => {
  test('keeps what is written in a file, where nothing else is said', () => {
    const found = findScenario('authors-at-work')
    expect(found.ok && found.scenario.target).toMatchObject({ kind: 'node', store: 'sqlite' })
  })

  test.each(['sqlite', 'memory'] as const)(
    'in %s serves authors, and leaves nothing behind',
    async (store) => {
      const folder = temporary()
      const scenario = onStore('authors-at-work', store)
      let files: readonly string[] = []
      const { passed, verdicts } = await start({
        scenario,
        signal: new AbortController().signal,
        onBegin: () => (files = filesIn(folder)),
      })
      expect(verdicts.filter(({ ok }) => !ok)).toEqual([])
      expect(passed).toBe(true)
      expect(files.some((name) => name.endsWith('node.db'))).toBe(store === 'sqlite')
      expect(readdirSync(folder)).toEqual([])
    },
  )

  test.each(['sqlite', 'memory'] as const)(
    'in %s has a graph of decisions beside it where a role needs one',
    async (store) => {
      const folder = temporary()
      const { phases, ...rest } = onStore('citation-loops', store)
      let files: readonly string[] = []
      const { verdicts } = await start({
        scenario: { ...rest, phases: phases.map((phase) => ({ ...phase, seconds: 0.5 })) },
        signal: new AbortController().signal,
        onBegin: () => (files = filesIn(folder)),
      })
      expect(verdicts).toContainEqual({ name: 'the graph still serves', ok: true, detail: '200' })
      expect(files.some((name) => name.endsWith('graph.db'))).toBe(store === 'sqlite')
      expect(readdirSync(folder)).toEqual([])
    },
  )

  test('leaves nothing behind where the run is ended before its time', async () => {
    const folder = temporary()
    const ending = new AbortController()
    const { passed } = await start({
      scenario: onStore('authors-at-work', 'sqlite'),
      signal: ending.signal,
      onBegin: () => ending.abort(),
    })
    expect(passed).toBe(false)
    expect(readdirSync(folder)).toEqual([])
  })

  test('leaves nothing behind where the run is given up', { timeout: 30_000 }, async () => {
    const folder = temporary()
    const args = [...appArguments('testbot'), 'run', 'authors-at-work', '--plain']
    const child = spawn(process.execPath, args, { stdio: 'ignore' })
    onTestFinished(() => void child.kill('SIGKILL'))
    const exited = once(child, 'exit')
    await expect.poll(() => filesIn(folder), { timeout: 20_000 }).not.toEqual([])
    child.kill('SIGINT')
    child.kill('SIGTERM')
    expect(await exited).toEqual([130, null])
    expect(existsSync(folder) && readdirSync(folder)).toEqual([])
  })
})
