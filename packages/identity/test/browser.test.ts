import { globSync, readFileSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { describe, expect, test } from 'vitest'
import * as browser from '../src/browser.ts'
import * as root from '../src/index.ts'

const source = resolve(import.meta.dirname, '../src')

/** Every module that an entry reaches within the package, and what these import from elsewhere. */
function reach(entry: string): { files: Set<string>; others: Set<string> } {
  const files = new Set<string>()
  const others = new Set<string>()
  const follow = (file: string): void => {
    if (files.has(file)) return
    files.add(file)
    const text = readFileSync(file, 'utf8').replaceAll(
      /^(?:import|export) type .*?from '.*?'/gms,
      '',
    )
    for (const [, specifier = ''] of text.matchAll(/(?:from|import\() ?'([^']+)'/g)) {
      if (specifier.startsWith('.')) follow(resolve(dirname(file), specifier))
      else others.add(specifier)
    }
  }
  follow(resolve(source, entry))
  return { files, others }
}

describe('the entry for browsers', () => {
  test('reaches nothing of Node, and nothing that is large', () => {
    expect([...reach('browser.ts').others].toSorted((a, b) => a.localeCompare(b))).toEqual([
      '@noble/ed25519',
      '@noble/hashes/blake2.js',
      '@noble/hashes/sha2.js',
      '@scure/base',
      'canonicalize',
      'multiformats/bases/base58',
    ])
    expect(reach('index.ts').others).toContain('node:crypto')
    expect(reach('index.ts').others).not.toContain('zod')
  })

  test('has what the root entry has under the same name, but for what needs a private key', () => {
    const shared = Object.keys(browser).filter((name) => name in root)
    expect(shared.length).toBe(Object.keys(browser).length - 1)
    expect(Object.keys(browser)).toContain('verifyProofs')
  })
})

test('no source file is reached by no entry', () => {
  const entries = ['index', 'proofs', 'cluster', 'shares', 'contents', 'tokens', 'browser']
  const reached = new Set(entries.flatMap((entry) => [...reach(`${entry}.ts`).files]))
  const types = new Set(globSync(`${source}/*-contract.ts`))
  const all = globSync(`${source}/*.ts`).filter((file) => !types.has(file))
  expect(all.filter((file) => !reached.has(file))).toEqual([])
})
