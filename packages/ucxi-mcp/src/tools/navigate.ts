import { contentIdOf } from '@bzzz/context-store'
import type { EntryView, VersionView } from '@bzzz/ucxi'
import { OPERATIONS } from '@bzzz/ucxi/operations'
import { createAddress, format, parse } from '@bzzz/ucxl-address'
import { createTwoFilesPatch } from 'diff'
import { z } from 'zod'
import { McpError } from '../errors.ts'
import { addressAt } from '../memory/moment.ts'
import { longest, pack, whole, type Answer, type Item } from '../results/budget.ts'
import { fenced, NOT_INSTRUCTIONS, plain, sayAuthor } from '../results/marked.ts'
import { author, note, shownOf, version } from './shapes.ts'
import { maxChars, tool, type ToolCall } from './tool.ts'

/** Edits between two texts, at most: those with more have little in common. */
const MAX_EDITS = 5000
const PAGE = 50

/** Moves along a timeline. */
export const navigateTool = tool({
  name: 'ucxl_navigate',
  description:
    'Walk the versions of a context: steps back (-1) or forward from an address, list them all, or diff with another version.',
  safe: true,
  idempotent: true,
  input: z.strictObject({
    address: OPERATIONS.timeline.input.shape.address,
    steps: z.int().optional().describe('-1, one back, if left out'),
    list: z.boolean().optional(),
    diff: z
      .string()
      .max(64)
      .optional()
      .describe('From this version to the address: ~~1, *~3, 2025-08-01'),
    from: z.int().min(0).optional().describe('`next` of the answer before'),
    max_chars: maxChars,
  }),
  output: z.object({
    note,
    versions: z.array(z.object({ ...version, author })).describe('Of a diff: from, to'),
    diff: z.string().optional(),
    next: z.int().optional(),
  }),
  async run({ address, steps = -1, list = false, diff, from }, call) {
    if (list) return listed(address, from ?? 1, call)
    if (diff !== undefined) return compared([addressAt(address, diff), address], from ?? 0, call)
    return stepped(address, steps, call)
  },
})

async function stepped(
  address: string,
  steps: number,
  { memory, signal, budget }: ToolCall,
): Promise<Answer> {
  const start = await memory.resolve(address, { signal })
  const number = start.version + steps
  if (number < 1) {
    const message = `${address} is version ${start.version}: expected at most ${start.version - 1} steps back`
    throw new McpError('ERR_MCP_CURSOR', message)
  }
  const there = createAddress({ ...parse(address), temporal: `*~${number}` })
  const shown = shownOf(await memory.resolve(format(there), { signal }), memory)
  const text = `${sayVersion(shown)}\nRead it with ucxl_get.`
  return whole({ text, structured: { versions: [shown] } }, budget)
}

async function listed(address: string, from: number, call: ToolCall): Promise<Answer> {
  const { memory, signal, budget } = call
  const versions = memory.timeline(address, { from: Math.max(1, from), limit: PAGE, signal })
  async function* items(): AsyncGenerator<Item> {
    for await (const view of versions) {
      const shown = shownOf(view, memory)
      yield { text: `- ${sayVersion(shown)}`, structured: shown, cursor: view.version + 1 }
    }
  }
  const frame = {
    head: `Versions of ${plain(address, 2048)}:`,
    fields: {},
    name: 'versions',
    more: (cursor: string | number) => `More: ask again with from ${cursor}.`,
    none: 'No more.',
  }
  return pack(items(), frame, budget)
}

function sayVersion(shown: ReturnType<typeof shownOf>): string {
  const { address, time, size, content } = shown
  const what = content === null ? 'deleted' : `${size} bytes`
  return `${address} ${time} by ${sayAuthor(shown.author)}, ${what}`
}

async function compared(
  [older, newer]: readonly [string, string],
  from: number,
  { memory, signal, budget }: ToolCall,
): Promise<Answer> {
  const [old, now] = [await memory.entry(older, { signal }), await memory.entry(newer, { signal })]
  const patch = patchOf(old, now)
  // Neither version can know a hash over both.
  const seal = contentIdOf(Buffer.from(`${old.content} ${now.content}`))
  const versions = [shownOf(old, memory), shownOf(now, memory)]
  const [from_, to] = versions.map(({ address, author: by }) => `${address} (by ${sayAuthor(by)})`)
  const head = `From ${from_}\nto ${to}.`
  if (patch === '') {
    return whole({ text: `${head}\nThey are equal.`, structured: { versions, diff: '' } }, budget)
  }
  return longest(patch, { from: Math.min(from, patch.length), budget }, (end) => {
    const part = patch.slice(from, end)
    const more = end < patch.length ? [`More: ask again with from ${end}.`] : []
    return {
      text: [head, NOT_INSTRUCTIONS, fenced({ text: part, seal }), ...more].join('\n'),
      structured: {
        note: NOT_INSTRUCTIONS,
        versions,
        diff: part,
        ...(end < patch.length && { next: end }),
      },
    }
  })
}

function patchOf(old: EntryView, now: EntryView): string {
  if (old.content === now.content) return ''
  const texts = [old, now].map(textIn)
  const options = { maxEditLength: MAX_EDITS }
  const [before = '', after = ''] = texts
  const patch = createTwoFilesPatch(
    nameOf(old),
    nameOf(now),
    before,
    after,
    undefined,
    undefined,
    options,
  )
  return patch ?? 'They have too little in common to be compared: read both.'
}

function nameOf({ version: number }: VersionView): string {
  return `version ${number}`
}

function textIn({ encoding, body, address }: EntryView): string {
  if (encoding === 'utf-8') return body
  throw new McpError('ERR_MCP_NOT_TEXT', `${address} is no text, so nothing can be compared`)
}
