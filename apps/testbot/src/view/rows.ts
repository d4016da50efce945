import type { Latency } from '@bzzz/bot-framework/metrics'
import { column, cutLine, plainOf, span, widthOf, type Line } from '@bzzz/runtime/terminal'
import { bar, count, percent, rate, span as seconds, sparkline, time } from './figures.ts'
import { nowOf, ratesOf, type Snapshot } from './snapshot.ts'
import { behaviorRows, errorRows, thresholdRows } from './tables.ts'

/** How large a panel may be, in columns and rows. */
export interface Room {
  readonly width: number
  readonly height: number
}

const LABEL = 10

/** The rows of a panel: never more than there are, and none wider. What matters least gives way first. */
export function rowsOf(snapshot: Snapshot, { width, height }: Room): Line[] {
  const head = [
    titleOf(snapshot, width),
    phaseOf(snapshot, width),
    rateOf(snapshot, width),
    doneOf(snapshot),
    ...latencyOf(snapshot, width),
    labelled(
      'bots',
      wordsOf(snapshot.bots, (value) => count(Number(value))),
    ),
    labelled('faults', wordsOf(snapshot.faults, valueOf)),
  ]
  const foot = footOf(snapshot)
  const tables = [thresholdRows(snapshot), behaviorRows(snapshot, width), errorRows(snapshot)]
  const room = height - head.length - 1
  const spaced = tables.map((rows) => (rows.length === 0 ? [] : [[], ...rows]))
  const shares = shareOut(
    spaced.map((rows) => rows.length),
    Math.max(0, room),
  )
  const body = spaced.flatMap((rows, place) => shortened(rows, shares[place]!))
  const all = [...head, ...body].slice(0, Math.max(0, height - 1))
  return [...all, foot].slice(0, height).map((line) => cutLine(line, width))
}

function titleOf({ scenario, seed, isRealTime, atSeconds, phases }: Snapshot, width: number): Line {
  const whole = phases.reduce((sum, phase) => sum + phase.seconds, 0)
  const name = span(scenario, 'title')
  const right = `${isRealTime ? '' : 'simulated '}${seconds(atSeconds)} of ${seconds(whole)}`
  const left = `  seed ${column(String(seed), Math.min(20, String(seed).length))}`
  const gap = width - widthOf(plainOf([name])) - widthOf(left) - right.length
  return [name, span(left, 'dim'), span(' '.repeat(Math.max(2, gap))), span(right)]
}

function phaseOf({ phases, phase, phaseSeconds, endedBy }: Snapshot, width: number): Line {
  if (endedBy !== undefined) return labelled('ending', [span(endedBy, 'warn')])
  const current = phases[phase]
  if (!current) return labelled('phase', [span(phase < 0 ? 'bots get ready' : 'it is judged')])
  const share = phaseSeconds / current.seconds
  const name = `${column(current.name, Math.min(18, widthOf(current.name)))} (${phase + 1} of ${phases.length}) `
  const says = ` ${seconds(current.seconds - phaseSeconds)} left`
  const room = width - LABEL - widthOf(name) - says.length
  const drawn = room < 5 ? '' : bar(share, Math.min(30, room))
  return labelled('phase', [span(name), span(drawn, 'good'), span(says)])
}

function rateOf(snapshot: Snapshot, width: number): Line {
  const now = column(rate(nowOf(snapshot).perSecond), 10)
  const room = Math.min(60, width - LABEL - now.length)
  const line = sparkline(ratesOf(snapshot, Math.max(0, room)))
  return labelled('rate now', [span(now, 'title'), span(line, 'good')])
}

function doneOf({ summary }: Snapshot): Line {
  const { count: done, failed, errorRate, dropped, perSecond } = summary.total
  return labelled('done', [
    span(`${count(done)} (${rate(perSecond)})`),
    span('  failed ', 'dim'),
    span(`${count(failed)} (${percent(errorRate)})`, failed > 0 ? 'bad' : 'plain'),
    span('  not started ', 'dim'),
    span(count(dropped), dropped > 0 ? 'warn' : 'plain'),
  ])
}

function latencyOf(snapshot: Snapshot, width: number): Line[] {
  const names =
    width < 56 ? (['p50', 'p95', 'p99'] as const) : (['p50', 'p95', 'p99', 'max'] as const)
  const cells = (latency: Latency | undefined): string =>
    names.map((name) => column(latency ? time(latency[name]) : '-', 10, 'right')).join('')
  const { total } = snapshot.summary
  return [
    labelled('latency', [span(names.map((name) => column(name, 10, 'right')).join(''), 'dim')]),
    labelled('  now', [span(cells(nowOf(snapshot).latency))]),
    labelled('  in all', [span(cells(total.count > 0 ? total.latency : undefined))]),
  ]
}

function footOf({ endedBy }: Snapshot): Line {
  const says =
    endedBy === undefined
      ? 'Ctrl-C ends the run, which is then judged and reported.'
      : 'It is judged and reported; Ctrl-C once more gives that up.'
  return [span(says, 'dim')]
}

function labelled(label: string, spans: Line): Line {
  return [span(column(label, LABEL), 'dim'), ...spans]
}

function wordsOf(values: Readonly<Record<string, unknown>>, say: (value: unknown) => string): Line {
  const words = Object.entries(values).map(([name, value]) => `${name} ${say(value)}`)
  return words.length === 0 ? [span('none', 'dim')] : [span(words.join(', '))]
}

function valueOf(value: unknown): string {
  return Array.isArray(value) ? value.join('-') : String(value)
}

/** What is asked for as far as there is enough; those who ask for least get it first. */
export function shareOut(wants: readonly number[], room: number): number[] {
  const got = wants.map(() => 0)
  for (let left = room; left > 0;) {
    const open = got.map((_, place) => place).filter((place) => got[place]! < wants[place]!)
    if (open.length === 0) break
    for (const place of open.slice(0, left)) got[place] = got[place]! + 1
    left -= Math.min(left, open.length)
  }
  return got
}

/** A table in so many rows; the last of them says how many are missing. */
function shortened(rows: readonly Line[], most: number): readonly Line[] {
  if (rows.length <= most) return rows
  // An empty row, a heading and nothing below it would say nothing.
  if (most < 3) return []
  return [...rows.slice(0, most - 1), [span(`  … and ${rows.length - most + 1} more`, 'dim')]]
}
