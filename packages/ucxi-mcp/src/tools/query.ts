import { DECISION_MEDIA_TYPE } from '@bzzz/decision-schema'
import type { FoundView } from '@bzzz/ucxi'
import { OPERATIONS } from '@bzzz/ucxi/operations'
import { z } from 'zod'
import { McpError } from '../errors.ts'
import type { Memory } from '../memory/memory.ts'
import { pack, type Item } from '../results/budget.ts'
import { NOT_INSTRUCTIONS, plain, quoted, sayAuthor } from '../results/marked.ts'
import { author, note, shownOf, version } from './shapes.ts'
import { maxChars, tool, type ToolCall } from './tool.ts'

const { query } = OPERATIONS
const SUMMARY = 160
/** Contents larger than this are not read for a summary. */
const SUMMARY_BYTES = 64 * 1024
const PAGE = 25

/** Finds contexts, a summary of each. */
export const queryTool = tool({
  name: 'ucxl_query',
  description:
    'Find contexts by words, address pattern, tags or time. Gives summaries: read with ucxl_get what matters.',
  safe: query.safe,
  idempotent: query.idempotent,
  input: z.strictObject({
    pattern: query.input.shape.pattern.describe('Such as ucxl://any:any@shop:any/decisions/**'),
    text: query.input.shape.text,
    tags: query.input.shape.tags,
    at: query.input.shape.at.describe('As it stood then: a day or moment; not with text'),
    since: query.input.shape.since.describe('Written then or later'),
    before: query.input.shape.before.describe('Written before'),
    after: query.input.shape.after.describe('`next` of the answer before'),
    max_chars: maxChars,
  }),
  output: z.object({
    note,
    found: z.array(
      z.object({
        address: version.address,
        time: version.time,
        content_type: version.content_type,
        size: version.size,
        author,
        summary: z.string(),
      }),
    ),
    next: z.string().optional(),
  }),
  async run(input, call) {
    const { text } = input
    const { max_chars: _budget, ...wanted } = input
    return pack(
      itemsOf(wanted, call),
      {
        head: NOT_INSTRUCTIONS,
        fields: { note: NOT_INSTRUCTIONS },
        name: 'found',
        more: (cursor) => `More: ask again with after ${JSON.stringify(cursor)}.`,
        none: text === undefined ? 'Nothing is there.' : 'Nothing has these words.',
      },
      call.budget,
    )
  },
})

type Input = z.output<typeof query.input>

async function* itemsOf(
  { after, ...input }: Omit<Partial<Input>, 'limit'>,
  { memory, signal }: ToolCall,
): AsyncGenerator<Item> {
  const isRanked = input.text !== undefined
  let place = isRanked ? offsetOf(after) : 0
  const given = Object.fromEntries(Object.entries(input).filter(([, value]) => value !== undefined))
  const wanted = { ...given, alive: true, limit: PAGE, signal }
  for await (const view of memory.query(after === undefined ? wanted : { ...wanted, after })) {
    place++
    if (view.content === null) continue
    const { content: _content, version: _version, ...shown } = shownOf(view, memory)
    const summary = await summaryOf(view, memory, signal)
    const cursor = isRanked ? String(place) : view.key
    yield {
      text: `- ${shown.address} ${shown.time} by ${sayAuthor(shown.author)}, ${shown.size} bytes: ${quoted(summary, SUMMARY)}`,
      structured: { ...shown, summary },
      cursor,
    }
  }
}

function offsetOf(after = '0'): number {
  if (/^\d{1,5}$/.test(after)) return Number(after)
  throw new McpError('ERR_MCP_CURSOR', 'Expected the next of an answer to these words, such as 20')
}

/** Its title where it is a decision, else where the words stand, or how it begins. */
async function summaryOf(view: FoundView, memory: Memory, signal: AbortSignal): Promise<string> {
  const { content_type: type, size, address, snippet } = view
  // Of a decision the words stand in JSON.
  const isDecision = type === DECISION_MEDIA_TYPE
  if (snippet !== undefined && !isDecision) return plain(snippet, SUMMARY)
  if (size > SUMMARY_BYTES || !/^text\/|[/+]json\b/.test(type ?? '')) return plain(type ?? '')
  try {
    const { body } = await memory.entry(address, { signal })
    if (isDecision) return plain(titleIn(body), SUMMARY)
    return plain(body.slice(0, 4 * SUMMARY), SUMMARY)
  } catch {
    signal.throwIfAborted()
    return 'Its bytes cannot be had here.'
  }
}

function titleIn(body: string): string {
  const { title, summary, status } = JSON.parse(body) as Record<string, unknown>
  const name =
    typeof title === 'string' ? title : typeof summary === 'string' ? summary : 'Decision'
  return typeof status === 'string' ? `${name} (${status})` : name
}
