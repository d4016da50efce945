import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { htmlReport, prometheusText } from '@bzzz/bot-framework/metrics'
import { z } from 'zod'
import type { Outcome } from './run.ts'

const REPORT = 'report.json'
/** The log of a run, in the folder of its reports. */
export const LOG = 'log.ndjson'

/** Writes what came of a run into a folder: JSON, Prometheus, JUnit and HTML. */
export function writeReports(folder: string, outcome: Outcome): void {
  mkdirSync(folder, { recursive: true })
  const { scenario, seed, summary, verdicts, trace } = outcome
  const facts = { Seed: String(seed), Trace: trace }
  const files = {
    [REPORT]: `${JSON.stringify(outcome, undefined, 2)}\n`,
    'metrics.prom': prometheusText(summary),
    'junit.xml': junit(outcome),
    'report.html': htmlReport({ title: scenario, summary, verdicts, facts }),
  }
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text)
}

const stored = z.object({
  scenario: z.string(),
  seed: z.union([z.string(), z.number()]),
  passed: z.boolean(),
  verdicts: z.array(z.object({ name: z.string(), ok: z.boolean(), detail: z.string() })),
  trace: z.string(),
})

export type StoredOutcome = z.infer<typeof stored>

/** Reads how a run ended from the folder of its reports. @throws where there is none, or it is something else. */
export function readOutcome(folder: string): StoredOutcome {
  return stored.parse(JSON.parse(readFileSync(join(folder, REPORT), 'utf8')))
}

/** Verdicts as test cases, for what shows them beside tests. */
function junit({ scenario, verdicts, summary }: Outcome): string {
  const cases = verdicts.map(({ name, ok, detail }) => {
    const inside = ok ? '' : `<failure message="${escaped(detail)}"/>`
    return `  <testcase classname="${escaped(scenario)}" name="${escaped(name)}">${inside}</testcase>`
  })
  const failures = verdicts.filter(({ ok }) => !ok).length
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuite name="${escaped(scenario)}" tests="${verdicts.length}" failures="${failures}" time="${summary.seconds}">`,
    ...cases,
    '</testsuite>',
    '',
  ].join('\n')
}

function escaped(text: string): string {
  return (
    text
      // XML 1.0 has no place for other control characters, not even escaped.
      .replaceAll(/[^\t\n\r\u0020-\uD7FF\uE000-\uFFFD]/g, '?')
      .replaceAll(/[&<>"']/g, (character) => `&#${character.codePointAt(0)};`)
  )
}
