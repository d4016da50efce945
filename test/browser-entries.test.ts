import { builtinModules } from 'node:module'
import { build, type Plugin } from 'esbuild'
import { describe, expect, test } from 'vitest'
import { BROWSER_ENTRIES, root } from './workspace.ts'

/** Bundles an entry for browsers, and gives the Node built-ins that it reaches, with who imports them. */
async function builtinsOf(entry: string): Promise<string[]> {
  const [, name = ''] = entry.split('/')
  const found: string[] = []
  const watch: Plugin = {
    name: 'built-ins',
    setup(bundling) {
      bundling.onResolve({ filter: /.*/ }, ({ path, importer }) => {
        if (!path.startsWith('node:') && !builtinModules.includes(path)) return undefined
        found.push(`${path} from ${importer}`)
        return { path, external: true }
      })
    },
  }
  await build({
    // A package knows itself by its name.
    stdin: { contents: `export * from '${entry}'`, resolveDir: `${root}/packages/${name}` },
    bundle: true,
    write: false,
    platform: 'browser',
    format: 'esm',
    conditions: ['@bzzz/source'],
    plugins: [watch],
    logLevel: 'silent',
  })
  return found
}

describe('entries for browsers', () => {
  test.each(BROWSER_ENTRIES)('%s reaches no Node built-in', async (entry) => {
    expect(await builtinsOf(entry)).toEqual([])
  })

  test('the check sees a built-in, however deep it stands', async () => {
    const found = await builtinsOf('@bzzz/identity')
    expect(found.some((line) => line.startsWith('node:crypto from '))).toBe(true)
  })
})
