#!/usr/bin/env node
import { hostname } from 'node:os'
import { isColourless } from '@bzzz/runtime/terminal'
import { runProgram, type World } from './program.ts'
import { signalOf } from './signals.ts'

// The outermost shell: the only place that reads the environment, the signals and the terminal.

const { env: environment, stdout } = process

// React has checks for developers that cost half of a frame.
environment['NODE_ENV'] ??= 'production'

// Who reads along may go away (`| head`); a run is reported all the same.
stdout.on('error', () => {})

const world: World = {
  stand: {
    ...(stdout.isTTY && (environment['CI'] ?? '') === '' && { terminal: stdout }),
    isColourless: isColourless(environment),
    write: (text) => void stdout.write(text),
    every: (ms, run) => {
      const timer = setInterval(run, ms)
      return () => clearInterval(timer)
    },
  },
  signal: signalOf(process),
  nodeToken: environment['BZZZ_NODE_TOKEN'],
  graphToken: environment['BZZZ_GRAPH_TOKEN'],
  faucetKey: environment['BZZZ_FAUCET_KEY'] || undefined,
  processes: { pid: process.pid, host: hostname(), isAlive },
  warn: (line) => void process.stderr.write(`${line}\n`),
  fail: (status) => {
    process.exitCode = status
  },
}
await runProgram(world, process.argv.slice(2))

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch (error) {
    // Somebody else's: it is there.
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}
