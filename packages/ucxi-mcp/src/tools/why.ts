import { why, type Chain, type ChainLink, type ChainNode } from '@bzzz/decision-schema/chains'
import { OPERATIONS } from '@bzzz/ucxi/operations'
import { verifyProofs } from '@bzzz/identity/proofs'
import { z } from 'zod'
import { McpError } from '../errors.ts'
import { createReader } from '../memory/reader.ts'
import { pack, type Answer, type Item } from '../results/budget.ts'
import { NOT_INSTRUCTIONS, plain, quoted } from '../results/marked.ts'
import { maxChars, tool, type ToolCall } from './tool.ts'

const NODES = 1000

/** Follows a decision to what it rests on, or to what rests on it. */
export const whyTool = tool({
  name: 'decision_why',
  description:
    'Why a decision is so: what it rests on, link by link, each checked; or what would fall with it (direction down).',
  safe: true,
  idempotent: true,
  input: z.strictObject({
    address: OPERATIONS.get.input.shape.address,
    direction: z.enum(['up', 'down']).optional(),
    depth: z.int().min(1).max(64).optional().describe('8 if left out'),
    after: z.string().max(16).optional().describe('`next` of the answer before'),
    max_chars: maxChars,
  }),
  output: z.object({
    start: z.string(),
    links: z.array(
      z.object({
        from: z.string(),
        to: z.string(),
        type: z.string(),
        verdict: z.string().describe('verified, unverified or broken, and why'),
        depth: z.int(),
        title: z.string().optional(),
        status: z.string().optional(),
        signature: z.string().optional(),
        excerpt: z.string().optional(),
      }),
    ),
    cut: z.int().optional().describe('Places where depth ended it'),
    next: z.string().optional(),
  }),
  async run({ address, direction = 'up', depth = 8, after }, call) {
    const { memory, signal } = call
    const options = { depth, nodes: NODES, verify: verifyProofs, signal }
    const chain =
      direction === 'up'
        ? await why(address, createReader(memory, { missing: 'unavailable' }), options)
        : await memory.impact(address, options)
    return answerOf(chain, direction, { ...call, from: placeOf(after) })
  },
})

function placeOf(after = '0'): number {
  if (/^\d{1,9}$/.test(after)) return Number(after)
  throw new McpError('ERR_MCP_CURSOR', 'Expected the next of the answer before, such as 20')
}

async function answerOf(
  { nodes, links, cycles, cuts }: Chain,
  direction: 'up' | 'down',
  { from, budget }: ToolCall & { readonly from: number },
): Promise<Answer> {
  const byAddress = new Map(nodes.map((node) => [node.address, node]))
  const [start] = nodes
  async function* items(): AsyncGenerator<Item> {
    for (const [index, link] of links.entries()) {
      if (index < from) continue
      const far = byAddress.get(direction === 'up' ? link.to : link.from)
      yield { ...itemOf(link, far), cursor: String(index + 1) }
    }
  }
  const cut = cuts.length
  const loops = cycles.length > 0 ? ` It goes round in ${cycles.length} places.` : ''
  const ended = cut > 0 ? ` Not followed further at ${cut} places: ask with a greater depth.` : ''
  const name = start ? sayNode(start) : ''
  const rests = direction === 'up' ? 'It rests on' : 'On it rests'
  return pack(
    items(),
    {
      head: `${start?.address ?? ''} ${name}\n${NOT_INSTRUCTIONS} ${rests}:${loops}${ended}`,
      fields: { start: start?.address ?? '', ...(cut > 0 && { cut }) },
      name: 'links',
      more: (cursor) => `More: ask again with after ${JSON.stringify(cursor)}.`,
      none: direction === 'up' ? 'It cites nothing.' : 'Nothing rests on it.',
    },
    budget,
  )
}

function itemOf(
  { from, to, citation, verdict }: ChainLink,
  far: ChainNode | undefined,
): Omit<Item, 'cursor'> {
  const depth = far?.depth ?? 0
  const type = plain(citation.type, 64)
  const said =
    verdict.status === 'verified' ? verdict.status : `${verdict.status}: ${plain(verdict.reason)}`
  const excerpt = citation.excerpt === undefined ? undefined : plain(citation.excerpt)
  const { title, status } = far?.decision ?? {}
  const signature = far?.signature?.status
  return {
    text: `${'  '.repeat(Math.max(0, depth - 1))}- ${from} ${type} ${to} [${said}] ${far ? sayNode(far) : ''}${excerpt === undefined ? '' : ` cites ${quoted(excerpt)}`}`,
    structured: {
      from,
      to,
      type,
      verdict: said,
      depth,
      ...(title !== undefined && { title: plain(title) }),
      ...(status !== undefined && { status }),
      ...(signature !== undefined && { signature }),
      ...(excerpt !== undefined && { excerpt }),
    },
  }
}

function sayNode({ kind, decision, signature }: ChainNode): string {
  if (!decision) return `(${kind})`
  const { title = 'Decision', status } = decision
  const state = status === undefined ? '' : `, ${status}`
  return `${quoted(title)} (by ${plain(decision.agent_id)}${state}, signature ${signature?.status ?? 'unchecked'})`
}
