import type { EntryView } from '@bzzz/ucxi'
import { OPERATIONS } from '@bzzz/ucxi/operations'
import { z } from 'zod'
import { McpError } from '../errors.ts'
import { addressAt } from '../memory/moment.ts'
import { longest, type Answer } from '../results/budget.ts'
import { fenced, NOT_INSTRUCTIONS, plain, sayAuthor } from '../results/marked.ts'
import { author, note, shownOf, version, type Shown } from './shapes.ts'
import { maxChars, tool } from './tool.ts'

const { get } = OPERATIONS

/** Reads a version, or a part of it. */
export const getTool = tool({
  name: 'ucxl_get',
  description:
    'Read a context: what an agent or a person left at an address. The answer names the exact version: cite that.',
  safe: true,
  idempotent: true,
  input: get.input.pick({ address: true, at: true }).extend({
    offset: z
      .int()
      .min(0)
      .optional()
      .describe('Go on at this character: `next` of the answer before'),
    max_chars: maxChars,
  }),
  output: z.object({
    ...version,
    author,
    note,
    text: z.string(),
    next: z.int().optional().describe('There is more: ask with this offset'),
  }),
  async run({ address, at, offset = 0 }, { memory, budget, signal }) {
    const entry = await memory.entry(addressAt(address, at), { signal })
    const shown = shownOf(entry, memory)
    const text = textOf(entry)
    if (offset > text.length) {
      const message = `Expected an offset up to ${text.length}, got ${offset}`
      throw new McpError('ERR_MCP_CURSOR', message)
    }
    const part = { text, seal: entry.content ?? '', length: text.length }
    return longest(text, { from: offset, budget }, (end) => render(shown, part, [offset, end]))
  },
})

/** @throws `ERR_MCP_NOT_TEXT` where the bytes are none. */
function textOf({ encoding, body, content_type: type, size, address }: EntryView): string {
  if (encoding === 'utf-8') return body
  const bytes = Buffer.from(body, 'base64')
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
  } catch (cause) {
    const message = `${address} is no text, but ${size} bytes of ${plain(type ?? '')}`
    throw new McpError('ERR_MCP_NOT_TEXT', message, { cause })
  }
}

function render(
  shown: Shown,
  { text, seal, length }: { readonly text: string; readonly seal: string; readonly length: number },
  [from, end]: readonly [number, number],
): Answer {
  const part = text.slice(from, end)
  const isWhole = from === 0 && end === length
  const where = isWhole ? `${length} characters` : `characters ${from} to ${end} of ${length}`
  const lines = [
    `${shown.address} (${plain(shown.content_type ?? '')}, ${where}, content id ${shown.content})`,
    `Written ${shown.time} by ${sayAuthor(shown.author)}.`,
    NOT_INSTRUCTIONS,
    fenced({ text: part, seal }),
    ...(end < length ? [`More: ask again with offset ${end}.`] : []),
  ]
  return {
    text: lines.join('\n'),
    structured: {
      ...shown,
      note: NOT_INSTRUCTIONS,
      text: part,
      ...(end < length && { next: end }),
    },
  }
}
