import { findClashes, type Claims } from '../configuration/clashes.ts'
import { printConfiguration } from '../configuration/print.ts'
import { jsonSchemaOf } from '../configuration/settings.ts'
import { EXIT } from '../command.ts'
import { claimsOf, schemaOf, type Kind } from '../participant/configuration.ts'
import { loadConfiguration, type LoadOptions } from '../participant/load.ts'
import type { Output } from '../progress.ts'

/** Prints what is in force, and where each value comes from. */
export async function printConfig(
  sources: LoadOptions,
  { output, json }: { readonly output: Output; readonly json: boolean },
): Promise<void> {
  const configuration = await loadConfiguration(sources)
  if (!json) {
    output.write(printConfiguration(configuration))
    return
  }
  const origins = Object.fromEntries(configuration.origins)
  const secrets = configuration.settings.flatMap(({ path, isSecret }) => (isSecret ? [path] : []))
  const shown = hide(configuration.value, secrets)
  output.write(`${JSON.stringify({ configuration: shown, origins }, undefined, 2)}\n`)
}

/** Prints JSON Schema, for editors. */
export async function printSchema(output: Output, kind: Kind): Promise<void> {
  const schema = jsonSchemaOf(schemaOf(kind))
  output.write(`${JSON.stringify(schema, undefined, 2)}\n`)
}

/** Says whether configurations are right, and can run side by side. @returns the exit status. */
export async function checkConfigs(
  paths: readonly string[],
  { output, json }: { readonly output: Output; readonly json: boolean },
): Promise<number> {
  const problems: string[] = []
  const claims: Claims[] = []
  for (const path of paths) {
    try {
      // What the environment of this shell says is not what each of them will run in.
      const { value } = await loadConfiguration({ path, kind: 'agent' })
      claims.push(claimsOf(path, value))
    } catch (error) {
      problems.push(...(error instanceof Error ? error.message : String(error)).split('\n'))
    }
  }
  problems.push(...findClashes(claims))
  const fine = `${paths.length === 1 ? 'It is' : 'They are'} right${paths.length > 1 ? ', and can run side by side' : ''}.`
  if (json) output.write(`${JSON.stringify({ ok: problems.length === 0, problems })}\n`)
  else output.write(`${problems.length === 0 ? fine : problems.join('\n')}\n`)
  return problems.length === 0 ? EXIT.done : EXIT.failed
}

/** A configuration without what is at these paths. */
function hide(value: unknown, secrets: readonly string[], path = ''): unknown {
  if (secrets.includes(path) && value !== undefined) return '***'
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value
  const shown = Object.entries(value).map(([name, child]) => [
    name,
    hide(child, secrets, path === '' ? name : `${path}.${name}`),
  ])
  return Object.fromEntries(shown) as unknown
}
