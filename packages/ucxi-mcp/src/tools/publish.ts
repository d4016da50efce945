import { McpError } from '../errors.ts'
import { isInputRequiredResult } from '@modelcontextprotocol/server'
import { CITATION_TYPES, STATUSES } from '@bzzz/decision-schema'
import { OPERATIONS } from '@bzzz/ucxi/operations'
import { z } from 'zod'
import { publish, type Published } from '../decisions/publish.ts'
import { whole, type Answer } from '../results/budget.ts'
import { plain } from '../results/marked.ts'
import { version } from './shapes.ts'
import { tool } from './tool.ts'

const line = z.string().min(1).max(512)
const text = z.string().min(1).max(65_536)
const { address } = OPERATIONS.put.input.shape

/** What an agent can say of a decision; the rest is done for it. */
export const draftInput = z.strictObject({
  title: line.describe('What was decided, in a line'),
  reasoning: text.describe('Why'),
  address: address
    .optional()
    .describe('Where to keep it: a folder (ends with /), or the decision that is revised'),
  type: z
    .string()
    .min(1)
    .max(128)
    .optional()
    .describe('architecture_choice, policy, code_change, review, incident, …'),
  status: z.enum(STATUSES).optional().describe('accepted if left out'),
  options: z
    .array(
      z.strictObject({
        name: line,
        pros: z.array(text).max(128).optional(),
        cons: z.array(text).max(128).optional(),
      }),
    )
    .max(128)
    .optional(),
  chosen: line.optional().describe('Name of an option'),
  consequences: z.array(text).max(128).optional(),
  citations: z
    .array(
      z.strictObject({
        address,
        excerpt: z.string().max(16_384).optional().describe('Its words, letter by letter'),
        type: z.enum(CITATION_TYPES).optional(),
      }),
    )
    .max(128)
    .optional()
    .describe('What it rests on; each is pinned to the version it means now'),
  supersedes: z.array(address).max(128).optional(),
})

/** Publishes a decision. */
export const publishTool = tool({
  name: 'decision_publish',
  description:
    'Record a decision with its reasons. It is checked, its citations are pinned, it is signed and kept.',
  safe: false,
  idempotent: true,
  input: draftInput,
  output: z.object({
    address: version.address,
    decision_id: z.string(),
    known: z.boolean().describe('It was there already'),
    citations: z.array(z.string()),
    warnings: z.array(z.string()),
  }),
  async run(draft, call) {
    const { chosen, options = [] } = draft
    if (chosen !== undefined && !options.some(({ name }) => name === chosen)) {
      const names = options.map(({ name }) => name).join(', ')
      throw new McpError(
        'ERR_MCP_INPUT',
        `chosen: expected the name of an option: ${names || 'there is none'}`,
      )
    }
    const published = await publish(draft, call)
    return isInputRequiredResult(published) ? published : answerOf(published, call.budget)
  },
})

function answerOf(published: Published, budget: number): Answer {
  const { address: kept, decision, known, citations, warnings } = published
  const said = citations.map((verdict) => plain(verdict, 300))
  const notes = warnings.map((warning) => plain(warning, 300))
  const answer = (count: number): Answer => ({
    text: [
      `${known ? 'It is there already' : 'Published'}: ${kept}`,
      ...said.slice(0, count).map((verdict, index) => `Citation ${index + 1}: ${verdict}`),
      ...notes.slice(0, count).map((warning) => `Look at this: ${warning}`),
    ].join('\n'),
    structured: {
      address: kept,
      decision_id: decision.decision_id,
      known,
      citations: said.slice(0, count),
      warnings: notes.slice(0, count),
    },
  })
  // It is published: what does not fit is left out, rather than said to have failed.
  for (const count of [128, 20, 5]) {
    const one = answer(count)
    if (Math.max(one.text.length, JSON.stringify(one.structured).length) <= budget) return one
  }
  return whole(answer(0), budget)
}
