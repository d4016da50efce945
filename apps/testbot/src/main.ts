#!/usr/bin/env node
import { makeProgram } from './program.ts'
import { signalOf } from './signals.ts'

// The outermost shell: the only place that reads the environment, the signals and the terminal.

const { env: environment, stdout } = process
const isSet = (name: string): boolean => (environment[name] ?? '') !== ''

// React has checks for developers that cost half of a frame.
environment['NODE_ENV'] ??= 'production'

await makeProgram({
  stand: {
    ...(stdout.isTTY && !isSet('CI') && { terminal: stdout }),
    isColourless: isSet('NO_COLOR'),
    write: (text) => void stdout.write(text),
    every: (ms, run) => {
      const timer = setInterval(run, ms)
      return () => clearInterval(timer)
    },
  },
  signal: signalOf(process),
  fail: (status) => {
    process.exitCode = status
  },
}).parseAsync()
