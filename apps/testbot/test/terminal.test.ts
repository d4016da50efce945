import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import { builtOf, startOnPty, whyNoPty, type PtyInit, type Terminal } from '../../../test/pty.ts'

// The built program, as a person sees it: on a terminal of 80 columns and 24 rows.

const program = builtOf('testbot')
const why = await whyNoPty(program)
if (why !== undefined) console.warn(`Skipped: a run on a pseudo-terminal, since ${why}`)

const SCENARIO = `name: shown
about: A run that goes on until it is ended
kind: chaos
roles: [{ role: user, bots: 5, behaviors: { look: 1 } }]
phases:
  - { name: calm, seconds: 600, load: { model: constant-rate, rate: 20 }, faults: { latencyMs: 5 } }
thresholds: [{ metric: errorRate, atMost: 0.5 }, { metric: count, atLeast: 100000 }]
`
// oxlint-disable-next-line no-control-regex
const COLOUR = /\u001b\[(?:\d+;)*(?:3[0-9]|4[0-8]|9[0-7]|10[0-7])[;m]/

async function start(args: readonly string[], init: Partial<PtyInit> = {}) {
  const folder = mkdtempSync(join(tmpdir(), 'testbot-pty-'))
  const path = join(folder, 'shown.yaml')
  writeFileSync(path, SCENARIO)
  const all = args.map((each) => each.replace('FOLDER', folder).replace('SCENARIO', path))
  const terminal = await startOnPty({ program, ...init, args: all })
  onTestFinished(async () => {
    terminal.kill()
    await terminal.exited
    rmSync(folder, { recursive: true, force: true })
  })
  return { folder, terminal }
}

/** What is left in the terminal when the program has ended, and what was sent was drawn. */
async function leftBy(terminal: Terminal, wanted: RegExp): Promise<string> {
  await terminal.until(wanted)
  return terminal.scrollback()
}

describe.skipIf(why !== undefined)('a run on a terminal', () => {
  test('is drawn in place; Ctrl-C ends it, restores the terminal and leaves the reports', async () => {
    const { terminal, folder } = await start([
      'run',
      'SCENARIO',
      '--real-time',
      '--out',
      'FOLDER/out',
    ])
    const panel = await terminal.until(/look +\d+ +[\d.]+\/s +[\d.]+ ms +0\n/)
    expect(terminal.isFullScreen).toBe(true)
    expect(panel).toMatch(/^shown {2}seed 1 +\d+ s of 10:00\n/)
    expect(panel).toMatch(/calm \(1 of 1\) ░+ (10:00|9:5\d) left/)
    expect(panel).toContain('latencyMs 5')
    expect(panel).toMatch(/✗ count at least 100000: \d+\n {2}✓ errorRate at most 0.5: 0/)
    expect(terminal.raw).toMatch(COLOUR)
    terminal.press('ctrl-c')
    expect(await terminal.exited).toBe(1)
    const left = await leftBy(terminal, /FAILED/)
    expect(terminal.isFullScreen).toBe(false)
    expect(left).toContain('✗ it ran to its end: it was interrupted')
    expect(left).not.toContain('rate now')
    // The cursor is shown again.
    expect(terminal.raw.lastIndexOf('\u001b[?25h')).toBeGreaterThan(
      terminal.raw.lastIndexOf('\u001b[?25l'),
    )
    const report = JSON.parse(readFileSync(join(folder, 'out/report.json'), 'utf8')) as object
    expect(report).toMatchObject({ scenario: 'shown', passed: false })
    expect(existsSync(join(folder, 'out/report.html'))).toBe(true)
  })

  test('fits a smaller and a larger terminal as soon as it has that size', async () => {
    const { terminal } = await start(['run', 'SCENARIO', '--real-time'])
    await terminal.until(/behaviour +count +rate +p95 +errors/)
    terminal.resize(44, 12)
    await terminal.until(
      /^shown {2}seed 1 +\d+ s of 10:00\n[^]*Ctrl-C ends the run, which is then judged a…\s*$/,
    )
    terminal.resize(120, 40)
    const wide = await terminal.until(
      /^shown {2}seed 1 {60,}\d+ s of 10:00\n[^]*and reported\.\s*$/,
    )
    expect(wide.match(/rate now/g)).toHaveLength(1)
    terminal.press('ctrl-c')
    expect(await terminal.exited).toBe(1)
  })

  test('loses nothing without colours', async () => {
    const { terminal } = await start(['run', 'SCENARIO', '--real-time'], { env: { NO_COLOR: '1' } })
    await terminal.until(/✗ count at least 100000/)
    expect(terminal.raw).not.toMatch(COLOUR)
    terminal.press('ctrl-c')
    expect(await terminal.exited).toBe(1)
  })

  test('is shown in simulated time too', async () => {
    const { terminal } = await start(['run', 'soak'])
    await terminal.until(/soak {2}seed 1 +simulated [\d:]+ of 1:00:00/)
    terminal.press('ctrl-c')
    await terminal.exited
    await leftBy(terminal, /it was interrupted/)
    expect(terminal.isFullScreen).toBe(false)
  })

  test.each([
    ['--plain', ['--plain'], {}],
    ['CI', [], { CI: 'true' }],
  ])('is lines with %s', async (_what, args, env) => {
    const { terminal } = await start(['run', 'SCENARIO', '--real-time', ...args], { env })
    await terminal.until(/^ +1 s {2}calm {2}\d+\/s[^]*\n +2 s {2}calm/)
    expect(terminal.isFullScreen).toBe(false)
    terminal.press('ctrl-c')
    expect(await terminal.exited).toBe(1)
    expect(terminal.raw).not.toContain('\u001b[?1049h')
  })
})
