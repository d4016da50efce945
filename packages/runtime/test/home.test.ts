import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DECISION_MEDIA_TYPE, createDecision, decisionBytes } from '@bzzz/decision-schema'
import { signDecision } from '@bzzz/decision-schema/signing'
import { expect, onTestFinished, test } from 'vitest'
import { openHome, type Home } from '../src/index.ts'

function folder(): string {
  const path = mkdtempSync(join(tmpdir(), 'runtime-test-'))
  onTestFinished(() => rmSync(path, { recursive: true, force: true }))
  return path
}

async function decide(home: Home, name: string): Promise<void> {
  const ucxl_address = `ucxl://ada:author@shop:checkout/*^/${name}.json`
  const clock = { now: Date.now }
  const made = createDecision(
    { ucxl_address, agent_id: 'ada', decision_type: 'policy', title: name },
    clock,
  )
  const content = decisionBytes(signDecision(made, home.identity, clock))
  await home.store.put({ address: ucxl_address, content, contentType: DECISION_MEDIA_TYPE })
}

const titles = async (home: Home): Promise<string[]> => {
  const { items } = await (await home.graph()).search({})
  return items
    .map(({ decision }) => (JSON.parse(decision.node) as { title: string }).title)
    .toSorted()
}

test('keeps key and contexts, and has a graph of the decisions among them', async () => {
  const path = join(folder(), 'new', 'home')
  const first = await openHome(path)
  await first.store.put({
    address: 'ucxl://ada:author@shop:checkout/plan.md',
    content: Buffer.from('x'),
  })
  await decide(first, 'one')
  expect(await titles(first)).toEqual(['one'])
  await decide(first, 'two')
  expect(await titles(first)).toEqual(['one', 'two'])
  await first.close()
  await first.close()
  const second = await openHome(path)
  onTestFinished(async () => second.close())
  expect(second.identity.did).toBe(first.identity.did)
  expect(statSync(path).mode & 0o077).toBe(0)
  expect(await titles(second)).toEqual(['one', 'two'])
})

test('looks only at what is new, and at all of it again where it lost its place', async () => {
  const path = folder()
  const home = await openHome(path)
  onTestFinished(async () => home.close())
  for (const name of ['a', 'b', 'c']) await decide(home, name)
  const seen: [number, number][] = []
  const onProgress = (done: number, all: number): void => void seen.push([done, all])
  await home.graph({ onProgress })
  await home.graph({ onProgress })
  const once = [
    [1, 3],
    [2, 3],
    [3, 3],
  ]
  expect(seen).toEqual(once)
  const place = join(path, 'graph.json')
  expect(JSON.parse(readFileSync(place, 'utf8'))).toEqual({ after: 3 })
  writeFileSync(place, '{"after":')
  await home.graph({ onProgress })
  // All of it was known: nothing was taken twice.
  expect(seen).toEqual(once)
  expect(JSON.parse(readFileSync(place, 'utf8'))).toEqual({ after: 3 })
  expect(await titles(home)).toEqual(['a', 'b', 'c'])
})

test('a graph that was deleted is made anew', async () => {
  const path = folder()
  const first = await openHome(path)
  await decide(first, 'a')
  expect(await titles(first)).toEqual(['a'])
  await first.close()
  rmSync(join(path, 'graph.db'))
  const second = await openHome(path)
  onTestFinished(async () => second.close())
  expect(await titles(second)).toEqual(['a'])
})

test('two processes at once take in the same, and neither fails', async () => {
  const path = folder()
  const homes = [await openHome(path), await openHome(path)]
  onTestFinished(async () => void (await Promise.all(homes.map(async (home) => home.close()))))
  for (let at = 0; at < 20; at++) await decide(homes[at % 2]!, `d${at}`)
  const found = await Promise.all(homes.map(titles))
  expect(found.map(({ length }) => length)).toEqual([20, 20])
})

test('is ended in the middle, and goes on the next time', async () => {
  const home = await openHome(folder())
  onTestFinished(async () => home.close())
  for (const name of ['a', 'b', 'c']) await decide(home, name)
  const stop = new AbortController()
  const ended = home.graph({
    signal: stop.signal,
    onProgress: () => stop.abort(new Error('enough')),
  })
  await expect(ended).rejects.toThrow('enough')
  await expect(home.graph({ signal: stop.signal })).rejects.toThrow('enough')
  expect(await titles(home)).toEqual(['a', 'b', 'c'])
})

test('what says it is a decision and is none is left out', async () => {
  const home = await openHome(folder())
  onTestFinished(async () => home.close())
  const contentType = DECISION_MEDIA_TYPE
  await home.store.put({ address: 'ucxl://a:b@c:d/x.json', content: Buffer.from('{'), contentType })
  await home.store.put({
    address: 'ucxl://a:b@c:d/y.json',
    content: Buffer.from('{}'),
    contentType,
  })
  await decide(home, 'fine')
  expect(await titles(home)).toEqual(['fine'])
})
