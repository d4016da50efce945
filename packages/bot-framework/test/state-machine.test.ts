import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { LIFECYCLE, startLife, startMachine, type BotState, type Life } from '../src/index.ts'

const wrong = expect.objectContaining({ code: 'ERR_BOT_STATE' })

// Each `@ts-expect-error` is a check as well: `tsc` fails where the line below it does compile.
describe('the life of a bot', () => {
  test('goes its way, and remembers it', () => {
    let now = 0
    const steps: string[] = []
    const life = startLife({
      now: () => ++now,
      onStep: ({ state }, from) => steps.push(`${from}>${state}`),
    })
    const running: Life<'running'> = life.to('initializing').to('ready').to('running')
    const stopped = running.to('paused').to('running').to('stopping').to('stopped')
    expect(stopped.history.map(({ state }) => state)).toEqual([
      'created',
      'initializing',
      'ready',
      'running',
      'paused',
      'running',
      'stopping',
      'stopped',
    ])
    expect(stopped.history.map(({ at }) => at)).toEqual([1, 2, 3, 4, 5, 6, 7, 8])
    expect(running.history).toHaveLength(4)
    expect(steps.slice(0, 2)).toEqual(['undefined>created', 'created>initializing'])
  })

  test('does not skip a state: it neither compiles nor runs', () => {
    const life = startLife()
    // @ts-expect-error created is not followed by ready
    expect(() => life.to('ready')).toThrow(wrong)
    const ready = life.to('initializing').to('ready')
    // @ts-expect-error ready is not followed by paused
    expect(() => ready.to('paused')).toThrow(wrong)
    const stopping = ready.to('running').to('stopping')
    // @ts-expect-error stopping is not followed by running
    expect(() => stopping.to('running')).toThrow(wrong)
    // @ts-expect-error there is no such state
    expect(() => stopping.to('sleeping')).toThrow(wrong)
    expect(stopping.state).toBe('stopping')
  })

  test('has an end: out of stopped and failed nothing leads', () => {
    const failed = startLife().to('failed')
    // @ts-expect-error failed is the end
    expect(() => failed.to('running')).toThrow(wrong)
    const stopped = startLife().to('stopping').to('stopped')
    // @ts-expect-error and so is stopped
    expect(() => stopped.to('failed')).toThrow(wrong)
    // @ts-expect-error a life that ended is not one that runs
    const running: Life<'running'> = stopped
    expect(running.state).toBe('stopped')
  })

  test('can fail in every state that is not the end', () => {
    for (const [state, next] of Object.entries(LIFECYCLE)) {
      const isEnd = state === 'stopped' || state === 'failed'
      expect([state, (next as readonly string[]).includes('failed')]).toEqual([state, !isEnd])
    }
  })

  test('steps on from its newest stage only', () => {
    const life = startLife()
    const next = life.to('initializing')
    expect(() => life.to('initializing')).toThrow(
      /newest stage of a machine, which is initializing/,
    )
    expect([life.can('initializing'), next.can('ready'), next.can('paused')]).toEqual([
      false,
      true,
      false,
    ])
  })

  test('any way through it is one that the table has', () => {
    const states = Object.keys(LIFECYCLE) as BotState[]
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...states), { maxLength: 30 }), (wanted) => {
        let life = startLife() as Life<BotState>
        for (const state of wanted) {
          const allowed = (LIFECYCLE[life.state] as readonly string[]).includes(state)
          expect(life.can(state)).toBe(allowed)
          const before = life
          const go = (): void => {
            life = (before as { to(state: BotState): Life<BotState> }).to(state)
          }
          if (allowed) go()
          else expect(go).toThrow(wrong)
        }
        const path = life.history.map(({ state }) => state)
        for (const [place, state] of path.slice(1).entries()) {
          expect(LIFECYCLE[path[place]!] as readonly string[]).toContain(state)
        }
      }),
    )
  })
})

describe('a machine of one’s own', () => {
  test('is made of a table that names only its own states', () => {
    const door = startMachine(
      { open: ['shut'], shut: ['open', 'locked'], locked: ['shut'] },
      'open',
    )
    expect(door.to('shut').to('locked').state).toBe('locked')
    // @ts-expect-error ajar is no state of the table
    expect(() => startMachine({ open: ['ajar'] }, 'open')).toThrow(wrong)
    // @ts-expect-error nor can one start in it
    expect(() => startMachine({ open: [] }, 'ajar')).toThrow(wrong)
  })
})
