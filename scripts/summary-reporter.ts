import type { Reporter, TestModule } from 'vitest/node'

/**
 * Ends a run with one line, `N passed, N failed`, that scripts can read.
 *
 * A file that could not be loaded or whose hooks failed counts as one failure, and so does each
 * error that no test caught: a run that is not green never reads as `0 failed`.
 */
export default class SummaryReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], unhandledErrors: readonly unknown[]): void {
    let passed = 0
    let failed = unhandledErrors.length
    let skipped = 0
    for (const module of modules) {
      let failedHere = 0
      for (const test of module.children.allTests()) {
        const { state } = test.result()
        if (state === 'passed') passed++
        else if (state === 'failed') failedHere++
        else skipped++
      }
      failed += failedHere === 0 && !module.ok() ? 1 : failedHere
    }
    const line = `${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`
    // After everything else that is printed, the coverage table too.
    process.once('exit', () => process.stdout.write(`\n${line}\n`))
  }
}
