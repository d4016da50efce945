import { globSync, readFileSync } from 'node:fs'
import { basename, resolve } from 'node:path'
import { readScenario, type ReadScenario } from './read-scenario.ts'

// Beside `src` and `dist` alike.
const folder = resolve(import.meta.dirname, '../scenarios')

/** The names of the scenarios that come with the package. */
export function scenarioNames(): string[] {
  return globSync('*.yaml', { cwd: folder })
    .map((file) => basename(file, '.yaml'))
    .toSorted()
}

/** Reads a scenario: one of the package by name, or a file. @throws what reading a file throws. */
export function findScenario(nameOrPath: string): ReadScenario & { readonly path: string } {
  const isName = scenarioNames().includes(nameOrPath)
  const path = isName ? resolve(folder, `${nameOrPath}.yaml`) : resolve(nameOrPath)
  return { ...readScenario(readFileSync(path, 'utf8')), path }
}
