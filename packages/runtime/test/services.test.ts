import { describe, expect, test } from 'vitest'
import { startServices, type Service, type ServiceEvent } from '../src/index.ts'
import { fakeSchedule } from './fake-schedule.ts'

interface Behaviour extends Partial<Service> {
  readonly name: string
}

function setup(behaviours: readonly Behaviour[]) {
  const log: string[] = []
  const services = behaviours.map((given): Service => {
    const { name } = given
    return {
      phase: 'core',
      start: async () => void log.push(`start ${name}`),
      stop: async () => void log.push(`stop ${name}`),
      ...given,
    }
  })
  const clock = fakeSchedule()
  const events: ServiceEvent[] = []
  const onEvent = (event: ServiceEvent): void => void events.push(event)
  const start = async (options?: { readonly signal?: AbortSignal }) =>
    startServices(services, { schedule: clock.schedule, onEvent }, options)
  return { log, services, clock, events, start }
}

const turn = async (): Promise<void> => new Promise(setImmediate)
const never = async (): Promise<void> => new Promise(() => {})

describe('services', () => {
  test('start after those that they need, and stop before them', async () => {
    const { log, start } = setup([
      { name: 'http', needs: ['store', 'mesh'] },
      { name: 'mesh', needs: ['identity'] },
      { name: 'store', needs: ['identity'] },
      { name: 'identity' },
    ])
    const running = await start()
    expect(log[0]).toBe('start identity')
    expect(log[3]).toBe('start http')
    log.length = 0
    expect(await running.stop()).toEqual(new Map())
    await running.stop()
    expect(log[0]).toBe('stop http')
    expect(log.slice(1, 3).toSorted()).toEqual(['stop mesh', 'stop store'])
    expect(log[3]).toBe('stop identity')
    expect(log).toHaveLength(4)
  })

  test('that do not need one another start and stop side by side', async () => {
    const gates = new Map(['a', 'b'].map((name) => [name, Promise.withResolvers<void>()]))
    const under = { count: 0, most: 0 }
    const waiting = async (name: string): Promise<void> => {
      under.most = Math.max(under.most, ++under.count)
      if (under.count === 2) for (const gate of gates.values()) gate.resolve()
      await gates.get(name)?.promise
      under.count--
    }
    const { start } = setup(['a', 'b'].map((name) => ({ name, start: async () => waiting(name) })))
    await start()
    expect(under.most).toBe(2)
  })

  test.each([
    ['unknown needs', [{ name: 'a', needs: ['b'] }], /a needs b, which is not there/],
    ['a name twice', [{ name: 'a' }, { name: 'a' }], /two services called a/],
    [
      'a circle',
      [
        { name: 'a', needs: ['b'] },
        { name: 'b', needs: ['c'] },
        { name: 'c', needs: ['b'] },
      ],
      /b -> c -> b/,
    ],
  ])('with %s are refused before anything starts', async (_, behaviours, message) => {
    const { log, start } = setup(behaviours)
    const code = 'ERR_RUNTIME_SERVICES'
    await expect(start()).rejects.toMatchObject({ code, message: expect.stringMatching(message) })
    expect(log).toEqual([])
  })

  test('are rolled back where one fails, with its phase as the code and its error as the cause', async () => {
    const cause = new Error('The port is in use')
    const { log, events, start } = setup([
      { name: 'store' },
      { name: 'mesh', phase: 'mesh', needs: ['store'], start: async () => Promise.reject(cause) },
      { name: 'app', needs: ['mesh'] },
    ])
    await expect(start()).rejects.toMatchObject({
      code: 'ERR_RUNTIME_START_MESH',
      message: 'mesh could not start: The port is in use',
      cause,
    })
    expect(log).toEqual(['start store', 'stop store'])
    expect(events.map(({ type, service }) => `${type} ${service}`)).toEqual([
      'starting store',
      'started store',
      'starting mesh',
      'start-failed mesh',
      'stopping store',
      'stopped store',
    ])
  })

  test('that are too slow to start are given up, and stopped where they come up after all', async () => {
    const gate = Promise.withResolvers<void>()
    const { log, clock, start } = setup([
      { name: 'store' },
      { name: 'slow', needs: ['store'], start: async () => gate.promise },
    ])
    const starting = start()
    starting.catch(() => {})
    await turn()
    clock.advance(30_000)
    await expect(starting).rejects.toMatchObject({
      code: 'ERR_RUNTIME_START_CORE',
      cause: { code: 'ERR_RUNTIME_TIMEOUT' },
    })
    expect(log).toEqual(['start store', 'stop store'])
    gate.resolve()
    await turn()
    expect(log).toEqual(['start store', 'stop store', 'stop slow'])
  })

  test('whose start is aborted are stopped, and the reason is given', async () => {
    const stop = new AbortController()
    const { log, start } = setup([{ name: 'store' }, { name: 'b', needs: ['store'], start: never }])
    const starting = start({ signal: stop.signal })
    starting.catch(() => {})
    await turn()
    stop.abort(new Error('Interrupted'))
    await expect(starting).rejects.toThrow('Interrupted')
    expect(log).toEqual(['start store', 'stop store'])
  })

  test('that fail to stop, or hang, do not keep the others from it', async () => {
    const { log, clock, start } = setup([
      { name: 'store' },
      { name: 'failing', needs: ['store'], stop: async () => Promise.reject(new Error('no')) },
      { name: 'hanging', needs: ['store'], stop: never },
    ])
    const running = await start()
    const stopping = running.stop()
    await turn()
    clock.advance(10_000)
    const failures = await stopping
    expect([...failures.keys()].toSorted()).toEqual(['failing', 'hanging'])
    expect(failures.get('hanging')).toMatchObject({ code: 'ERR_RUNTIME_TIMEOUT' })
    expect(log.at(-1)).toBe('stop store')
  })

  test('say how they are; who fails to say so, or not in time, is down', async () => {
    const { clock, start } = setup([
      { name: 'quiet' },
      { name: 'ill', health: () => ({ status: 'degraded', reason: 'No peers' }) },
      { name: 'broken', health: () => Promise.reject(new Error('lost')) },
      { name: 'hanging', health: async () => new Promise(() => {}) },
    ])
    const running = await start()
    const asking = running.health()
    await turn()
    clock.advance(1000)
    expect(Object.fromEntries(await asking)).toEqual({
      quiet: { status: 'ok' },
      ill: { status: 'degraded', reason: 'No peers' },
      broken: { status: 'down', reason: 'lost' },
      hanging: { status: 'down', reason: 'It did not say how it is within 1000 ms' },
    })
    await running.stop()
    expect((await running.health()).get('quiet')).toMatchObject({ status: 'down' })
  })
})
