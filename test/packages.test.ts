import { existsSync, globSync, readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { describe, expect, test } from 'vitest'
import { members, root } from './workspace.ts'

const all = members()
const read = (path: string): string => readFileSync(resolve(root, path), 'utf8')

describe.each(all)('$manifest.name', ({ folder, name, isApp, manifest }) => {
  test('is described, licensed, and named for its folder', () => {
    expect(manifest.name).toBe(`@bzzz/${name}`)
    expect(manifest.license).toBe('Apache-2.0 OR MIT')
    expect(manifest.description?.length).toBeGreaterThan(10)
  })

  test('has a README of at most 100 lines that says what it is and how it is licensed', () => {
    const readme = read(`${folder}/README.md`)
    expect(readme.split('\n').length).toBeLessThanOrEqual(100)
    expect(readme).toContain(`# ${manifest.name}`)
    expect(readme).toContain('Apache-2.0 OR MIT')
  })

  test('lists in its README each code of its errors, and no other', () => {
    const errors = `${folder}/src/errors.ts`
    if (!existsSync(resolve(root, errors))) return
    const own = new Set(read(errors).match(/\bERR_[A-Z]+_[A-Z_]+\b/g))
    const listed = new Set(
      [...read(`${folder}/README.md`).matchAll(/^\| `(ERR_[A-Z_]+)`/gm)].map((match) => match[1]),
    )
    expect(listed).toEqual(own)
  })

  test('shows in its README an example that is a file', () => {
    if (isApp) return
    const examples = globSync('examples/*.ts', { cwd: resolve(root, folder) })
    expect(examples.length).toBeGreaterThan(0)
    const blocks = [...read(`${folder}/README.md`).matchAll(/```ts\n([\s\S]*?)```/g)].map(
      (match) => match[1],
    )
    for (const example of examples) expect(blocks).toContain(read(`${folder}/${example}`))
  })
})

describe('the house', () => {
  test('is listed whole in the README, a line for each package', () => {
    const readme = read('README.md')
    for (const { folder, name } of all)
      expect(readme).toContain(`[\`${name}\`](${folder}/README.md)`)
  })

  test('keeps its sources free of the clock and of chance, but for the outermost shells', () => {
    const shells = ['apps/agent/src/main.ts']
    const found = all.flatMap(({ folder }) =>
      globSync('src/**/*.ts', { cwd: resolve(root, folder) })
        .map((file) => `${folder}/${file.replaceAll('\\', '/')}`)
        .filter((path) => !shells.includes(path))
        .filter((path) => /\bDate\.now\(\)|\bMath\.random\(|\bnew Date\(\)/.test(read(path))),
    )
    expect(found).toEqual([])
  })
})
