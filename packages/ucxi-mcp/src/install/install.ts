import { mkdir, readFile, realpath, rename, rm, writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import { McpError } from '../errors.ts'
import { hasServer, SERVER_NAME, withoutServer, withServer } from './edit-json.ts'
import { hasTomlServer, withoutTomlServer, withTomlServer } from './edit-toml.ts'
import {
  HOST_NAMES,
  HOSTS,
  type Host,
  type HostName,
  type Launch,
  type Surroundings,
} from './hosts.ts'

/** What was done to a file. */
export interface Installed {
  readonly file: string
  readonly done: 'written' | 'replaced' | 'removed' | 'deleted' | 'unchanged'
  /** What the host now has under the server's name. */
  readonly entry?: Readonly<Record<string, unknown>>
}

/** @throws `ERR_MCP_HOST`. */
export function hostNamed(name: string): Host {
  if (Object.hasOwn(HOSTS, name)) return HOSTS[name as HostName]
  throw new McpError('ERR_MCP_HOST', `Expected one of ${HOST_NAMES.join(', ')}, got ${name}`)
}

/**
 * Tells a host of this server.
 *
 * @throws `ERR_MCP_HOST_FILE` where its file cannot be changed without losing something; the file
 *   system's errors
 */
export async function install(
  host: Host,
  launch: Launch,
  surroundings: Surroundings,
): Promise<Installed> {
  const file = await pathOf(host, surroundings)
  const { format, list } = host
  const entry = host.entry(launch)
  const before = await textIn(file)
  return named(file, async () => {
    const isThere = before !== undefined && has(host, before)
    const text = before ?? ''
    const after =
      format === 'json' ? withServer(text, { list, entry }) : withTomlServer(text, { list, entry })
    if (after === before) return { file, done: 'unchanged', entry }
    await replace(file, after)
    return { file, done: isThere ? 'replaced' : 'written', entry }
  })
}

/** Undoes it; all else stays. A file that has nothing else in it is deleted. @throws as `install`. */
export async function uninstall(host: Host, surroundings: Surroundings): Promise<Installed> {
  const file = await pathOf(host, surroundings)
  const before = await textIn(file)
  return named(file, async () => {
    if (before === undefined || !has(host, before)) return { file, done: 'unchanged' }
    const after =
      host.format === 'json' ? withoutServer(before, host.list) : withoutTomlServer(before)
    if (after === undefined) {
      await rm(file)
      return { file, done: 'deleted' }
    }
    await replace(file, after)
    return { file, done: 'removed' }
  })
}

function has({ format, list }: Host, text: string): boolean {
  if (format === 'json') return hasServer(text, list)
  const found = hasTomlServer(text, list)
  if (found !== 'other') return found === 'ours'
  const message = `It has [${list}.${SERVER_NAME}] that somebody else wrote, and is left as it is`
  throw new McpError('ERR_MCP_HOST_FILE', message)
}

/** Where the file is, through links, so that a link stays one. */
async function pathOf(host: Host, surroundings: Surroundings): Promise<string> {
  const file = host.file(surroundings)
  return realpath(file).catch(() => file)
}

async function textIn(file: string): Promise<string | undefined> {
  try {
    return await readFile(file, 'utf8')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw error
  }
}

/** Whole, or as it was: a host may read it at any moment. */
async function replace(file: string, text: string): Promise<void> {
  await mkdir(dirname(file), { recursive: true })
  const draft = `${file}.bzzz-new`
  // Such files hold the secrets of other servers.
  await writeFile(draft, text, { mode: 0o600 })
  await rename(draft, file)
}

/** Says in which file it went wrong. */
async function named(file: string, change: () => Promise<Installed>): Promise<Installed> {
  try {
    return await change()
  } catch (cause) {
    if (!McpError.is(cause, 'ERR_MCP_HOST_FILE')) throw cause
    throw new McpError('ERR_MCP_HOST_FILE', `${file}: ${cause.message}`, { cause })
  }
}
