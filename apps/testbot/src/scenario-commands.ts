import type { Command } from 'commander'
import { findScenario, scenarioNames } from './library.ts'
import type { World } from './program.ts'
import type { Flaw, ReadScenario } from './read-scenario.ts'
import { scenarioJsonSchema, type Scenario } from './scenario.ts'
import { targetAt, type Elsewhere, type TargetSpec } from './targets/spec.ts'

const NODE_URL =
  'the URL of a node, such as http://127.0.0.1:8080, and with --graph that of a graph'
const NETWORKS_URL =
  'the URLs of AlphaOS and DeltaOS with a comma between them, or that of AlphaOS alone where DeltaOS has the next port, such as http://127.0.0.1:3030'
/** What is expected of who has a scenario played elsewhere, by what it was written for. */
const ELSEWHERE: Readonly<Record<TargetSpec['kind'], string>> = {
  node: NODE_URL,
  devnet: NETWORKS_URL,
  networks: NETWORKS_URL,
  mesh: 'nothing, since the nodes of a mesh run here alone',
}

type Found = ReadScenario & { readonly path: string }

/** Adds the commands that are about scenarios, and run none. */
export function addScenarioCommands(program: Command, world: World): void {
  const { stand } = world
  const say = (line: string): void => stand.write(`${line}\n`)

  program
    .command('list')
    .description('list the scenarios that come with it')
    .option('--json', 'as JSON')
    .addHelpText(
      'after',
      `
Examples:
  bzzz-testbot list
  bzzz-testbot list --json | jq -r '.[] | select(.kind == "adversarial").name'
`,
    )
    .action(({ json }: { json?: boolean }) => {
      const all = scenarioNames()
        .map((name) => findScenario(name))
        .filter((found) => found.ok)
        .map(({ scenario }) => {
          const { name, kind, about, phases, roles } = scenario
          const seconds = phases.reduce((sum, phase) => sum + phase.seconds, 0)
          return {
            name,
            kind,
            about,
            seconds,
            bots: roles.reduce((sum, { bots }) => sum + bots, 0),
          }
        })
      if (json) return say(JSON.stringify(all))
      for (const { name, kind, about } of all) say(`${name.padEnd(20)} ${kind.padEnd(13)} ${about}`)
    })

  program
    .command('validate')
    .argument('<scenario>', 'a name or a file')
    .description('check one; what is wrong is said with line and column')
    .option('--json', 'as JSON')
    .addHelpText(
      'after',
      `
Exit status: 0 it is well, 2 it is not.

Examples:
  bzzz-testbot validate my-attack.yaml
  bzzz-testbot validate my-attack.yaml --json | jq .flaws
`,
    )
    .action((name: string, { json }: { json?: boolean }) => {
      const found = find(name, world)
      if (!found) return
      const { path, ok } = found
      const flaws = ok ? [] : found.flaws
      if (json) say(JSON.stringify({ ok, path, flaws }))
      else for (const line of ok ? ['It is well.'] : flaws.map(flawLine(path))) say(line)
      if (!ok) world.fail(2)
    })

  program
    .command('schema')
    .description('print the JSON Schema of scenarios, for editors')
    .addHelpText(
      'after',
      `
Examples:
  bzzz-testbot schema > scenario.schema.json
`,
    )
    .action(() => say(JSON.stringify(scenarioJsonSchema(), undefined, 2)))
}

/**
 * A scenario by name or file, and elsewhere than it says if that is given. Where there is none, or it is wrong, that is
 * said; the status is 2.
 */
export function readNamed(
  name: string,
  world: World,
  elsewhere: Elsewhere = {},
): Scenario | undefined {
  let found = find(name, world)
  if (found?.ok && Object.keys(elsewhere).length > 0) {
    const target = targetAt(found.scenario.target, elsewhere)
    if (!target) {
      const what = ELSEWHERE[found.scenario.target.kind]
      const where = elsewhere.url ?? `the graph ${elsewhere.graph}`
      world.warn(`${name} cannot be run on ${where}: expected ${what}`)
      world.fail(2)
      return undefined
    }
    found = find(name, world, target)
  }
  if (!found || found.ok) return found?.scenario
  for (const line of found.flaws.map(flawLine(found.path))) world.warn(line)
  world.fail(2)
  return undefined
}

/** What a run would do, in lines. */
export function planOf({ name, about, seed, roles, phases, thresholds }: Scenario): string {
  return [
    `${name}: ${about}`,
    `seed ${seed}; ${roles.map(({ role, bots }) => `${bots} × ${role}`).join(', ')}`,
    ...phases.map(({ name: phase, seconds, load }) => `${phase}: ${seconds} s, ${load.model}`),
    `${thresholds.length} thresholds`,
  ].join('\n')
}

function find(name: string, world: World, target?: TargetSpec): Found | undefined {
  try {
    return findScenario(name, target)
  } catch (error) {
    const names = scenarioNames().join(', ')
    world.warn(`${name}: ${(error as Error).message}. Give a file, or one of these: ${names}`)
    world.fail(2)
    return undefined
  }
}

function flawLine(path: string) {
  return ({ line, column, message }: Flaw): string => `${path}:${line}:${column}: ${message}`
}
