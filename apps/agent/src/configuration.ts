import { existsSync } from 'node:fs'
import { Option, type Command } from 'commander'
import { agentSchema, PREFIX, settingsOf, type LoadOptions, type Setting } from '@bzzz/runtime'

export const CONFIGURATION_FILE = 'agent.yaml'

/** All that can be configured, as it is called in files, in the environment and on the command line. */
export const SETTINGS: readonly Setting[] = settingsOf(agentSchema(), PREFIX)

/** Adds `--config` and a flag for each setting. */
export function addSettings(command: Command): Command {
  command.option(
    '-c, --config <file>',
    `configuration (default: ${CONFIGURATION_FILE} here, where there is one)`,
  )
  for (const { flag, description, isList } of SETTINGS) {
    const value = isList ? '<list>' : '<value>'
    const option = new Option(`${flag} ${value}`, description)
    command.addOption(option.helpGroup('Settings (each in the file and the environment as well):'))
  }
  return command
}

/** Where the configuration of a command comes from. */
export function sourcesOf(
  options: Readonly<Record<string, unknown>>,
  environment: Readonly<Record<string, string | undefined>>,
): LoadOptions {
  const flags: Record<string, unknown> = {}
  for (const { flag, path } of SETTINGS) {
    const value = options[new Option(flag).attributeName()]
    if (value !== undefined) flags[path] = value
  }
  const given = options['config']
  const found = existsSync(CONFIGURATION_FILE) ? CONFIGURATION_FILE : undefined
  return { path: typeof given === 'string' ? given : found, kind: 'agent', environment, flags }
}
