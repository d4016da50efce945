#!/usr/bin/env node
import { enableCompileCache } from 'node:module'

// What was compiled once is not compiled again: a third of the time that a command takes. All else is imported
// after this, or it would be compiled before.
enableCompileCache()
await import('./program.ts')
