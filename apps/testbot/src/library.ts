import { globSync, readFileSync } from 'node:fs'
import { basename, resolve } from 'node:path'
import { readScenario, type ReadScenario } from './read-scenario.ts'
import type { TargetSpec } from './targets/spec.ts'

// Beside `src` and `dist` alike.
const folder = resolve(import.meta.dirname, '../scenarios')

/** The names of the scenarios that come with the package. */
export function scenarioNames(): string[] {
  return globSync('*.yaml', { cwd: folder })
    .map((file) => basename(file, '.yaml'))
    .toSorted()
}

/**
 * Reads a scenario: one of the package by name, or a file; for another target than its own if one is given.
 *
 * @throws what reading a file throws.
 */
export function findScenario(
  nameOrPath: string,
  target?: TargetSpec,
): ReadScenario & { readonly path: string } {
  const isName = scenarioNames().includes(nameOrPath)
  const path = isName ? resolve(folder, `${nameOrPath}.yaml`) : resolve(nameOrPath)
  return { ...readScenario(readFileSync(path, 'utf8'), target), path }
}
