import { globSync, readFileSync } from 'node:fs'
import { builtinModules } from 'node:module'
import { dirname, relative, resolve } from 'node:path'
import { parseSync } from 'oxc-parser'
import { FLOORS, members, root, type Member } from './workspace.ts'

/** An import that breaks a rule of the house. */
export interface Violation {
  /** `packages/x/src/y.ts` */
  readonly file: string
  readonly specifier: string
  readonly why: string
}

/** Checks every import of every source file against the floors. */
export function checkLayers(): Violation[] {
  const all = members()
  return all.flatMap((member) =>
    globSync('src/**/*.{ts,tsx}', { cwd: resolve(root, member.folder) }).flatMap((file) => {
      const path = `${member.folder}/${file.replaceAll('\\', '/')}`
      return importsOf(path, readFileSync(resolve(root, path), 'utf8')).flatMap((specifier) => {
        const why = violationOf(member, path, specifier, all)
        return why === undefined ? [] : [{ file: path, specifier, why }]
      })
    }),
  )
}

/** What a file imports: statically, dynamically, as types, and what it exports on. */
export function importsOf(file: string, source: string): string[] {
  const { module, errors } = parseSync(file, source)
  if (errors.length > 0) throw new Error(`${file} does not parse: ${errors[0]?.message}`)
  // What is named only when it runs is a user's module, and none of the house.
  const dynamic = module.dynamicImports
    .map(({ moduleRequest }) => source.slice(moduleRequest.start, moduleRequest.end))
    .filter((name) => /^['"`]/.test(name))
    .map((name) => name.replaceAll(/^['"`]|['"`]$/g, ''))
  const exported = module.staticExports.flatMap(({ entries }) =>
    entries.flatMap(({ moduleRequest }) => (moduleRequest ? [moduleRequest.value] : [])),
  )
  const types = [...source.matchAll(/\bimport\((['"])(.+?)\1\)/g)].map((match) => match[2] ?? '')
  const statics = module.staticImports.map(({ moduleRequest }) => moduleRequest.value)
  return [...new Set([...statics, ...dynamic, ...exported, ...types])]
}

/** Why a package may not import this; undefined where it may. */
export function violationOf(
  member: Pick<Member, 'folder' | 'name' | 'isApp' | 'manifest'>,
  file: string,
  specifier: string,
  all: readonly Member[],
): string | undefined {
  if (specifier.startsWith('.')) {
    const target = relative(root, resolve(root, dirname(file), specifier)).replaceAll('\\', '/')
    return target.startsWith(`${member.folder}/`) ? undefined : 'it reaches out of its package'
  }
  const [scope = '', rest = '', ...inside] = specifier.split('/')
  if (scope !== '@bzzz') return thirdParty(member, specifier)
  const target = all.find(({ manifest }) => manifest.name === `${scope}/${rest}`)
  if (!target) return 'there is no such package'
  if (target.isApp) return 'nothing imports an app'
  const entry = inside.length > 0 ? `./${inside.join('/')}` : '.'
  if (!Object.hasOwn(target.manifest.exports ?? {}, entry))
    return 'it is no entry of the package, but an inside'
  if (!Object.hasOwn(member.manifest.dependencies ?? {}, target.manifest.name)) {
    return 'it is not among the dependencies in package.json'
  }
  const [own, theirs] = [floorOf(member), floorOf(target)]
  return theirs < own
    ? undefined
    : `floor ${own} imports from floor ${theirs}, which is not below it`
}

function thirdParty({ manifest }: Pick<Member, 'manifest'>, specifier: string): string | undefined {
  if (specifier.startsWith('node:')) return undefined
  if (builtinModules.includes(specifier)) return 'a built-in is written with node:'
  const parts = specifier.split('/')
  const name = specifier.startsWith('@') ? parts.slice(0, 2).join('/') : (parts[0] ?? '')
  const { dependencies, peerDependencies } = manifest
  return Object.hasOwn({ ...dependencies, ...peerDependencies }, name)
    ? undefined
    : 'it is not among the dependencies in package.json'
}

/** Apps stand above all floors. */
export function floorOf({ name, isApp }: Pick<Member, 'name' | 'isApp'>): number {
  if (isApp) return FLOORS.length
  const floor = FLOORS.findIndex((names) => names.includes(name))
  if (floor === -1) throw new Error(`${name} has no floor: give it one in test/workspace.ts`)
  return floor
}
