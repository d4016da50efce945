import { mkdtemp, readFile, readdir, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { fileKnownPeers, type KnownPeer } from '../src/index.ts'

let folder = ''
let path = ''
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'known-peers-'))
  path = join(folder, 'peers.json')
})
afterEach(async () => rm(folder, { recursive: true }))

const peer = (number: number): KnownPeer => ({
  peer: `peer-${number}`,
  addresses: [`/ip4/127.0.0.1/tcp/${number}/p2p/peer-${number}`],
  seen: number,
})

test('what was saved is loaded; nothing where nothing was', async () => {
  expect(await fileKnownPeers(path).load()).toEqual([])
  await fileKnownPeers(path).save([peer(1), peer(2)])
  expect(await fileKnownPeers(path).load()).toEqual([peer(2), peer(1)])
  await fileKnownPeers(path).save([peer(3)])
  expect(await fileKnownPeers(path).load()).toEqual([peer(3)])
  expect(await readdir(folder)).toEqual(['peers.json'])
  expect((await stat(path)).mode & 0o777).toBe(0o600)
})

test('the 64 peers seen last are kept, with 8 addresses each', async () => {
  const addresses = Array.from({ length: 20 }, (_, n) => `/ip4/127.0.0.1/tcp/${n}`)
  const many = Array.from({ length: 100 }, (_, n) => ({ ...peer(n), addresses }))
  await fileKnownPeers(path).save(many)
  const loaded = await fileKnownPeers(path).load()
  expect(loaded.map(({ seen }) => seen)).toEqual(Array.from({ length: 64 }, (_, n) => 99 - n))
  expect(loaded[0]?.addresses).toHaveLength(8)
})

test('an address that is far too long is left out, and a peer with none', async () => {
  const long = { ...peer(1), addresses: ['x'.repeat(300)] }
  const half = { ...peer(2), addresses: ['x'.repeat(300), '/ip4/127.0.0.1/tcp/2'] }
  await fileKnownPeers(path).save([long, half])
  expect(await fileKnownPeers(path).load()).toEqual([
    { ...half, addresses: ['/ip4/127.0.0.1/tcp/2'] },
  ])
})

test.each([
  ['cut short', '{"version":1,"peers":[{"peer":"a"'],
  ['of another shape', '{"version":1,"peers":[{"peer":"a","addresses":"b","seen":0}]}'],
  ['of another version', '{"version":2,"peers":[]}'],
  ['too large', ' '.repeat(300 * 1024)],
])('a file that is %s is set aside, once, and said', async (_, text) => {
  await writeFile(path, text)
  await expect(fileKnownPeers(path).load()).rejects.toMatchObject({
    code: 'ERR_MESH_KNOWN_PEERS',
    message: expect.stringContaining(`${path}.corrupt`),
  })
  expect(await readFile(`${path}.corrupt`, 'utf8')).toBe(text)
  expect(await fileKnownPeers(path).load()).toEqual([])
})

test('a write that fails leaves what was there', async () => {
  await fileKnownPeers(path).save([peer(1)])
  const nowhere = fileKnownPeers(join(folder, 'none', 'peers.json'))
  await expect(nowhere.save([peer(2)])).rejects.toMatchObject({ code: 'ERR_MESH_KNOWN_PEERS' })
  expect(await fileKnownPeers(path).load()).toEqual([peer(1)])
})
