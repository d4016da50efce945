import { format } from '@bzzz/ucxl-address'
import { describe, expect, test } from 'vitest'
import { parseClaim } from '../../src/tasks/claim.ts'
import { claimOf, patternsOf, pinned, placeOf } from '../../src/tasks/places.ts'
import { MAX_TASK_BYTES, parseTask } from '../../src/tasks/task.ts'

const bytes = (value: unknown): Uint8Array => Buffer.from(JSON.stringify(value))

describe('a task', () => {
  test('needs a title; all else has a default', () => {
    expect(parseTask(bytes({ title: 'Fix it', unknown: 1 }))).toEqual({
      title: 'Fix it',
      instructions: '',
      inputs: [],
      wants: { capabilities: [] },
      attempts: 3,
      status: 'open',
    })
  })

  test.each([
    [{}, 'title'],
    [{ title: 'x', deadline: 'tomorrow' }, 'deadline: expected RFC 3339'],
    [{ title: 'x', inputs: ['ucxl://any:any@shop:any/**'] }, 'inputs.0: expected a UCXL address'],
    [{ title: 'x', attempts: 0 }, 'attempts'],
    [{ title: 'x', status: 'maybe' }, 'status'],
    ['no object', 'expected object'],
    [{ title: 'x', data: 'y'.repeat(MAX_TASK_BYTES) }, 'expected object'],
  ])('%# that is malformed is refused with what is wrong', (value, why) => {
    expect(() => parseTask(bytes(value))).toThrow(
      expect.objectContaining({
        code: 'ERR_RUNTIME_TASK',
        message: expect.stringContaining(why),
      }),
    )
  })
})

describe('places', () => {
  test('a claim stands in the collection of the agent, and leads to its task', () => {
    const task = 'ada:lead@shop:fix/task.json'
    const address = claimOf(task, { agent: 'bot', role: 'coder' })
    expect(format(address)).toBe('ucxl://bot:coder@shop:fix/*^/ada/lead/claim.json')
    expect(placeOf('bot:coder@shop:fix/ada/lead/claim.json')).toEqual({ kind: 'claim', task })
    expect(placeOf(task)).toEqual({ kind: 'task', task })
    expect(pinned(task, 2)).toBe('ucxl://ada:lead@shop:fix/*~2/task.json')
    expect(patternsOf('shop')).toHaveLength(2)
  })

  test.each([
    'ada:lead@shop:fix/plan.md',
    'ada:lead@shop:fix/old/task.json',
    'bot:coder@shop:fix/claim.json',
    'bot:coder@shop:fix/a/b/c/claim.json',
    'bot:coder@shop:fix/a%2Fb/lead/claim.json',
  ])('%s is nothing of the kind', (key) => {
    expect(placeOf(key)).toBeUndefined()
  })

  test('a claim that speaks of another task is none', () => {
    const body = {
      task: 'ada:lead@shop:fix/task.json',
      task_version: 1,
      state: 'claimed',
      lease: 1,
      attempt: 1,
      since: '2026-01-01T00:00:00Z',
      until: '2026-01-01T00:01:00Z',
    }
    const who = { writer: 'did:key:z6MkA', time: 1 }
    expect(parseClaim(bytes(body), { task: body.task, ...who })).toEqual({ ...body, ...who })
    expect(
      parseClaim(bytes(body), { task: 'ada:lead@shop:other/task.json', ...who }),
    ).toBeUndefined()
    expect(parseClaim(bytes({ ...body, lease: 0 }), { task: body.task, ...who })).toBeUndefined()
    expect(parseClaim(Buffer.from('no'), { task: body.task, ...who })).toBeUndefined()
  })
})
