import { McpError } from '../errors.ts'

/** Under which name a host lists this server. */
export const SERVER_NAME = 'bzzz'

type Settings = Record<string, unknown>

/** The text of a settings file with the server in it. @throws `ERR_MCP_HOST_FILE`. */
export function withServer(
  text: string,
  { list, entry }: { readonly list: string; readonly entry: Readonly<Record<string, unknown>> },
): string {
  const settings = settingsIn(text)
  const servers = listIn(settings, list)
  return write({ ...settings, [list]: { ...servers, [SERVER_NAME]: entry } }, text)
}

/**
 * The text without the server; undefined where nothing else is in it.
 *
 * @throws `ERR_MCP_HOST_FILE`.
 */
export function withoutServer(text: string, list: string): string | undefined {
  const settings = settingsIn(text)
  const { [SERVER_NAME]: _, ...servers } = listIn(settings, list)
  const { [list]: _list, ...rest } = settings
  const isEmpty = Object.keys(servers).length === 0
  if (isEmpty && Object.keys(rest).length === 0) return undefined
  return write(isEmpty ? rest : { ...settings, [list]: servers }, text)
}

/** Whether the server is in a settings file. @throws `ERR_MCP_HOST_FILE`. */
export function hasServer(text: string, list: string): boolean {
  return Object.hasOwn(listIn(settingsIn(text), list), SERVER_NAME)
}

function settingsIn(text: string): Settings {
  if (text.trim() === '') return {}
  let value: unknown
  try {
    value = JSON.parse(text.replace(/^\uFEFF/, ''))
  } catch (cause) {
    // Comments, for one: they would be lost.
    throw new McpError('ERR_MCP_HOST_FILE', 'It is not plain JSON, and is left as it is', { cause })
  }
  if (isSettings(value)) return value
  throw new McpError('ERR_MCP_HOST_FILE', 'Expected an object in it, and left it as it is')
}

function listIn(settings: Settings, list: string): Settings {
  const servers = settings[list] ?? {}
  if (isSettings(servers)) return servers
  throw new McpError('ERR_MCP_HOST_FILE', `Expected an object under ${list}, and left it as it is`)
}

function isSettings(value: unknown): value is Settings {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** As it was indented before. */
function write(settings: Settings, before: string): string {
  const indent = /^[{[]\r?\n([ \t]+)/.exec(before.trimStart())?.[1] ?? '  '
  const text = JSON.stringify(settings, undefined, indent)
  return before !== '' && !before.endsWith('\n') ? text : `${text}\n`
}
