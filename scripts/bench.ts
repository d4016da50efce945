// pnpm bench [package ...] [--json]
//
// Runs the benchmarks of the packages named (all of them if none is), prints a table for each, and
// writes each package's figures to bench-results/<package>.json.
import { globSync, mkdirSync, writeFileSync } from 'node:fs'
import { availableParallelism, cpus } from 'node:os'
import { resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { parseArgs } from 'node:util'
import type { Bench, Figure } from './bench-harness.ts'

const root = resolve(import.meta.dirname, '..')
const { values: flags, positionals: wanted } = parseArgs({
  allowPositionals: true,
  options: { json: { type: 'boolean', default: false } },
})
const machine = {
  node: process.version,
  platform: `${process.platform}-${process.arch}`,
  cpu: cpus()[0]?.model ?? 'unknown',
  cores: availableParallelism(),
}

const files = globSync('{packages,apps}/*/bench/*.bench.ts', { cwd: root })
  .toSorted()
  .filter((file) => wanted.length === 0 || wanted.includes(file.split(/[\\/]/)[1] ?? ''))
if (files.length === 0) {
  console.error(`No benchmark matches ${wanted.join(' ')}: name a folder under packages/ or apps/.`)
  process.exit(1)
}

const results = new Map<string, Figure[]>()
for (const file of files) {
  const loaded = (await import(pathToFileURL(resolve(root, file)).href)) as { default: Bench }
  const bench = loaded.default
  if (!flags.json) console.log(`\n${bench.package}`)
  const figures = await bench.run()
  if (!flags.json) printTable(figures)
  results.set(bench.package, [...(results.get(bench.package) ?? []), ...figures])
}

mkdirSync(resolve(root, 'bench-results'), { recursive: true })
for (const [name, figures] of results) {
  const text = JSON.stringify({ package: name, machine, figures }, undefined, 2)
  writeFileSync(resolve(root, 'bench-results', `${name}.json`), `${text}\n`)
}
if (flags.json) console.log(JSON.stringify({ machine, results: Object.fromEntries(results) }))

function printTable(figures: readonly Figure[]): void {
  const rows = figures.map((figure) => [
    figure.what,
    `${short(figure.value)} ${figure.unit}`,
    figure.reference ? `${figure.reference.what}: ${short(figure.reference.value)}` : '',
    figure.ratio === undefined ? '' : `${figure.ratio.toPrecision(3)} x`,
    figure.goal ?? '',
    figure.met === undefined ? '' : figure.met ? 'met' : 'MISSED',
  ])
  const head = ['what', 'figure', 'beside it', 'ratio', 'goal', '']
  const widths = head.map((title, column) =>
    Math.max(title.length, ...rows.map((row) => row[column]?.length ?? 0)),
  )
  for (const row of [head, widths.map((width) => '-'.repeat(width)), ...rows]) {
    const line = row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('  ')
    console.log(`  ${line.trimEnd()}`)
  }
}

function short(value: number): string {
  if (value >= 1e6) return `${(value / 1e6).toPrecision(3)} M`
  if (value >= 1e4) return `${(value / 1e3).toPrecision(3)} k`
  return value >= 100 ? value.toFixed(0) : value.toPrecision(3)
}
