import { describe, expect, test } from 'vitest'
import { MeshError, type MeshEvent } from '../src/index.ts'
import { Reputation } from '../src/reputation.ts'

function setUp() {
  const clock = { now: 1_000_000 }
  const events: MeshEvent[] = []
  const hungUp: string[] = []
  const reputation = new Reputation({
    now: () => clock.now,
    emit: (event) => void events.push(event),
    hangUp: (peer) => void hungUp.push(peer),
  })
  const refuse = (error: unknown, peer = 'liar'): void =>
    reputation.tell({ type: 'refused', peer, key: '', error })
  return { clock, events, hungUp, reputation, refuse }
}

const lie = (): Error => new MeshError('ERR_MESH_PROTOCOL', 'no message')
const because = (cause: unknown): Error => new MeshError('ERR_MESH_UNTRUSTED', 'refused', { cause })

describe('the reputation of a peer', () => {
  test('three lies in quick succession cut it off for ten minutes, and it alone', () => {
    const { clock, events, hungUp, reputation, refuse } = setUp()
    refuse(lie())
    refuse(because(lie()))
    refuse(lie(), 'other')
    expect(hungUp).toEqual([])
    refuse(lie())
    expect(hungUp).toEqual(['liar'])
    expect(events.at(-1)).toMatchObject({
      type: 'refused',
      peer: 'liar',
      error: { message: expect.stringContaining('liar is cut off for ten minutes') as string },
    })
    expect(reputation.isCutOff('other')).toBe(false)
    clock.now += 599_000
    expect(reputation.isCutOff('liar')).toBe(true)
    clock.now += 2000
    expect(reputation.isCutOff('liar')).toBe(false)
  })

  test('a lie now and then does not, and is told all the same', () => {
    const { clock, events, hungUp, refuse } = setUp()
    for (let times = 0; times < 20; times++) {
      refuse(lie())
      clock.now += 20_000
    }
    expect(events).toHaveLength(20)
    expect(hungUp).toEqual([])
  })

  test('one lie that many calls tell of counts once', () => {
    const { hungUp, refuse } = setUp()
    const one = lie()
    for (let times = 0; times < 20; times++) refuse(because(one))
    expect(hungUp).toEqual([])
  })

  test('what others may have brought about is no lie: two writers of one name, no certificate yet', () => {
    const { events, hungUp, refuse } = setUp()
    const codes = ['ERR_MESH_UNTRUSTED', 'ERR_MESH_MANIFEST', 'ERR_MESH_MEMBERSHIP'] as const
    for (const code of codes)
      for (let times = 0; times < 10; times++) refuse(new MeshError(code, 'so it is'))
    expect(events).toHaveLength(30)
    expect(hungUp).toEqual([])
  })

  test('too much is told once, and cuts off where it is a flood', () => {
    const { clock, events, hungUp, reputation } = setUp()
    for (let times = 0; times < 1000; times++) {
      reputation.excess('large', 'too much')
      clock.now += 100
    }
    expect(events).toEqual([])
    for (let times = 0; times < 1000; times++) reputation.excess('flood', 'too much')
    expect(events).toHaveLength(2)
    expect(hungUp).toEqual(['flood'])
  })
})
