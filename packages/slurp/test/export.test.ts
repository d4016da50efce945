import { verifyExport } from '@bzzz/decision-schema/chains'
import { verifyProofs } from '@bzzz/identity/proofs'
import { beforeEach, expect, test } from 'vitest'
import { row } from '../src/conformance-subject.ts'
import { createMemoryStorage } from '../src/memory.ts'
import { clock, createAuthor, DAY, sent, START } from './author.ts'
import { problemIn, serve, withChain } from './serve.ts'

beforeEach(() => {
  clock.now = START
})

test('an export is verified without the service', async () => {
  const { fetch } = await withChain()
  const text = await (await fetch('/export?versions=all')).text()
  async function* lines(): AsyncGenerator<string> {
    yield* text.trimEnd().split('\n')
  }
  const report = await verifyExport(lines(), { verify: verifyProofs })
  expect(report).toMatchObject({ status: 'verified', counts: { decisions: 3, problems: 0 } })
  for (const format of ['json', 'prov', 'dot', 'mermaid', 'graphml']) {
    const answer = await fetch(`/export?format=${format}&type=plan`)
    expect([answer.status, (await answer.text()).includes('Pay by card')]).toEqual([200, true])
  }
  const wrong = await fetch('/export?format=dot&versions=all')
  expect(await problemIn(wrong)).toEqual([400, 'ERR_SLURP_REQUEST'])
})

/** The versions in an export, by the names of their decisions. */
async function exported(response: Response): Promise<string[]> {
  const lines = (await response.text()).trimEnd().split('\n')
  return lines.map((line) => {
    const { address: of, version } = JSON.parse(line) as { address: string; version: number }
    return `${/(\w+)\.json$/.exec(of)?.[1]} ${version}`
  })
}

test('an export has all versions of each timeline once, also where two claim one id', async () => {
  const { fetch, slurp } = await serve()
  const author = createAuthor()
  const first = await author.publish('a', { title: 'one' })
  const { decision_id } = first.node
  clock.now += DAY
  const all = [
    first,
    await author.publish('a', { decision_id, title: 'two' }),
    await author.publish('b', { decision_id, title: 'one' }),
  ]
  clock.now += DAY
  all.push(await author.publish('b', { decision_id, title: 'two' }))
  for (const one of all) await slurp.ingest(sent(one))
  const at = new Date(START).toISOString()
  expect(await exported(await fetch('/export'))).toEqual(['a 2', 'b 2'])
  expect(await exported(await fetch('/export?versions=all'))).toEqual(['a 2', 'a 1', 'b 2', 'b 1'])
  expect(await exported(await fetch(`/export?versions=all&at=${at}`))).toEqual(['a 1'])
})

test('an export is bounded: how much of it in formats that are no lines, and how many at once', async () => {
  const storage = createMemoryStorage()
  const { record, node } = await createAuthor().publish('a')
  const [text, signed] = [JSON.stringify(node), JSON.stringify(record)]
  // As if so many had come; that they are alike nobody looks at here.
  const many = Array.from({ length: 10_001 }, (_, n) =>
    row(`n${n}`, 1, { node: text, record: signed }),
  )
  await storage.add(many)
  const { fetch } = await serve({ storage, limits: { heavy: 1 } })
  for (const format of ['json', 'prov', 'dot', 'mermaid', 'graphml']) {
    const answer = await fetch(`/export?format=${format}`)
    expect(await problemIn(answer)).toEqual([413, 'ERR_SLURP_TOO_LARGE'])
  }
  const lines = (await (await fetch('/export?format=ndjson')).text()).trimEnd().split('\n')
  expect(lines).toHaveLength(10_001)

  // Nobody reads this one: it is under way until its client goes.
  const slow = await fetch('/export')
  expect(await problemIn(await fetch('/export'))).toEqual([429, 'ERR_SLURP_TOO_MANY'])
  expect((await fetch('/counts')).status).toBe(200)
  await slow.body?.cancel()
  await expect.poll(async () => (await fetch('/export?project=none')).status).toBe(200)
})
