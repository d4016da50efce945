import { Option, type Command } from 'commander'
import type { Setting } from '../configuration/settings.ts'
import type { Kind } from '../participant/configuration.ts'
import type { LoadOptions } from '../participant/load.ts'

/** What configures the commands of an app. */
export interface FlagsInit {
  readonly kind: Kind
  readonly settings: readonly Setting[]
  /** What the configuration is called where it is not named, for people. */
  readonly fileName: string
}

/** Adds `--config` and a flag for each setting. */
export function addFlags(command: Command, { settings, fileName }: FlagsInit): Command {
  command.option('-c, --config <file>', `configuration (default: ${fileName}, where there is one)`)
  for (const { flag, description, isList } of settings) {
    const value = isList ? '<list>' : '<value>'
    const option = new Option(`${flag} ${value}`, description)
    command.addOption(option.helpGroup('Settings (each in the file and the environment as well):'))
  }
  return command
}

/** Where the configuration of a command comes from. */
export function sourcesOf(
  options: Readonly<Record<string, unknown>>,
  {
    kind,
    settings,
    file,
    environment,
  }: Omit<FlagsInit, 'fileName'> & {
    /** The file where none is named; absent where there is none. */
    readonly file: string | undefined
    readonly environment: Readonly<Record<string, string | undefined>>
  },
): LoadOptions {
  const flags: Record<string, unknown> = {}
  for (const { flag, path } of settings) {
    const value = options[new Option(flag).attributeName()]
    if (value !== undefined) flags[path] = value
  }
  const given = options['config']
  return { path: typeof given === 'string' ? given : file, kind, environment, flags }
}
