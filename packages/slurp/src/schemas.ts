import { z } from 'zod'
import { FACETS } from './storage.ts'

// The shapes of what goes in and out. Every description stands in the OpenAPI document.

const MAX_ADDRESS = 2048
const MAX_CURSOR = 4096

export const start = z
  .string()
  .min(1)
  .max(MAX_ADDRESS)
  .describe(
    'A decision: its id, or an address, such as ucxl://claude:architect@shop:checkout/*^/decisions/payment.json, percent-encoded in a path',
  )
export const moment = z
  .string()
  .min(4)
  .max(40)
  .describe('A moment: 2025-08-01T12:30:00Z, or the beginning of a day, a month or a year')
export const cursor = z.string().min(1).max(MAX_CURSOR).describe('`next` of the page before')
export const limit = z.coerce.number().int().min(1).max(1000).describe('Items on a page')
export const text = z
  .string()
  .max(2048)
  .describe(
    'Words, "words in a row", beginn*, -not, and filters: after:2025-08-01 before: type:policy agent: role: project: task: status:',
  )
const value = z.string().min(1).max(256)
/** A parameter that may be given several times. */
const values = z
  .union([value.transform((one) => [one]), z.array(value).max(64)])
  .describe('Given several times: any of them')

/** One parameter for each facet. */
export const facetParameters = Object.fromEntries(
  FACETS.map((facet) => [facet, values.optional()]),
) as Record<(typeof FACETS)[number], z.ZodOptional<typeof values>>

const instant = z.string().describe('RFC 3339 in UTC')
const exact = z.string().describe('The address that always means this version')
const count = z.int().min(0)

export const problem = z
  .object({
    type: z.string(),
    title: z.string(),
    status: z.int(),
    code: z.string().describe('Stable: what to go by'),
    detail: z.string().describe('What was expected, and what arrived'),
  })
  .readonly()
  .meta({ id: 'Problem' })
export type Problem = z.infer<typeof problem>

const summaryFields = {
  decision_id: z.string(),
  address: exact,
  version: z.int().min(1),
  time: instant.describe('When it was recorded'),
  agent_id: z.string(),
  decision_type: z.string(),
  timestamp: z.string().describe('When it was decided, by its own account'),
  status: z.string().optional(),
  title: z.string().optional(),
}
const summary = z.object(summaryFields).readonly().meta({ id: 'Summary' })
export const decision = z
  .object({
    ...summaryFields,
    sequence: z.int().describe('Its place in the order in which decisions came'),
    content_id: z.string(),
    record_id: z.string(),
    node: z.record(z.string(), z.unknown()).describe('The decision: see @bzzz/decision-schema'),
    record: z.record(z.string(), z.unknown()).describe('The signed version record'),
  })
  .readonly()
  .meta({ id: 'Decision' })

export const ingested = z
  .object({
    decision_id: z.string(),
    address: exact,
    version: z.int(),
    content_id: z.string(),
    record_id: z.string(),
    state: z.enum(['accepted', 'known', 'held']),
  })
  .readonly()
  .meta({ id: 'Ingested' })

export const delivery = z
  .object({
    record: z.record(z.string(), z.unknown()).describe('The signed version record'),
    node: z.record(z.string(), z.unknown()).describe('The decision'),
  })
  .meta({ id: 'Delivery' })

const next = z.string().optional().describe('What to give as `after` for the next page')
const found = z
  .object({
    ...summaryFields,
    score: z.number().optional().describe('How well it fits: greater is better'),
    snippet: z.string(),
    marks: z.array(z.array(z.int()).length(2)).describe('Where the words stand in the snippet'),
  })
  .readonly()
const facetCounts = z.array(z.object({ value: z.string(), count }).readonly())
export const foundPage = z
  .object({
    items: z.array(found),
    next,
    capped: z.boolean().describe('Only the latest matches were ranked'),
    facets: z.record(z.enum(FACETS), facetCounts).optional(),
  })
  .readonly()
  .meta({ id: 'FoundPage' })
export const versionsPage = z
  .object({ items: z.array(summary), next })
  .readonly()
  .meta({ id: 'VersionsPage' })
