import { SERVER_NAME } from './edit-json.ts'

// What stands between these lines is ours; nothing else of the file is touched.
const BEGIN = '# bzzz-mcp install: from here'
const END = '# bzzz-mcp install: to here'
const BLOCK = new RegExp(`(?:^|\\n)${BEGIN}\\n[\\s\\S]*?${END}\\n?`)

interface Entry {
  readonly list: string
  readonly entry: Readonly<Record<string, unknown>>
}

/** The text of a settings file with the server in it. */
export function withTomlServer(text: string, { list, entry }: Entry): string {
  const before = withoutBlock(text)
  const lines = Object.entries(entry).map(([name, value]) => `${name} = ${JSON.stringify(value)}`)
  const block = [BEGIN, `[${list}.${SERVER_NAME}]`, ...lines, END, ''].join('\n')
  return before === '' ? block : `${before.replace(/\n?$/, '\n')}${block}`
}

/** The text without it; undefined where nothing else is in it. */
export function withoutTomlServer(text: string): string | undefined {
  const rest = withoutBlock(text)
  return rest.trim() === '' ? undefined : rest
}

/** Whether it is in it: `ours` where this program wrote it. */
export function hasTomlServer(text: string, list: string): 'ours' | 'other' | undefined {
  if (BLOCK.test(text)) return 'ours'
  return new RegExp(`^\\s*\\[${list}\\.${SERVER_NAME}\\]`, 'm').test(text) ? 'other' : undefined
}

function withoutBlock(text: string): string {
  return text.replace(BLOCK, (found) => (found.startsWith('\n') ? '\n' : ''))
}
