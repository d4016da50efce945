import { isPattern } from './format.ts'
import { globWriter } from './glob.ts'
import type { Address, CompiledPattern } from './types.ts'

/** True where every part of `pattern` matches: {@link compilePattern} for a single use. */
export function matches(pattern: Address, address: Address): boolean {
  return compilePattern(pattern).test(address)
}

/**
 * Makes a pattern ready to be held against many addresses; a concrete address matches its own
 * context alone.
 *
 * `any` matches every name, `*` in a name or in a segment any number of characters (none, too), a
 * segment `*` one segment, `**` any number of segments (none, too). A trailing `/` is met by a
 * trailing `/`, or by a `**` at the end. No pattern, whoever wrote it, takes more steps than it and
 * the address have characters, multiplied.
 */
export function compilePattern(pattern: Address): CompiledPattern {
  const { agent, role, project, task, path } = pattern
  const agentFits = nameTest(agent)
  const roleFits = nameTest(role)
  const projectFits = nameTest(project)
  const taskFits = nameTest(task)
  const pathFits = partTest(path, '**', (glob) => globWriter().path(glob, '(?:^|/)'))
  return Object.freeze({
    pattern,
    specificity: specificity(pattern),
    test: (address: Address) =>
      (agentFits === undefined || agentFits(address.agent)) &&
      (roleFits === undefined || roleFits(address.role)) &&
      (projectFits === undefined || projectFits(address.project)) &&
      (taskFits === undefined || taskFits(address.task)) &&
      (pathFits === undefined || pathFits(address.path)) &&
      !isPattern(address),
    testKey: keyTest(pattern),
  })
}

type Test = (text: string) => boolean

function nameTest(name: string): Test | undefined {
  return partTest(name, 'any', (glob) => `${globWriter().name(glob, '$')}$`)
}

/** Undefined for the part of a pattern that is met by everything. */
function partTest(
  part: string,
  everything: string,
  write: (part: string) => string,
): Test | undefined {
  if (part === everything) return undefined
  if (!part.includes('*')) return (text) => text === part
  const expression = new RegExp(`^${write(part)}`)
  return (text) => expression.test(text)
}

function keyTest({ agent, role, project, task, path }: Address): Test {
  const write = globWriter()
  // No name holds a delimiter: two of `any` are one stretch, up to the delimiter after them.
  const pair = (one: string, other: string, end: string): string =>
    one === 'any' && other === one
      ? write.name(one, end)
      : `${write.name(one, ':')}:${write.name(other, end)}`
  const names = `${pair(agent, role, '@')}@${pair(project, task, '/')}`
  const expression = new RegExp(`^${names}${write.path(path, '/')}`)
  const first = agent === 'any' || agent.startsWith('*') ? undefined : agent.charCodeAt(0)
  const last = path.endsWith('*') ? undefined : `/${path}`.charCodeAt(path.length)
  if (first === undefined && last === undefined) return (key) => expression.test(key)
  // A literal at either end turns most keys away for a tenth of what the expression costs.
  return (key) =>
    (first === undefined || key.charCodeAt(0) === first) &&
    (last === undefined || key.charCodeAt(key.length - 1) === last) &&
    expression.test(key)
}

/** Actor, place and path are the digits of one number. */
function specificity({ agent, role, project, task, path }: Address): number {
  const actor = nameWeight(agent) + nameWeight(role)
  const place = nameWeight(project) + nameWeight(task)
  return actor * 21 + place * 3 + pathWeight(path)
}

/** A literal weighs more than two globs. */
function nameWeight(name: string): number {
  return name === 'any' ? 0 : name.includes('*') ? 1 : 3
}

function pathWeight(path: string): number {
  return path === '**' ? 0 : path.includes('*') ? 1 : 2
}
