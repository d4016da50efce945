import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { describe, expect, onTestFinished, test } from 'vitest'
import { findScenario } from '../src/library.ts'
import { writeReports } from '../src/outputs.ts'
import { start } from '../src/start.ts'
import { openPage, whyNoBrowser } from './browser.ts'

const why = whyNoBrowser()
if (why !== undefined) console.warn(`Skipped: the report in a browser, since ${why}`)

const { signal } = new AbortController()

// Texts that stand on each other cannot be read.
const OVERLAPS = `[...document.querySelectorAll('svg')].flatMap((svg) => {
  const texts = [...svg.querySelectorAll('text')].map((text) => [text.textContent, text.getBoundingClientRect()])
  return texts.flatMap(([one, a], place) => texts.slice(place + 1)
    .filter(([, b]) => a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom)
    .map(([other]) => one + ' on ' + other))
})`
const PLOTS = `[...document.querySelectorAll('svg')].map((svg) => {
  const box = svg.getBoundingClientRect()
  const inside = [...svg.querySelectorAll('polyline, rect')].every((mark) => {
    const own = mark.getBoundingClientRect()
    return own.left >= box.left - 1 && own.right <= box.right + 1 && own.top >= box.top - 1 && own.bottom <= box.bottom + 1
  })
  return { isSeen: box.width > 200 && box.height > 50, inside, lines: svg.querySelectorAll('polyline').length, bars: svg.querySelectorAll('rect').length }
})`

async function reportOf(name: string): Promise<string> {
  const found = findScenario(name)
  if (!found.ok) throw new Error(name)
  const folder = mkdtempSync(join(tmpdir(), 'testbot-report-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  writeReports(folder, await start({ scenario: found.scenario, signal }))
  return pathToFileURL(join(folder, 'report.html')).href
}

describe.skipIf(why !== undefined)('a report in a browser', () => {
  test.each([
    ['on a desk', 1_200],
    ['on a phone', 390],
  ])('%s loads nothing, and its plots can be read', { timeout: 60_000 }, async (_where, width) => {
    const page = await openPage()
    onTestFinished(async () => page.close())
    const url = await reportOf('flaky-network')
    await page.open(url, width)
    expect(page.asked).toEqual([url])
    expect(page.complaints).toEqual([])
    const plots = await page.evaluate(PLOTS)
    expect(plots).toEqual([
      { isSeen: true, inside: true, lines: 4, bars: 0 },
      { isSeen: true, inside: true, lines: 1, bars: 0 },
      { isSeen: true, inside: true, lines: 1, bars: 0 },
      { isSeen: true, inside: true, lines: 0, bars: expect.any(Number) },
    ])
    expect((plots as { bars: number }[])[3]!.bars).toBeGreaterThan(3)
    expect(await page.evaluate(OVERLAPS)).toEqual([])
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(width)
  })
})
