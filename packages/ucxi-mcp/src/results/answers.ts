import type { CallToolResult } from '@modelcontextprotocol/server'
import { codeOf } from '../errors.ts'
import { adviceOn } from './advice.ts'
import type { Answer } from './budget.ts'
import { plain } from './marked.ts'

/** Where the code of an error stands for programs; a model reads it in the text. */
const CODE_META = 'bzzz/code'

/** What a tool gives. */
export function resultOf({ text, structured }: Answer): CallToolResult {
  return { content: [{ type: 'text', text }], structuredContent: { ...structured } }
}

/**
 * What a tool says where it failed: the code, what was wrong, and what to do next. Within the budget
 * too: the message gives way.
 */
export function failureOf(error: unknown, budget: number): CallToolResult {
  const code = codeOf(error)
  const advice = `\nNext: ${adviceOn(error)}`
  const what = code === undefined ? 'Something went wrong here' : messageOf(error)
  const room = budget - advice.length - (code?.length ?? 0) - 3
  const head = code === undefined ? '' : `${code}: `
  return {
    isError: true,
    content: [{ type: 'text', text: `${head}${cut(what, room)}${advice}` }],
    ...(code !== undefined && { _meta: { [CODE_META]: code } }),
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}

/** A message has lines where it shows what is there; else it is one line. */
function cut(message: string, room: number): string {
  const text = message.includes('<<<') ? message : plain(message, 2000)
  return text.length <= room ? text : `${text.slice(0, Math.max(0, room - 1))}…`
}
