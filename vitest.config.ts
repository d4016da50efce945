import { spawnSync } from 'node:child_process'
import { availableParallelism } from 'node:os'
import { resolve } from 'node:path'
import { defaultServerConditions } from 'vite'
import { configDefaults, defineConfig } from 'vitest/config'

// Histories are read by git: where it is not installed, what needs it is left out, and that is said.
const needGit = [
  'packages/importers/test/{again,configuration,export,history,import-decisions,names,peps,peps-decisions,source}.test.ts',
  'apps/agent/test/peps.test.ts',
  'apps/hap/test/*.test.ts',
  'test/examples.test.ts',
]
const hasGit = spawnSync('git', ['--version']).status === 0
if (!hasGit) console.log(`Skipped, since git is not installed: ${needGit.join(', ')}`)

// Packages whose tests have nothing outside of themselves, no process, port or file of others: each worker loads what
// they import once, and no longer for each file. Those that replace modules have them for themselves all the same.
const pure = [
  'packages/{bot-framework,circuit-breaker,decision-schema,dht,dht-mock,inbox,temporal-nav}/test/**/*.test.ts',
  'packages/identity/test/!(shares).test.ts',
  'packages/ucxl-address/test/!(value).test.ts',
]
const all = ['{packages,apps}/*/test/**/*.test.ts', 'test/**/*.test.ts']
const left = [...configDefaults.exclude, ...(hasGit ? [] : needGit)]

export default defineConfig({
  // Tests run on sources: no build is needed to try a change.
  ssr: { resolve: { conditions: ['@bzzz/source', ...defaultServerConditions] } },
  test: {
    projects: [
      {
        extends: true,
        test: { name: 'pure', isolate: false, include: pure, exclude: left },
      },
      {
        extends: true,
        test: { name: 'own', include: all, exclude: [...left, ...pure] },
      },
    ],
    reporters: ['default', './scripts/summary-reporter.ts'],
    // Child processes and real networks need room on a busy machine; nothing waits for luck.
    testTimeout: 30_000,
    hookTimeout: 30_000,
    // Much of a test is waiting, for processes and networks: two at least, also on a machine of two cores.
    maxWorkers: Math.max(2, availableParallelism() - 1),
    // Programs that tests start are not stripped of their types and compiled each time anew.
    env: { NODE_COMPILE_CACHE: resolve(import.meta.dirname, 'node_modules/.cache/compiled') },
    execArgv: ['--disable-warning=ExperimentalWarning'],
    coverage: {
      provider: 'v8',
      include: ['packages/*/src/**/*.ts', 'apps/*/src/**/*.ts'],
    },
  },
})
