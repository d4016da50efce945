import { conformanceRules } from '@bzzz/dht/conformance'
import { describe, expect, test } from 'vitest'
import { Suspects } from '../src/libp2p/suspects.ts'
import { inMemory, startTestNode, until } from './network.ts'

describe('suspects', () => {
  test('are looked at after two failures in a row, and shunned for a minute', () => {
    let now = 0
    const suspects = new Suspects(() => now)
    expect([suspects.failed('a'), suspects.failed('b'), suspects.failed('a')]).toEqual([
      false,
      false,
      true,
    ])
    suspects.answered('b')
    expect(suspects.failed('b')).toBe(false)
    suspects.shun('a')
    expect([suspects.isShunned('a'), suspects.isShunned('b')]).toEqual([true, false])
    expect(suspects.failed('a')).toBe(false)
    now = 60_000
    expect(suspects.isShunned('a')).toBe(false)
    suspects.shun('a')
    suspects.answered('a')
    expect(suspects.isShunned('a')).toBe(false)
  })

  test('are bounded in number', () => {
    const suspects = new Suspects(() => 0)
    for (let number = 0; number < 3000; number++) suspects.shun(`p${number}`)
    expect(suspects.isShunned('p0')).toBe(false)
    expect(suspects.isShunned('p2999')).toBe(true)
  })
})

test('dead peers stay in the routing table: searches take them out', async () => {
  const rules = { conformance: conformanceRules }
  const options = inMemory()
  const nodes = await Promise.all(
    [1, 2, 3].map(async (number) => startTestNode(number, rules, options(number))),
  )
  const [one, other, dying] = nodes as [(typeof nodes)[0], (typeof nodes)[0], (typeof nodes)[0]]
  try {
    const signal = AbortSignal.timeout(10_000)
    await one.dial(other.addresses[0] ?? '', { signal })
    await one.dial(dying.addresses[0] ?? '', { signal })
    await until('both are known', () => one.knownPeers() === 2)
    await dying.stop()
    await until('it is gone', () => one.peers().length === 1)
    expect(one.knownPeers()).toBe(2)
    await until('searches have taken it out', async () => {
      await one.dht.getValue('/conformance/none').catch(() => {})
      return one.knownPeers() === 1
    })
    // And it is not dialled again for being handed out by others.
    await expect(one.open(dying.peerId, { signal })).rejects.toMatchObject({
      name: 'DialDeniedError',
    })
  } finally {
    await Promise.all(nodes.map(async (node) => node.stop()))
  }
})
