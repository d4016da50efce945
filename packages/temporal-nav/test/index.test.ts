import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import * as root from '../src/index.ts'

/** The files that an entry reaches, and what they import from elsewhere. */
function graph(entry: string): { files: Set<string>; outside: Set<string>; text: string } {
  const files = new Set<string>()
  const outside = new Set<string>()
  let text = ''
  const visit = (name: string): void => {
    if (files.has(name)) return
    files.add(name)
    const file = readFileSync(new URL(`../src/${name}`, import.meta.url), 'utf8')
    const source = file.replaceAll(/\/\*[^]*?\*\/|\/\/.*$/gm, '')
    text += source
    for (const [, specifier = ''] of source.matchAll(/(?:from|import\() ?'([^']+)'/g)) {
      if (specifier.startsWith('./')) visit(specifier.slice(2))
      else outside.add(specifier)
    }
  }
  visit(entry)
  return { files, outside, text }
}

test('the root entry runs in a browser: it imports nothing and uses no global of Node', () => {
  const { files, outside, text } = graph('index.ts')
  expect(files.size).toBeGreaterThan(12)
  expect([...outside]).toEqual([])
  expect(text).not.toMatch(/\b(?:Buffer|process|require|setImmediate|__dirname)\b/)
})

test('the conformance entry needs no more than assertions', () => {
  expect([...graph('conformance.ts').outside]).toEqual(['node:assert/strict'])
})

test('nothing reads a clock or chance', () => {
  const { text } = graph('index.ts')
  expect(text).not.toMatch(/Date\.now|Math\.random|new Date\(\)|performance/)
})

test('exports these names', () => {
  expect(Object.keys(root).toSorted()).toEqual([
    'MAX_AHEAD_MS',
    'TemporalError',
    'assertNotAhead',
    'compareSnapshots',
    'createMemoryIndex',
    'createNavigator',
    'diffEntries',
    'fromInstant',
    'isAhead',
    'nextTime',
    'resolveTemporal',
    'snapshot',
    'snapshotDigest',
    'snapshotLine',
    'toInstant',
    'validAt',
  ])
})
