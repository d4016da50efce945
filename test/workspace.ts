import { globSync, readFileSync } from 'node:fs'
import { dirname, resolve } from 'node:path'

export const root = resolve(import.meta.dirname, '..')

/**
 * The floors of the house, from the ground up: a package imports only from floors below its own, and
 * nothing imports an app. A new package gets its place here.
 */
export const FLOORS: readonly (readonly string[])[] = [
  ['circuit-breaker', 'ucxl-address'],
  ['temporal-nav', 'identity'],
  ['decision-schema', 'dht'],
  ['context-store', 'dht-mock'],
  ['bot-framework', 'inbox', 'mesh', 'slurp-client'],
  ['adnet', 'slurp', 'ucxi'],
  ['importers', 'ucxi-mcp'],
  ['runtime'],
]

/** Entries that run in browsers: nothing that they reach may be a Node built-in. */
export const BROWSER_ENTRIES: readonly string[] = [
  '@bzzz/circuit-breaker',
  '@bzzz/ucxl-address',
  '@bzzz/temporal-nav',
  '@bzzz/identity/browser',
  '@bzzz/decision-schema',
  '@bzzz/decision-schema/chains',
  '@bzzz/decision-schema/curation',
  '@bzzz/dht',
  '@bzzz/dht-mock',
  '@bzzz/ucxi/client',
]

export interface Member {
  /** Folder from the root: `packages/mesh`. */
  readonly folder: string
  /** Folder name: `mesh`. */
  readonly name: string
  readonly isApp: boolean
  readonly manifest: Manifest
}

interface Manifest {
  readonly name: string
  readonly private?: boolean
  readonly description?: string
  readonly license?: string
  readonly exports?: Readonly<Record<string, string | Readonly<Record<string, string>>>>
  readonly dependencies?: Readonly<Record<string, string>>
  /** What whoever uses it brings. */
  readonly peerDependencies?: Readonly<Record<string, string>>
}

/** Every package and app of the workspace. */
export function members(): Member[] {
  return globSync('{packages,apps}/*/package.json', { cwd: root })
    .toSorted()
    .map((file) => {
      const folder = dirname(file).replaceAll('\\', '/')
      const [kind = '', name = ''] = folder.split('/')
      const manifest = JSON.parse(readFileSync(resolve(root, file), 'utf8')) as Manifest
      return { folder, name, isApp: kind === 'apps', manifest }
    })
}
