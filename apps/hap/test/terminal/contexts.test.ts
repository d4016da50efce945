import { describe, expect, test } from 'vitest'
import { DAY, rig, START } from './rig.ts'

async function withPlans() {
  const all = await rig()
  await all.put('plan.md', 'one\nsame')
  all.clock.now += DAY
  await all.put('plan.md', 'two\nsame')
  all.clock.now += DAY
  await all.put('plan.md', 'three\nsame')
  await all.put('notes.md', 'a note')
  await all.press('2')
  await all.until('plan.md')
  return all
}

describe('contexts', () => {
  test('are listed, filtered as one types, and opened', async () => {
    const { press, screen } = await withPlans()
    expect(await screen()).toMatch(/> ada:author@shop:checkout\/notes\.md +v1 2025-08-10 12:00 you/)
    await press('/', '<plan>')
    expect(await screen()).toContain('1/1 of 2 with /plan')
    await press('enter', 'enter')
    const shown = await screen()
    expect(shown).toContain('ada:author@shop:checkout/plan.md')
    expect(shown).toContain('version 3 of 3')
    expect(shown).toContain('2025-08-10 12:00:00 UTC  by you')
    expect(shown).toContain('signature holds')
    expect(shown).toContain('three')
    await press('backspace', 'escape')
    expect(await screen()).toContain('2/2')
  })

  test('are walked through, version by version, and compared', async () => {
    const { press, screen } = await withPlans()
    await press('j', 'enter', 'h')
    expect(await screen()).toContain('version 2 of 3')
    expect(await screen()).toMatch(/^ {2}two$/m)
    await press('h', 'h')
    expect(await screen()).toContain('This is the first version.')
    await press('l', 'd')
    const diff = await screen()
    expect(diff).toContain('What version 2 changed')
    expect(diff).toMatch(/^ {2}-one\n {2}\+two\n {3}same$/m)
    await press('l')
    expect(await screen()).toMatch(/^ {2}-two\n {2}\+three$/m)
  })

  test('are shown as they stood at a moment that is said in words', async () => {
    const { press, screen, clock } = await withPlans()
    clock.now = START + 2.5 * DAY
    await press('t', '<2 days ago>', 'enter')
    expect(await screen()).toContain('AS OF 2025-08-09T00:00:00Z')
    expect(await screen()).toContain('1/1')
    await press('enter')
    expect(await screen()).toMatch(/^ {2}one$/m)
    await press('t', 'enter')
    expect(await screen()).toMatch(/^ {2}three$/m)
    await press('t', '<whenever>', 'enter')
    expect(await screen()).toContain('ERR_HAP_WHEN')
  })

  test('are restored when the person says yes, and that is taken back', async () => {
    const { press, screen, source } = await withPlans()
    const head = async () => source.store.head('ada:author@shop:checkout/plan.md')
    await press('j', 'enter', 'h', 'r', 'n')
    expect(await screen()).toContain('Nothing was done.')
    expect((await head())?.record.version).toBe(3)
    await press('r', 'y')
    expect(await screen()).toContain('Version 4 is written; u takes it back.')
    expect(await screen()).toMatch(/^ {2}two$/m)
    await press('u')
    expect(await screen()).toContain('Taken back: version 5 says what version 3 says.')
    expect(await screen()).toMatch(/^ {2}three$/m)
    await press('u')
    expect(await screen()).toContain('Nothing was done here that can be taken back.')
  })

  test('are deleted, which is a version that can be seen and taken back', async () => {
    const { press, screen, until } = await withPlans()
    await press('j', 'enter', 'x', 'y')
    expect(await screen()).toContain('This version deletes it.')
    await press('backspace')
    await until('1/1')
    await press('u')
    expect(await until('1/2')).toContain('Taken back: version 5 says what version 3 says.')
  })

  test('what others wrote since is not taken back with it', async () => {
    const { press, screen, put } = await withPlans()
    await press('j', 'enter', 'x', 'y')
    await put('plan.md', 'four')
    await press('u')
    expect(await screen()).toContain('ERR_HAP_UNDO')
  })

  test('that come while one looks are there, and what is chosen stays chosen', async () => {
    const { press, put, until } = await withPlans()
    await press('j')
    await put('a-first.md', 'new')
    const shown = await until('3/3')
    expect(shown).toMatch(/> ada:author@shop:checkout\/plan\.md/)
    await press('enter')
    await put('plan.md', 'four')
    await until('a newer one came: G')
    await press('G')
    await until(/^ {2}four$/m)
  })

  test('are found by a pattern, and a wrong one is said to be wrong', async () => {
    const { press, screen, put, until } = await withPlans()
    await put('deep/er.md', 'deep')
    await until('3')
    await press('p', 'ctrl-u', '<ada:any@shop:any/deep/**>', 'enter')
    expect(await screen()).toContain('1/1')
    await press('p', 'ctrl-u', '<not an address>', 'enter')
    expect(await screen()).toContain('ERR_ADDRESS_')
  })

  test('show what a terminal would obey as signs', async () => {
    const { press, screen, put, until } = await withPlans()
    await put('a-evil.md', 'x\u001b[2J\u001b]0;owned\u0007\n你好\u202e')
    await until('a-evil')
    await press('g', 'enter')
    const shown = await screen()
    expect(shown).toContain('x␛[2J␛]0;owned␇')
    expect(shown).toContain('你好‹202E›')
  })

  test('that are no text, or are not here, say so', async () => {
    const { press, screen, put, until } = await withPlans()
    await put('a.bin', '\u00ff\u0000', 'image/png')
    await until('a.bin')
    await press('g', 'enter', ':', '<ada:author@shop:checkout/none.md>', 'enter')
    expect(await screen()).toContain('ERR_TEMPORAL_NOT_FOUND')
  })
})

