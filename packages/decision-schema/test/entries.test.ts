import { builtinModules } from 'node:module'
import { build, type Plugin } from 'esbuild'
import { expect, it } from 'vitest'

/** The Node built-ins that an entry reaches when it is bundled for browsers. */
async function builtinsOf(entry: string): Promise<string[]> {
  const found: string[] = []
  const watch: Plugin = {
    name: 'built-ins',
    setup(bundling) {
      bundling.onResolve({ filter: /.*/ }, ({ path }) => {
        if (!path.startsWith('node:') && !builtinModules.includes(path)) return undefined
        found.push(path)
        return { path, external: true }
      })
    },
  }
  await build({
    entryPoints: [new URL(`../src/${entry}.ts`, import.meta.url).pathname],
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

it.each(['index', 'chains', 'curation'])('%s runs in browsers', async (entry) => {
  expect(await builtinsOf(entry)).toEqual([])
})

it('signing needs Node, and nothing else reaches it', async () => {
  expect(await builtinsOf('signing')).toContain('node:crypto')
})
