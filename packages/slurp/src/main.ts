#!/usr/bin/env node
import { enableCompileCache } from 'node:module'
import type { World } from './program.ts'

// The outermost shell: the only place that reads the environment and the signals.

enableCompileCache()
const { runProgram } = await import('./program.ts')
const INTERRUPTED = 130

const stop = new AbortController()
const onSignal = (): void => {
  if (stop.signal.aborted) process.exit(INTERRUPTED)
  stop.abort()
}
process.on('SIGINT', onSignal).on('SIGTERM', onSignal)
// Who reads along may go away (`| head`); the service goes on.
process.stdout.on('error', () => {})

const world: World = {
  signal: stop.signal,
  database: process.env['BZZZ_SLURP_DATABASE'] || undefined,
  say: (text) => void process.stdout.write(text),
  warn: (line) => void process.stderr.write(`${line}\n`),
  fail: (status) => {
    process.exitCode = status
  },
}
await runProgram(world, process.argv.slice(2))
