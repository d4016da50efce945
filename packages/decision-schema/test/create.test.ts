import { validate, version } from 'uuid'
import { describe, expect, it } from 'vitest'
import { createDecision, DecisionError, type DecisionDraft } from '../src/index.ts'
import { address } from './fixtures.ts'

const draft: DecisionDraft = {
  ucxl_address: address('payment'),
  agent_id: 'claude',
  decision_type: 'policy',
  title: 'Pay with Stripe',
}
const now = (): number => Date.UTC(2025, 7, 1, 12, 30)

describe('createDecision', () => {
  it('gives a decision of that moment, with an id and a timestamp', () => {
    const uuid = (time: number): string => `00000000-0000-7000-8000-${String(time).slice(0, 12)}`
    const decision = createDecision({ ...draft, cost: 12 }, { now, uuid })
    expect(decision).toEqual({
      ...draft,
      cost: 12,
      decision_id: '00000000-0000-7000-8000-175405140000',
      timestamp: '2025-08-01T12:30:00.000Z',
    })
    expect(Object.isFrozen(decision)).toBe(true)
  })

  it('makes ids of version 7, of the clock that it was given, each another one', () => {
    const ids = Array.from({ length: 100 }, () => createDecision(draft, { now }).decision_id)
    expect(new Set(ids).size).toBe(100)
    expect(ids.every((id) => validate(id) && version(id) === 7)).toBe(true)
    // The first 48 bits are the time in milliseconds.
    const time = Number.parseInt((ids[0] ?? '').replaceAll('-', '').slice(0, 12), 16)
    expect(time).toBe(1_754_051_400_000)
  })

  it('refuses what is no decision, and a clock that is none', () => {
    expect(() => createDecision({ ...draft, ucxl_address: 'x' }, { now })).toThrow(DecisionError)
    for (const time of [Number.NaN, -1, 1.5, 1e15]) {
      expect(() => createDecision(draft, { now: () => time, uuid: () => '' })).toThrow(/a clock in/)
    }
  })
})
