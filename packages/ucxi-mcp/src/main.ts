#!/usr/bin/env node
import { enableCompileCache } from 'node:module'

// A host waits for the first answer: what was compiled once is not compiled again.
enableCompileCache()
await import('./program.ts')
