import { existsSync } from 'node:fs'
import { resolve } from 'node:path'
import { root } from './workspace.ts'

const QUIET = '--disable-warning=ExperimentalWarning'

/**
 * What Node is given to run an app: as it is published, where it was built, which takes half the time; else from
 * its sources. `npm test` builds first; who runs tests alone builds by hand (`pnpm build`).
 */
export function appArguments(app: 'agent' | 'hap' | 'testbot'): readonly string[] {
  const built = resolve(root, `apps/${app}/dist/main.js`)
  if (existsSync(built)) return [QUIET, built]
  return ['--conditions=@bzzz/source', QUIET, resolve(root, `apps/${app}/src/main.ts`)]
}
