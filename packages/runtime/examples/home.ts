import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { openHome } from '@bzzz/runtime'

const folder = mkdtempSync(`${tmpdir()}/home-`)
const home = await openHome(folder)
const address = 'ucxl://ada:author@shop:checkout/plan.md'
const { record } = await home.store.put({
  address,
  content: Buffer.from('Never store card numbers.'),
})
assert.equal(record.writer, home.identity.did)
const graph = await home.graph() // takes in the decisions that came since the last time
assert.equal((await graph.search({ text: 'cards' })).items.length, 0)
await home.close()
rmSync(folder, { recursive: true })
