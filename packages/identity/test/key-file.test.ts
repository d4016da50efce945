import { chmod, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { inspect } from 'node:util'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import {
  generateIdentity,
  identityFromSeed,
  loadIdentity,
  loadOrCreateIdentity,
  saveIdentity,
  viewOnlyIdentity,
} from '../src/index.ts'
import { code } from './support.ts'

let folder = ''
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'bzzz-identity-'))
})
afterEach(async () => rm(folder, { recursive: true }))

describe('a key file', () => {
  test('is made once, read by its owner alone, and gives the same identity each time', async () => {
    const file = join(folder, 'deep', 'identity.json')
    const made = await loadOrCreateIdentity(file)
    expect((await loadOrCreateIdentity(file)).did).toBe(made.did)
    expect((await loadIdentity(file)).did).toBe(made.did)
    if (process.platform !== 'win32') expect((await stat(file)).mode & 0o777).toBe(0o600)
    expect(await readdir(join(folder, 'deep'))).toEqual(['identity.json'])
  })

  test('is never replaced', async () => {
    const file = join(folder, 'identity.json')
    await saveIdentity(file, identityFromSeed(new Uint8Array(32).fill(1)))
    const before = await readFile(file, 'utf8')
    await expect(saveIdentity(file, generateIdentity())).rejects.toThrow(
      code('ERR_IDENTITY_KEY_FILE'),
    )
    expect(await readFile(file, 'utf8')).toBe(before)
    expect(await readdir(folder)).toEqual(['identity.json'])
  })

  test('made by many at once is one', async () => {
    const file = join(folder, 'identity.json')
    const identities = await Promise.all(
      Array.from({ length: 8 }, async () => loadOrCreateIdentity(file)),
    )
    expect(new Set(identities.map(({ did }) => did)).size).toBe(1)
    expect(await readdir(folder)).toEqual(['identity.json'])
  })

  test.skipIf(process.platform === 'win32')(
    'that others can read is refused, with what to do',
    async () => {
      const file = join(folder, 'identity.json')
      await loadOrCreateIdentity(file)
      await chmod(file, 0o640)
      await expect(loadIdentity(file)).rejects.toMatchObject({
        code: 'ERR_IDENTITY_KEY_FILE_PERMISSIONS',
        message: expect.stringContaining('chmod 600'),
      })
    },
  )

  test('that is missing, damaged or something else is refused, and its secret is not told', async () => {
    await expect(loadIdentity(join(folder, 'none'))).rejects.toThrow(code('ERR_IDENTITY_KEY_FILE'))
    const file = join(folder, 'identity.json')
    await loadOrCreateIdentity(file)
    const whole = JSON.parse(await readFile(file, 'utf8')) as Record<string, string>
    const damaged = ['', 'null', '[]', '{"type":"other"}', 'x'.repeat(5000)]
    damaged.push(
      JSON.stringify({ ...whole, seed: 'AAAA' }),
      JSON.stringify({ ...whole, did: 'did:key:z6Mk' }),
    )
    for (const text of damaged) {
      await writeFile(file, text)
      const error: unknown = await loadIdentity(file).catch((thrown: unknown) => thrown)
      expect(error).toEqual(code('ERR_IDENTITY_KEY_FILE'))
      expect((error as Error).message).not.toContain(whole['seed'])
    }
  })

  test('holds a private key: a view-only identity has none to keep', async () => {
    const view = viewOnlyIdentity(generateIdentity().publicKey)
    await expect(saveIdentity(join(folder, 'x'), view)).rejects.toThrow(
      code('ERR_IDENTITY_VIEW_ONLY'),
    )
    expect(await readdir(folder)).toEqual([])
  })

  describe('under a passphrase', () => {
    const passphrase = 'correct horse battery staple'
    const identity = identityFromSeed(new Uint8Array(32).fill(0xab))
    let file = ''
    beforeEach(async () => {
      file = join(folder, 'identity.json')
      await saveIdentity(file, identity, { passphrase, workFactor: 4 })
    })

    test('opens with it, and says nothing of the key to who reads the file', async () => {
      expect((await loadIdentity(file, { passphrase })).did).toBe(identity.did)
      const text = await readFile(file, 'utf8')
      expect(text).toContain('BEGIN AGE ENCRYPTED FILE')
      expect(text).not.toContain(Buffer.alloc(32, 0xab).toString('base64url'))
      expect(text).not.toContain('horse')
      if (process.platform !== 'win32') expect((await stat(file)).mode & 0o777).toBe(0o600)
    })

    test('opens neither with another one nor without any, and repeats none', async () => {
      for (const wrong of ['Correct horse battery staple', '', undefined]) {
        const options = wrong === undefined ? {} : { passphrase: wrong }
        const error: unknown = await loadIdentity(file, options).catch((thrown: unknown) => thrown)
        expect(error).toEqual(code('ERR_IDENTITY_PASSPHRASE'))
        expect(inspect(error, { showHidden: true, depth: 9 })).not.toContain('horse')
      }
    })

    test('is refused where it was exchanged for another, or damaged', async () => {
      const whole = JSON.parse(await readFile(file, 'utf8')) as Record<string, string>
      const other = generateIdentity().did
      await writeFile(file, JSON.stringify({ ...whole, did: other }))
      await expect(loadIdentity(file, { passphrase })).rejects.toThrow(
        code('ERR_IDENTITY_KEY_FILE'),
      )
      await writeFile(file, JSON.stringify({ ...whole, age: whole['age']!.slice(0, -60) }))
      await expect(loadIdentity(file, { passphrase })).rejects.toThrow(
        code('ERR_IDENTITY_PASSPHRASE'),
      )
      await writeFile(file, JSON.stringify({ ...whole, seed: 'AAAA' }))
      await expect(loadIdentity(file, { passphrase })).rejects.toThrow(
        code('ERR_IDENTITY_KEY_FILE'),
      )
    })

    test('is not taken for one: a file without is refused where one is given', async () => {
      const plain = join(folder, 'plain.json')
      await saveIdentity(plain, identity)
      await expect(loadIdentity(plain, { passphrase })).rejects.toThrow(
        code('ERR_IDENTITY_PASSPHRASE'),
      )
      await expect(loadOrCreateIdentity(plain, { passphrase })).rejects.toThrow(
        code('ERR_IDENTITY_PASSPHRASE'),
      )
    })

    test('is not made under an empty one', async () => {
      const empty = join(folder, 'empty.json')
      await expect(saveIdentity(empty, identity, { passphrase: '' })).rejects.toThrow(
        code('ERR_IDENTITY_PASSPHRASE'),
      )
      expect(await readdir(folder)).toEqual(['identity.json'])
    })

    test('is made and opened by the one call for both', async () => {
      const both = join(folder, 'both.json')
      const made = await loadOrCreateIdentity(both, { passphrase, workFactor: 4 })
      expect((await loadOrCreateIdentity(both, { passphrase })).did).toBe(made.did)
    })
  })
})
