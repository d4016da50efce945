import { PassThrough } from 'node:stream'
import { expect, test } from 'vitest'
import { createProgress, type Output } from '../src/index.ts'

function output(isTTY: boolean): Output & { said: () => string } {
  const stream = new PassThrough()
  return Object.assign(stream, { isTTY, said: () => String(stream.read() ?? '') })
}

test('in a log, a line now and then with rate and time left', () => {
  let now = 0
  const log = output(false)
  const progress = createProgress('Importing', log, () => now)
  now = 1000
  progress.update(10, 100)
  expect(log.said()).toBe('')
  now = 2000
  progress.update(40, 100)
  expect(log.said()).toBe('  Importing: 40 of 100 (40 %), 20/s, 3 s left\n')
  progress.end()
  expect(log.said()).toBe('')
})

test('in a terminal, one line that moves and is taken away', () => {
  let now = 0
  const terminal = output(true)
  const progress = createProgress('Importing', terminal, () => now)
  now = 100
  progress.update(0, 0)
  expect(terminal.said()).toBe('\r\u001B[K  Importing: 0 of 0 (0 %), 0/s')
  progress.end()
  expect(terminal.said()).toBe('\r\u001B[K')
})
