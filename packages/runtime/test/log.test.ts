import { PassThrough } from 'node:stream'
import { expect, test } from 'vitest'
import { type Output } from '../src/index.ts'
import { createLog, type LogInit } from '../src/participant.ts'

function setup(init: Partial<LogInit> = {}) {
  const output: Output = new PassThrough()
  const now = (): number => Date.UTC(2025, 7, 1, 12)
  const log = createLog({ output, now, ...init })
  return { log, text: () => String((output as PassThrough).read() ?? '') }
}

test('is a line of JSON for each thing that happened, and no secret in it', () => {
  const { log, text } = setup()
  const cause = new Error('refused')
  const error = Object.assign(new Error('No node answers', { cause }), {
    code: 'ERR_X',
    token: 't',
  })
  log
    .child({ part: 'mesh' })
    .warn({ error, peer: '12D3', auth: { token: 'hunter2' } }, 'not joined')
  log.debug('left out')
  expect(JSON.parse(text())).toEqual({
    level: 40,
    time: '2025-08-01T12:00:00.000Z',
    part: 'mesh',
    error: { code: 'ERR_X', message: 'No node answers', cause: { message: 'refused' } },
    peer: '12D3',
    auth: { token: '***' },
    msg: 'not joined',
  })
})

test('is a line for people on a terminal', () => {
  const { log, text } = setup({ format: 'text' })
  log.child({ part: 'mesh' }).info({ peer: '12D3', why: 'two words', count: 3 }, 'joined')
  expect(text()).toBe('12:00:00 info  mesh joined peer=12D3 why="two words" count=3\n')
})

test('hides what it is told to, and says as much as it is told to', () => {
  const { log, text } = setup({ level: 'debug', secrets: ['http.key'] })
  log.debug({ http: { key: 'k', port: 1 } }, 'asked')
  expect(JSON.parse(text())).toMatchObject({ http: { key: '***', port: 1 } })
  const silent = setup({ level: 'silent' })
  silent.log.error('nothing')
  expect(silent.text()).toBe('')
})