const stateEntry = z.object({ ...summaryFields, superseded_by: z.array(exact) }).readonly()
export const statePage = z
  .object({ at: instant, items: z.array(stateEntry), next })
  .readonly()
  .meta({ id: 'StatePage' })
const standing = z.object({ address: z.string(), count, newest: summary.optional() }).readonly()
export const standingPage = z
  .object({ items: z.array(standing), next })
  .readonly()
  .meta({ id: 'StandingPage' })
export const counts = z
  .object({ decisions: count, versions: count, edges: count, held: count, position: count })
  .readonly()
  .meta({ id: 'Counts' })

const verdict = z
  .object({
    status: z.enum(['verified', 'unverified', 'broken']),
    reason: z.string().optional(),
    detail: z.string().optional(),
  })
  .readonly()
const chainLink = z
  .object({
    from: z.string(),
    to: z.string(),
    index: z.int(),
    type: z.string(),
    relevance: z.string().optional(),
    excerpt: z.string().optional(),
    verdict,
  })
  .readonly()
const cut = z.object({ address: z.string(), reason: z.enum(['depth', 'nodes']) }).readonly()
const chainNode = z
  .object({
    address: z.string(),
    depth: z.int(),
    kind: z.enum(['decision', 'document', 'missing']),
    decision_id: z.string().optional(),
    title: z.string().optional(),
    status: z.string().optional(),
    decision_type: z.string().optional(),
    newest: z.boolean().optional().describe('Whether it is the newest version of its decision'),
    signers: z.array(z.string()).optional(),
  })
  .readonly()
export const chain = z
  .object({
    nodes: z.array(chainNode),
    links: z.array(chainLink),
    cycles: z.array(z.array(z.string())),
    cuts: z.array(cut).describe('Where it was not followed any further'),
  })
  .readonly()
  .meta({ id: 'Chain' })
export const path = z
  .object({
    links: z.array(chainLink).nullable().describe('null: there is no way'),
    cuts: z.array(cut),
  })
  .readonly()
  .meta({ id: 'Path' })

const held = z
  .object({
    record_id: z.string(),
    rule: z.string(),
    reason: z.string(),
    since: instant,
    delivery,
  })
  .readonly()
  .meta({ id: 'Held' })
export const heldPage = z
  .object({ items: z.array(held), next })
  .readonly()
  .meta({ id: 'HeldPage' })

const webhookFields = {
  id: z.string(),
  url: z.string(),
  pattern: z.string().optional(),
  types: z.array(z.string()).optional(),
  created: instant,
  position: count.describe('The sequence up to which it was told'),
  failures: count.describe('Events in a row that were given up'),
  disabled: z.string().optional().describe('Why nothing is sent any more'),
}
const webhook = z.object(webhookFields).readonly().meta({ id: 'Webhook' })
export const webhookWithSecret = z
  .object({ ...webhookFields, secret: z.string().describe('Not shown again') })
  .readonly()
  .meta({ id: 'NewWebhook' })
export const webhookDraft = z
  .strictObject({
    url: z.string().max(2048).describe('http or https'),
    pattern: z.string().max(MAX_ADDRESS).optional().describe('Only of contexts that match it'),
    types: z.array(value).max(64).optional().describe('Only of these decision types'),
    secret: z.string().max(128).optional().describe('whsec_ and 24 to 64 bytes in base64'),
    after: z.int().min(0).optional().describe('The sequence after which to begin; now if left out'),
  })
  .meta({ id: 'WebhookDraft' })
export const webhooks = z
  .object({ items: z.array(webhook) })
  .readonly()
  .meta({ id: 'Webhooks' })
export const attempts = z
  .object({
    items: z.array(
      z
        .object({
          sequence: z.int(),
          attempt: z.int(),
          at: instant,
          outcome: z.enum(['delivered', 'failed', 'given-up']),
          status: z.int().optional(),
          error: z.string().optional(),
        })
        .readonly(),
    ),
  })
  .readonly()
  .meta({ id: 'Attempts' })
