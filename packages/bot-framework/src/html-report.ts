import type { Figures, Summary } from './summary.ts'
import { ratesOver } from './rates.ts'
import { barPlot, escapeHtml, linePlot, short } from './svg-plot.ts'

/** Something that had to hold. */
export interface Verdict {
  readonly name: string
  readonly ok: boolean
  /** What was found. */
  readonly detail: string
}

export interface ReportInput {
  readonly title: string
  readonly summary: Summary
  /** What decided whether it passed; left out where nothing did. */
  readonly verdicts?: readonly Verdict[]
  /** What a reader should know of it: the seed, the target. */
  readonly facts?: Readonly<Record<string, string>>
}

const STYLE = `
:root{color-scheme:light dark;--ink:#1b1f24;--soft:#667;--page:#fff;--rule:#d8dce2;--good:#116b3a;--bad:#b3261e;
--line-1:#2563a8;--line-2:#b86e00;--line-3:#8a3b9c;--line-4:#b3261e}
@media(prefers-color-scheme:dark){:root{--ink:#e6e8eb;--soft:#9aa3ad;--page:#15181c;--rule:#343a42;--good:#5dc98a;--bad:#ff8a80;
--line-1:#6aa9ee;--line-2:#f0a73c;--line-3:#cf8be0;--line-4:#ff8a80}}
body{font:15px/1.5 system-ui,sans-serif;color:var(--ink);background:var(--page);max-width:820px;margin:2rem auto;padding:0 1rem}
h1{font-size:1.5rem}h2{font-size:1.1rem;margin-top:2rem}table{border-collapse:collapse;width:100%;font-variant-numeric:tabular-nums}
td,th{padding:.25rem .5rem;border-bottom:1px solid var(--rule);text-align:right}td:first-child,th:first-child{text-align:left}
dl{display:grid;grid-template-columns:max-content 1fr;gap:.2rem 1rem}dt,.none{color:var(--soft)}dd{margin:0;overflow-wrap:anywhere}
.pass{color:var(--good)}.fail{color:var(--bad)}.scroll{overflow-x:auto}
svg{width:100%;height:auto}svg text{font-size:11px;fill:var(--soft)}.grid{stroke:var(--rule)}.line{fill:none;stroke-width:1.5}.bar{fill:var(--line-1)}
.legend{margin:0}.key{margin-right:1rem}.key i{display:inline-block;width:.8em;height:.8em;margin-right:.35em}`

/** A report as one HTML file: it loads nothing, runs nothing, and is readable on a phone and in the dark. */
export function htmlReport(input: ReportInput): string {
  const { title, summary, verdicts = [], facts = {} } = input
  const { total, intervals } = summary
  const over = (of: (interval: Summary['intervals'][number]) => number) =>
    intervals.map((interval) => [interval.at, of(interval)] as const)
  const until = intervals.at(-1)?.at ?? 0
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>${escapeHtml(title)}</title><style>${STYLE}</style></head><body>
<h1>${escapeHtml(title)}</h1>
${verdictList(verdicts)}
<dl>${pairs({ ...facts, Time: `${short(summary.seconds)} s`, Operations: short(total.count), Failed: `${short(total.failed)} (${short(total.errorRate * 100)} %)`, 'Not started': short(total.dropped), Rate: `${short(total.perSecond)} per second` })}</dl>
<h2>Latency over time</h2>
${linePlot(
  [
    { name: 'median', points: over(({ latency }) => latency.p50) },
    { name: '95 %', points: over(({ latency }) => latency.p95) },
    { name: '99 %', points: over(({ latency }) => latency.p99) },
    { name: 'highest', points: over(({ latency }) => latency.max) },
  ],
  { unit: 'ms', until },
)}
<h2>Operations per second</h2>
${linePlot([{ name: 'ended', points: ratesOver(summary, ({ count }) => count) }], { unit: '/s', until })}
<h2>Failures per second</h2>
${linePlot([{ name: 'failed', points: ratesOver(summary, ({ failed }) => failed) }], { unit: '/s', until })}
<h2>How latencies are spread</h2>
${barPlot(summary.distribution.map(({ from, to, count }) => ({ label: `${short(from)}–${short(to)} ms`, mark: `${short(to)} ms`, value: count })))}
<h2>Behaviours</h2>
${behaviorTable(summary)}
<h2>Failures by kind</h2>
${errorTable(summary.behaviors)}
<p class="none">Latency is measured from the moment at which an operation was meant to start.</p>
</body></html>
`
}

function verdictList(verdicts: readonly Verdict[]): string {
  if (verdicts.length === 0) return ''
  const passed = verdicts.every(({ ok }) => ok)
  const rows = verdicts.map(
    ({ name, ok, detail }) =>
      `<li class="${ok ? 'pass' : 'fail'}">${ok ? '✓' : '✗'} ${escapeHtml(name)}: ${escapeHtml(detail)}</li>`,
  )
  return `<p class="${passed ? 'pass' : 'fail'}"><strong>${passed ? 'Passed' : 'Failed'}</strong></p><ul>${rows.join('')}</ul>`
}

function pairs(facts: Readonly<Record<string, string>>): string {
  return Object.entries(facts)
    .map(([name, value]) => `<dt>${escapeHtml(name)}</dt><dd>${escapeHtml(value)}</dd>`)
    .join('')
}

function behaviorTable({ behaviors, total }: Summary): string {
  const heads = ['', 'done', 'failed', '/s', 'p50 ms', 'p95', 'p99', 'p99.9', 'max', 'service p99']
  const rows = Object.entries(behaviors).map(([name, figures]) => row(name, figures))
  return `<div class="scroll"><table><tr>${heads.map((head) => `<th>${head}</th>`).join('')}</tr>${rows.join('')}${row('all', total)}</table></div>`
}

function row(name: string, figures: Figures): string {
  const { count, failed, perSecond, latency, service } = figures
  const { p50, p95, p99, p999, max } = latency
  const cells = [count, failed, perSecond, p50, p95, p99, p999, max, service.p99]
  return `<tr><td>${escapeHtml(name)}</td>${cells.map((value) => `<td>${short(value)}</td>`).join('')}</tr>`
}

function errorTable(behaviors: Summary['behaviors']): string {
  const rows = Object.entries(behaviors).flatMap(([behavior, { errors }]) =>
    Object.entries(errors).map(
      ([kind, count]) =>
        `<tr><td>${escapeHtml(behavior)}</td><td>${escapeHtml(kind)}</td><td>${short(count)}</td></tr>`,
    ),
  )
  return rows.length === 0
    ? '<p class="none">None.</p>'
    : `<table><tr><th>behaviour</th><th>kind</th><th>times</th></tr>${rows.join('')}</table>`
}