describe('jumping', () => {
  test('completes names from what is there', async () => {
    const { press, screen, until } = await withPlans()
    await press(':', '<a>')
    await until(' ada:')
    await press('tab', 'tab', 'tab', 'tab')
    await press('<p>', 'tab')
    expect(await screen()).toContain(':ada:author@shop:checkout/plan.md')
    await press('enter')
    expect(await screen()).toContain('version 3 of 3')
  })

  test('to a version, a moment, or all that matches', async () => {
    const { press, screen } = await withPlans()
    await press(':', '<ada:author@shop:checkout/*~2/plan.md>', 'enter')
    expect(await screen()).toContain('version 2 of 3')
    await press(':', '<ucxl://ada:author@shop:checkout/2025-08-08T20:00:00Z/plan.md>', 'enter')
    expect(await screen()).toContain('version 1 of 3')
    await press(':', '<ada:author@shop:checkout/~~1/plan.md>', 'enter')
    expect(await screen()).toContain('version 2 of 3')
    await press(':', '<any:any@shop:any/n*>', 'enter')
    expect(await screen()).toContain('1/1')
  })
})

test('ten thousand contexts are filtered and walked through without a wait', async () => {
  const { press, screen, source, portal, until } = await rig()
  for (let lot = 0; lot < 10; lot++) {
    const writes = Array.from({ length: 1000 }, (_, at) => ({
      address: `ucxl://ada:author@shop:checkout/${lot}-${at}.md`,
      content: Buffer.from('x'),
    }))
    await source.store.putAll(writes)
  }
  await press('2')
  await until('1/10000')
  await press('/')
  const start = performance.now()
  for (const key of '9-99') {
    portal.press(key)
    await screen()
  }
  portal.press('enter')
  for (let step = 0; step < 100; step++) portal.press('j')
  const shown = await screen()
  expect(shown).toMatch(/of 10000 with \/9-99/)
  expect(shown).toContain('> ')
  // About a hundred keys and pictures: generous, for machines that do other things besides.
  expect(performance.now() - start).toBeLessThan(5000)
})
