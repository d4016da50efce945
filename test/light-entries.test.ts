import { build, type Plugin } from 'esbuild'
import { expect, test } from 'vitest'
import { root } from './workspace.ts'

// What takes long to load, and is for who runs a node or serves: loaded by those, when they begin.
const HEAVY = /^(?:libp2p$|@libp2p\/|fastify$|@fastify\/|@prometheus-io\/|pino$)/
// Every command of the apps imports these.
const ENTRIES = ['@bzzz/mesh', '@bzzz/runtime', '@bzzz/slurp', '@bzzz/ucxi']

/** What of that an entry loads as soon as it is imported, with who imports it. */
async function heavyOf(entry: string): Promise<string[]> {
  const [, name = ''] = entry.split('/')
  const found: string[] = []
  const watch: Plugin = {
    name: 'heavy',
    setup(bundling) {
      bundling.onResolve({ filter: /.*/ }, ({ path, importer, kind }) => {
        const isOurs = path.startsWith('.') || path.startsWith('@bzzz/')
        if (isOurs && kind !== 'dynamic-import') return undefined
        if (kind === 'import-statement' && HEAVY.test(path)) found.push(`${path} from ${importer}`)
        return { path, external: true }
      })
    },
  }
  await build({
    stdin: { contents: `export * from '${entry}'`, resolveDir: `${root}/packages/${name}` },
    bundle: true,
    write: false,
    platform: 'node',
    format: 'esm',
    conditions: ['@bzzz/source'],
    plugins: [watch],
    logLevel: 'silent',
  })
  return found
}

test.each(ENTRIES)('%s loads neither a node nor a server before there is one', async (entry) => {
  expect(await heavyOf(entry)).toEqual([])
})

test('the check sees what is loaded, however deep it stands', async () => {
  const found = await heavyOf('@bzzz/runtime/participant')
  expect(found).toContainEqual(
    expect.stringMatching(/^@prometheus-io\/client from .*monitoring\.ts$/),
  )
})
