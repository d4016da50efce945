import { globSync, readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { describe, expect, test } from 'vitest'
import { root } from './workspace.ts'

const lock = readFileSync(resolve(root, 'pnpm-lock.yaml'), 'utf8')

// How packages with binaries name the platforms that people work on.
const PLATFORMS =
  /(?:^|[-/])(?:darwin-(?:arm64|x64|64)|(?:win32|windows)-(?:x64|64)(?:-msvc)?|linux-(?:arm64|x64|64)(?:-(?:gnu|musl))?)$/

/** Each installed package's optional packages for a platform: `name@version`, and who wants it. */
function platformPackages(): { wanted: string; by: string }[] {
  return globSync('node_modules/.pnpm/*/node_modules/{*,@*/*}/package.json', { cwd: root }).flatMap(
    (file) => {
      const { name, optionalDependencies = {} } = JSON.parse(
        readFileSync(resolve(root, file), 'utf8'),
      ) as { name: string; optionalDependencies?: Record<string, string> }
      return Object.entries(optionalDependencies)
        .filter(([optional]) => PLATFORMS.test(optional))
        .map(([optional, version]) => ({ wanted: `${optional}@${version}`, by: name }))
    },
  )
}

describe('the lock file', () => {
  test('names no host: packages come from whatever registry a machine is set to', () => {
    expect(lock.match(/https?:\/\/\S+/g) ?? []).toEqual([])
    expect(lock).not.toMatch(/tarball:/)
  })

  // A package that cannot be resolved where the lock is made is left out of it in silence, and is
  // then missing for everybody on that platform.
  test('has the binaries of every tool for macOS, Windows and Linux', () => {
    const packages = platformPackages()
    expect(packages.length).toBeGreaterThan(20)
    expect(packages.filter(({ wanted }) => !lock.includes(wanted))).toEqual([])
  })
})
