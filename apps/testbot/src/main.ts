#!/usr/bin/env node
import { makeProgram } from './program.ts'

const stop = new AbortController()
// The first one ends a run, which is judged and reported; the second one ends the program.
process.once('SIGINT', () => stop.abort())
process.once('SIGTERM', () => stop.abort())
await makeProgram({
  screen: { isTerminal: process.stdout.isTTY, write: (text) => void process.stdout.write(text) },
  signal: stop.signal,
  nodeToken: process.env['BZZZ_NODE_TOKEN'],
  fail: (status) => {
    process.exitCode = status
  },
}).parseAsync()
