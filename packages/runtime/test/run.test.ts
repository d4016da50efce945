import { expect, test } from 'vitest'
import { runServices, type Service } from '../src/index.ts'
import { fakeSchedule } from './fake-schedule.ts'

function service(name: string, log: string[], change: Partial<Service> = {}): Service {
  return {
    name,
    phase: 'core',
    start: async () => void log.push(`start ${name}`),
    stop: async () => void log.push(`stop ${name}`),
    ...change,
  }
}

const { schedule } = fakeSchedule()

test('services run until the signal, and are stopped', async () => {
  const log: string[] = []
  const stop = new AbortController()
  const onReady = (): void => {
    log.push('ready')
    setImmediate(() => stop.abort())
  }
  const all = [service('b', log, { needs: ['a'] }), service('a', log)]
  expect(await runServices(all, { schedule, signal: stop.signal, onReady })).toEqual(new Map())
  expect(log).toEqual(['start a', 'start b', 'ready', 'stop b', 'stop a'])
})

test('a signal during the start ends it, and is no error', async () => {
  const log: string[] = []
  const stop = new AbortController()
  const all = [
    service('a', log),
    service('b', log, {
      needs: ['a'],
      start: async () => {
        stop.abort(new Error('Interrupted'))
        await new Promise(() => {})
      },
    }),
  ]
  const onReady = (): void => expect.unreachable()
  expect(await runServices(all, { schedule, signal: stop.signal, onReady })).toEqual(new Map())
  expect(log).toEqual(['start a', 'stop a'])
})

test('what fails to start is thrown, and what fails to stop is told', async () => {
  const stop = new AbortController()
  const { signal } = stop
  const start = async (): Promise<void> => Promise.reject(new Error('no'))
  await expect(
    runServices([service('a', [], { start })], { schedule, signal }),
  ).rejects.toMatchObject({ code: 'ERR_RUNTIME_START_CORE' })
  const failing = service('a', [], { stop: start })
  const onReady = (): void => stop.abort()
  const failures = await runServices([failing], { schedule, signal, onReady })
  expect([...failures.keys()]).toEqual(['a'])
})
