import { afterEach, describe, expect, test } from 'vitest'
import type { Dht } from '@bzzz/dht'
import { identityFromSeed } from '@bzzz/identity'
import { examine, type DoctorComponents } from '../src/doctor.ts'
import { until } from './network.ts'
import { join, participant, stopAll } from './participants.ts'

afterEach(stopAll)

const never = new AbortController().signal

function components(change: Partial<DoctorComponents> = {}): DoctorComponents {
  const values = new Map<string, Uint8Array>()
  return {
    identity: identityFromSeed(new Uint8Array(32)),
    name: 'ada',
    dht: {
      putValue: async (key: string, value: Uint8Array) => {
        values.set(key, value)
        return { stored: 1, refused: 0, unreachable: 0 }
      },
      getValue: async (key: string) => ({ value: values.get(key)!, answered: 1, invalid: [] }),
    } as unknown as Dht,
    addresses: ['/ip4/127.0.0.1/tcp/1'],
    peers: ['p'],
    joined: new Set(['p']),
    joins: [],
    known: 1,
    alone: false,
    now: Date.UTC(2025, 7, 1),
    ...change,
  }
}

describe('the doctor', () => {
  test('finds a node well that can put a value and get it again', async () => {
    const [one, other] = [await participant(1), await participant(2)]
    await join(other, one)
    const { ok, checks } = await other.mesh.doctor()
    expect(checks.filter((check) => !check.ok)).toEqual([])
    expect(ok).toBe(true)
    expect(checks.map(({ name }) => name)).toEqual([
      'addresses',
      'peers',
      'hellos',
      'routing',
      'put',
      'get',
    ])
    expect((await other.mesh.doctor()).ok).toBe(true)
  })

  test('finds a node well that is alone as it was told, and says what to do for one that is not', async () => {
    const alone = await participant(1, { alone: true })
    expect(await alone.mesh.doctor()).toMatchObject({ ok: true })
    const lost = await participant(2, { bootstrap: ['/ip4/127.0.0.1/tcp/1'] })
    await until('it was tried', () => lost.mesh.joins().some(({ state }) => state === 'retry'))
    const { ok, checks } = await lost.mesh.doctor()
    expect(ok).toBe(false)
    const peers = checks.find(({ name }) => name === 'peers')
    expect(peers).toMatchObject({ ok: false, advice: expect.stringContaining('tcp/1') })
    await lost.mesh.stop()
    await expect(lost.mesh.doctor()).rejects.toMatchObject({ code: 'ERR_MESH_CLOSED' })
  })

  test.each([
    ['addresses', { addresses: [] }, /listens nowhere/],
    ['hellos', { joined: new Set<string>() }, /p said no hello/],
    ['routing', { known: 0 }, /0 in the routing table/],
  ])('says what is wrong with %s', async (name, change, found) => {
    const { ok, checks } = await examine(components(change), never)
    expect(ok).toBe(false)
    expect(checks.filter((check) => !check.ok)).toEqual([
      { name, ok: false, found: expect.stringMatching(found), advice: expect.any(String) },
    ])
  })

  test('says that a put failed, and that another value came back', async () => {
    const { dht } = components()
    const refusing = { ...dht, putValue: async () => Promise.reject(new Error('Nobody took it')) }
    const failed = await examine(components({ dht: refusing }), never)
    expect(failed.checks.at(-1)).toMatchObject({ name: 'put', ok: false, found: 'Nobody took it' })
    const old = components({ dht })
    await examine(old, never)
    const stuck = { ...dht, putValue: async () => ({ stored: 1, refused: 0, unreachable: 0 }) }
    const behind = await examine(components({ dht: stuck, now: old.now + 5000 }), never)
    expect(behind.checks.at(-1)).toMatchObject({ name: 'get', ok: false })
  })
})
