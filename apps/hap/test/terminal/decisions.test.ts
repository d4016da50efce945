import { mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createDecision } from '@bzzz/decision-schema'
import { importDecisions } from '@bzzz/importers'
import type { Home } from '@bzzz/runtime'
import { createDecisionWriter } from '@bzzz/slurp-client'
import { describe, expect, onTestFinished, test } from 'vitest'
import { DAY, rig, START } from './rig.ts'

const HOUR = 3_600_000
const RECORDS = {
  '0001-sqlite.md': '# Use SQLite\n\n## Status\n\naccepted\n\n## Context\n\nWe need a store.\n',
  '0002-one-file.md': '# One file\n\n* Status: accepted\n\nDepends on [it](0001-sqlite.md).\n',
  '0003-backup.md': '# Copy it\n\n* Status: proposed\n\nBased on [it](0002-one-file.md).\n',
}

/** Three decisions, each of which rests on the one before. */
async function withDecisions() {
  const path = mkdtempSync(join(tmpdir(), 'bzzz-records-'))
  onTestFinished(() => rmSync(path, { recursive: true }))
  for (const [name, text] of Object.entries(RECORDS)) {
    writeFileSync(join(path, name), text)
    utimesSync(join(path, name), (START - HOUR) / 1000, (START - HOUR) / 1000)
  }
  const prepare = async ({ store, identity }: Home): Promise<unknown> =>
    importDecisions(
      { path },
      { store, identity, project: 'shop', format: 'madr', now: () => START },
    )
  const all = await rig({ prepare })
  await all.press('3')
  return all
}

describe('decisions', () => {
  test('are listed, filtered and searched', async () => {
    const { press, screen } = await withDecisions()
    const list = await screen()
    expect(list).toContain('1/3')
    expect(list).toMatch(/Use SQLite +accepted/)
    expect(list).toMatch(/Copy it +proposed/)
    await press('/', '<propo>', 'enter')
    expect(await screen()).toContain('1/1 of 3')
    await press('escape', 's', '<store>', 'enter')
    const found = await screen()
    expect(found).toContain('Decisions found by store')
    expect(found).toContain('Use SQLite')
    expect(found).not.toContain('Copy it')
  })

  test('are read as a person reads them, and as they are', async () => {
    const { press, screen } = await withDecisions()
    await press('/', '<copy>', 'enter', 'enter')
    const shown = await screen()
    expect(shown).toMatch(/^ {2}Copy it$/m)
    expect(shown).toContain('Rests on')
    expect(shown).toContain('0002-one-file.md')
    await press('v')
    expect(await screen()).toContain('"agent_id":"importer"')
  })

  test('why leads from link to link, and back', async () => {
    const { press, screen } = await withDecisions()
    await press('/', '<copy>', 'enter', 'w')
    const chain = await screen()
    expect(chain).toContain('2 links')
    expect(chain).toMatch(/0003-backup\.md: Copy it/)
    expect(chain).toMatch(/> +\S+ 0002-one-file\.md: One file \(accepted\) +\[verified\]$/m)
    await press('j')
    expect(await screen()).toMatch(
      /> +\S+ 0001-sqlite\.md: Use SQLite \(accepted\) +\[verified\]$/m,
    )
    await press('enter')
    expect(await screen()).toMatch(/^ {2}Use SQLite$/m)
    await press('i')
    const impact = await screen()
    expect(impact).toContain('What would fall with')
    expect(impact).toContain('0003-backup.md')
    await press('backspace', 'backspace')
    expect(await screen()).toContain('2 links')
  })

  test('what one cites is followed from the decision itself', async () => {
    const { press, screen } = await withDecisions()
    await press('/', '<one file>', 'enter', 'enter', 'enter')
    expect(await screen()).toMatch(/^ {2}Use SQLite$/m)
  })

  test('are shown as they stood', async () => {
    const { press, screen, clock } = await withDecisions()
    clock.now += DAY
    await press('t', `<${new Date(START - DAY).toISOString().slice(0, 10)}>`, 'enter')
    expect(await screen()).toContain('No decision is here.')
    await press('t', 'enter')
    expect(await screen()).toContain('1/3')
  })
})

test('a decision that is against another one is seen from both', async () => {
  const AT = 'ucxl://ada:lead@shop:checkout'
  const prepare = async ({ store, identity }: Home): Promise<void> => {
    const writer = createDecisionWriter({ store, identity, now: () => START })
    const said = { agent_id: 'ada', decision_type: 'policy' }
    const one = { ...said, ucxl_address: `${AT}/*^/decisions/card.json`, title: 'Pay by card' }
    const citations = [{ type: 'contradicts', ucxl_address: `${AT}/*^/decisions/card.json` }]
    const two = { ...said, ucxl_address: `${AT}/*^/decisions/cash.json`, title: 'Cash only' }
    await writer.publish(one)
    await writer.keep(createDecision({ ...two, citations }, { now: () => START }))
  }
  const { press, screen } = await rig({ prepare })
  await press('3', '/', '<cash>', 'enter', 'w')
  expect(await screen()).toMatch(/> It contradicts card: Pay by card.* +\[\w+.*\]$/m)
  await press('enter', 'i')
  expect(await screen()).toMatch(/> It is contradicted by cash: Cash only/)
})
