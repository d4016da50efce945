import { EventEmitter } from 'node:events'
import { PassThrough } from 'node:stream'
import { expect, test, vi, type Mock } from 'vitest'
import { EXIT, exitCodeOf, runCommand } from '../src/index.ts'

function shell(): {
  init: Parameters<typeof runCommand>[0]
  signals: EventEmitter & { exit: Mock<(status: number) => void> }
  output: PassThrough
  said: () => string
} {
  const signals = Object.assign(new EventEmitter(), { exit: vi.fn<(status: number) => void>() })
  const [output, errors] = [new PassThrough(), new PassThrough()]
  const init = { name: 'bzzz-x', output, errors, signals: signals as unknown as NodeJS.Process }
  return { init, signals, output, said: () => String(errors.read() ?? '') }
}

const failing = (code: string): Error => Object.assign(new Error('it is so'), { code })
/** Waits as a command does that is asked to end. */
const untilAborted = async (signal: AbortSignal): Promise<never> =>
  new Promise((_, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason as Error))
  })

test('gives the status of the action, and 0 where it gives none', async () => {
  const { init, signals } = shell()
  expect(await runCommand(init, async () => EXIT.notFound)).toBe(3)
  expect(await runCommand(init, async () => {})).toBe(0)
  expect(signals.listenerCount('SIGINT') + signals.listenerCount('SIGTERM')).toBe(0)
})

test('an error is one line with its code', async () => {
  const { init, said } = shell()
  const action = async (): Promise<void> => Promise.reject(failing('ERR_SLURP_UNKNOWN'))
  expect(await runCommand(init, action)).toBe(3)
  expect(said()).toBe('bzzz-x: ERR_SLURP_UNKNOWN: it is so\n')
  expect(await runCommand(init, async () => Promise.reject(new Error('no code')))).toBe(1)
  expect(said()).toBe('bzzz-x: no code\n')
})

test.each(['SIGINT', 'SIGTERM'])(
  '%s asks it to end, and a second one does not wait',
  async (name) => {
    const { init, signals } = shell()
    const done = runCommand(init, async (signal) => {
      signals.emit(name)
      expect(signal.aborted).toBe(true)
      expect(signals.exit).not.toHaveBeenCalled()
      signals.emit(name)
      throw signal.reason
    })
    expect(await done).toBe(130)
    expect(signals.exit).toHaveBeenCalledWith(130)
  },
)

test('a reader that goes away ends it, and does no harm later', async () => {
  const { init, output, said } = shell()
  const done = runCommand(init, untilAborted)
  output.emit('error', failing('EPIPE'))
  expect(await done).toBe(130)
  output.emit('error', failing('EPIPE'))
  expect(said()).toBe('')
})

test.each([
  ['ERR_TEMPORAL_NOT_FOUND', EXIT.notFound],
  ['ERR_TEMPORAL_GONE', EXIT.notFound],
  ['ERR_CHAIN_START', EXIT.notFound],
  ['ERR_STORE_DENIED', EXIT.notAllowed],
  ['ERR_ADDRESS_NAME', EXIT.usage],
  ['ERR_IMPORT_MAP', EXIT.usage],
  ['ERR_MESH_UNREACHABLE', EXIT.unreachable],
  ['ERR_STORE_FULL', EXIT.failed],
])('%s is status %i', (code, status) => {
  expect(exitCodeOf(failing(code))).toBe(status)
})
