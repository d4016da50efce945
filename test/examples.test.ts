import { execFile } from 'node:child_process'
import { globSync } from 'node:fs'
import { promisify } from 'node:util'
import { describe, expect, test } from 'vitest'
import { root } from './workspace.ts'

const run = promisify(execFile)
const examples = globSync('packages/*/examples/*.ts', { cwd: root }).toSorted()

// Against the built packages, as their users get them: `npm test` builds before it tests.
describe('the examples of the READMEs', () => {
  test('are there', () => {
    expect(examples.length).toBeGreaterThan(0)
  })

  test.each(examples)('%s runs', async (example) => {
    await run(process.execPath, ['--disable-warning=ExperimentalWarning', example], { cwd: root })
  })
})
