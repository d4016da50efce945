import { execFileSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { importRecords, type ImportSummary } from '@bzzz/importers'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startLocalNode, type LocalNode } from '../src/node.ts'

const bundle = resolve(import.meta.dirname, '../../../../shared/data/peps.bundle')
if (!existsSync(bundle)) console.log(`Skipped: ${bundle} is not there`)

// Real records with their real history, through two nodes: the newest commit of the first-parent line
// that is not after a moment says what the text was then.
describe.skipIf(!existsSync(bundle))('twenty-six years of Python Enhancement Proposals', () => {
  let folder = ''
  let archive: LocalNode
  let reader: LocalNode
  let imported: ImportSummary
  const git = (...args: string[]): Buffer =>
    execFileSync('git', ['-C', join(folder, 'git'), ...args], { maxBuffer: 1 << 26 })

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'bzzz-peps-'))
    execFileSync('git', [
      'clone',
      '--quiet',
      '--bare',
      '--branch',
      'main',
      bundle,
      join(folder, 'git'),
    ])
    const start = async (name: string): Promise<LocalNode> =>
      startLocalNode({ name, folder: join(folder, name), port: 0, anyPort: false, now: Date.now })
    archive = await start('archive')
    reader = await start('reader')
    await reader.mesh.join(archive.mesh.addresses[0] ?? '')
    imported = await importRecords({ path: bundle }, { store: archive.store })
    await archive.mesh.publish(imported.collection)
  }, 120_000)

  afterAll(async () => {
    await reader.stop()
    await archive.stop()
    await rm(folder, { recursive: true })
  })

  const readAt = async (temporal: string, path: string): Promise<Response> =>
    fetch(`${reader.url}/ucxl/importer:archivist@peps:decisions/${temporal}/${path}`)
  const asOf = (time: string, ...paths: string[]): Buffer => {
    const commit = git('rev-list', '--first-parent', '-1', `--before=${time}`, 'main')
      .toString()
      .trim()
    for (const path of paths) {
      try {
        return git('show', `${commit}:${path}`)
      } catch {
        // The file had another name then.
      }
    }
    throw new Error(`${paths.join(', ')} did not exist at ${time}`)
  }

  test('are all there, each change a version', async () => {
    expect(imported).toMatchObject({
      records: 98,
      versions: 3282,
      skipped: [],
      collection: 'importer@peps',
    })
    expect([imported.first.slice(0, 10), imported.last.slice(0, 10)]).toEqual([
      '2000-07-13',
      '2026-08-07',
    ])
    expect(await archive.store.stats()).toMatchObject({ contexts: 98, versions: 3282 })
  })

  test('PEP 484 reads through the second node as it stood on 2015-05-31, byte for byte', async () => {
    const response = await readAt('2015-05-31T00:00:00Z', 'peps/pep-0484.rst')
    expect(response.status).toBe(200)
    const bytes = Buffer.from(await response.arrayBuffer())
    const expected = asOf('2015-05-31T00:00:00Z', 'pep-0484.txt')
    expect(expected.length).toBeGreaterThan(10_000)
    expect(bytes.equals(expected)).toBe(true)
  })

  test('PEP 484 is out of range as of 2014-12-31, since it begins in January 2015', async () => {
    const response = await readAt('2014-12-31T00:00:00Z', 'peps/pep-0484.rst')
    expect(response.status).toBe(404)
    expect(await response.json()).toMatchObject({
      code: 'ERR_TEMPORAL_OUT_OF_RANGE',
      exists: { first: { version: 1, time: '2015-01-08T19:10:25Z' } },
    })
  })

  test.each([
    ['2001-06-01T00:00:00Z', '0001'],
    ['2013-08-01T12:00:00Z', '0008'],
    ['2016-01-01T00:00:00Z', '0484'],
    ['2018-05-01T00:00:00Z', '0566'],
    ['2019-01-01T00:00:00Z', '0013'],
    ['2024-02-29T00:00:00Z', '0695'],
  ])('as of %s, PEP %s is what git shows, whatever its name was', async (time, number) => {
    const names = [`peps/pep-${number}.rst`, `pep-${number}.rst`, `pep-${number}.txt`]
    const response = await readAt(time, `peps/pep-${number}.rst`)
    expect(response.status).toBe(200)
    expect(Buffer.from(await response.arrayBuffer()).equals(asOf(time, ...names))).toBe(true)
  })

  test('a record that was away for three years is gone in between', async () => {
    const response = await readAt('2016-01-01T00:00:00Z', 'peps/pep-0013.rst')
    expect(response.status).toBe(410)
    expect(await response.json()).toMatchObject({ code: 'ERR_TEMPORAL_GONE' })
  })

  test('the second node knows all of them, as the signed manifest says', async () => {
    const { heads, fits } = await reader.mesh.collection('importer@peps')
    expect([heads.length, fits]).toEqual([98, true])
  })
})
