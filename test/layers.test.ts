import { describe, expect, test } from 'vitest'
import { checkLayers, floorOf, importsOf, violationOf } from './layers.ts'
import { FLOORS, members } from './workspace.ts'

const all = members()
const mesh = all.find(({ name }) => name === 'mesh')!
const why = (specifier: string): string | undefined =>
  violationOf(mesh, 'packages/mesh/src/index.ts', specifier, all)

describe('the floors', () => {
  test('no import points up, into the insides of another package, or to an app', () => {
    expect(checkLayers()).toEqual([])
  })

  test('every package has its floor, and every floor its packages', () => {
    expect(() => all.map((member) => floorOf(member))).not.toThrow()
    expect(FLOORS.flat().toSorted()).toEqual(
      all
        .filter(({ isApp }) => !isApp)
        .map(({ name }) => name)
        .toSorted(),
    )
  })
})

describe('the check itself', () => {
  test('an import from a floor below is fine', () => {
    expect(why('@bzzz/dht')).toBeUndefined()
    expect(why('./errors.ts')).toBeUndefined()
    expect(why('node:crypto')).toBeUndefined()
    expect(why('libp2p')).toBeUndefined()
  })

  test('what whoever uses it brings is fine too', () => {
    const drawn = { ...mesh, manifest: { ...mesh.manifest, peerDependencies: { ink: '*' } } }
    const whyNot = (of: typeof mesh) => violationOf(of, 'packages/mesh/src/index.ts', 'ink', all)
    expect([whyNot(drawn), whyNot(mesh)]).toEqual([
      undefined,
      'it is not among the dependencies in package.json',
    ])
  })

  test('an import that breaks a rule is named with its reason', () => {
    expect(why('@bzzz/agent')).toBe('nothing imports an app')
    expect(why('@bzzz/dht/src/dht.ts')).toBe('it is no entry of the package, but an inside')
    expect(why('../../dht/src/dht.ts')).toBe('it reaches out of its package')
    expect(why('@bzzz/nowhere')).toBe('there is no such package')
    expect(why('@bzzz/ucxi')).toBe('it is not among the dependencies in package.json')
    expect(why('fastify')).toBe('it is not among the dependencies in package.json')
    expect(why('fs')).toBe('a built-in is written with node:')
    const eager = { ...mesh, manifest: { ...mesh.manifest, dependencies: { '@bzzz/ucxi': '*' } } }
    expect(violationOf(eager, 'packages/mesh/src/index.ts', '@bzzz/ucxi', all)).toBe(
      'floor 4 imports from floor 5, which is not below it',
    )
  })

  test('every way to import is seen', () => {
    const source = `
      import a from 'a'
      import type { B } from 'b'
      export { c } from 'c'
      export * from 'd'
      import 'e'
      const f = await import('f')
      const own = await import(path)
      type G = import('g').G
    `
    expect(importsOf('x.ts', source).toSorted()).toEqual(['a', 'b', 'c', 'd', 'e', 'f', 'g'])
  })
})
