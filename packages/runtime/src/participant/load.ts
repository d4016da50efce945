import { readFile } from 'node:fs/promises'
import { parse as parseYaml } from 'yaml'
import { parseFile } from '../configuration/file.ts'
import {
  readConfiguration,
  type Configuration,
  type ConfigurationSources,
} from '../configuration/read.ts'
import { RuntimeError } from '../errors.ts'
import {
  agentSchema,
  DEFAULTS,
  participantSchema,
  type Kind,
  type LoadedConfiguration,
} from './configuration.ts'

export interface LoadOptions extends Pick<ConfigurationSources, 'environment' | 'flags'> {
  /** A YAML file; defaults alone if left out. */
  readonly path?: string | undefined
  /** Whose defaults they are, where the file does not say. */
  readonly kind: Kind
}

/** What the environment calls begins so. */
export const PREFIX = 'BZZZ'

/**
 * Loads the configuration of a participant.
 *
 * @throws `ERR_RUNTIME_CONFIGURATION`, where the file cannot be read as well.
 */
export async function loadConfiguration({
  path,
  kind,
  ...sources
}: LoadOptions): Promise<Configuration<LoadedConfiguration>> {
  const text = path === undefined ? undefined : await read(path)
  const file = path === undefined || text === undefined ? undefined : parseFile(path, text)
  const options = { prefix: PREFIX, file, ...sources }
  if ((kindOf(text) ?? kind) === 'agent') return readConfiguration(agentSchema(), options)
  return readConfiguration(participantSchema(DEFAULTS.human), options)
}

async function read(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8')
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause)
    throw new RuntimeError('ERR_RUNTIME_CONFIGURATION', `${path}: ${why}`, { cause })
  }
}

/** Which of both a file says that it is of; a wrong word is found when it is checked. */
function kindOf(text: string | undefined): Kind | undefined {
  const value: unknown = text === undefined ? undefined : parseYaml(text)
  const kind = typeof value === 'object' && value !== null && 'kind' in value && value.kind
  return kind === 'agent' || kind === 'human' ? kind : undefined
}
