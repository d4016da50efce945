import { z } from 'zod'
import { ADDRESS, BODY, CHAIN, DELIVER, FIND, type Operation } from './operation.ts'
import * as shapes from './schemas.ts'

const { start, moment, cursor, limit, text, facetParameters } = shapes
const byStart = z.strictObject({ start })
const byId = z.strictObject({ id: z.string().min(1).max(128) })
const page = { after: cursor.optional(), limit: limit.optional() }
const reach = {
  depth: z.coerce.number().int().optional().describe('Links at most: 8, up to 64'),
  nodes: z.coerce.number().int().optional().describe('Nodes at most: 1,000, up to 100,000'),
}
const flag = z.enum(['true', 'false', '']).transform((said) => said !== 'false')
const at = moment.optional().describe('As it stood at this moment, by the times of the records')
const search = {
  q: text.optional(),
  since: moment.optional().describe('Decided at this moment or later'),
  before: moment.optional().describe('Decided before this moment'),
  ...facetParameters,
}

const RECORD_FORMATS = ['json', 'ndjson', 'madr', 'prov', 'intoto', 'dsse'] as const
const GRAPH_FORMATS = ['json', 'dot', 'mermaid', 'graphml'] as const
const EXPORT_FORMATS = ['ndjson', 'json', 'prov', 'dot', 'mermaid', 'graphml'] as const
const FORMAT_TYPES = [
  'application/json',
  'application/x-ndjson',
  'application/ld+json',
  'text/markdown',
  'text/vnd.graphviz',
  'text/vnd.mermaid',
  'application/graphml+xml',
]

/** The one definition of each operation: routes and document are made from these. */
export const OPERATIONS = {
  deliver: define({
    method: 'POST',
    path: '/decisions',
    summary: 'Deliver a version of a decision, or with application/x-ndjson one in each line',
    wants: 'deliver',
    body: shapes.delivery,
    output: shapes.ingested,
    success: [201, 200],
    codes: [...DELIVER, ...BODY],
  }),
  explain: define({
    method: 'POST',
    path: '/explain',
    summary: 'What each rule of curation says of a decision; nothing is kept',
    wants: 'deliver',
    body: z.record(z.string(), z.unknown()),
    output: z.object({
      verdict: z.enum(['keep', 'hold', 'drop']),
      rule: z.string(),
      reason: z.string(),
      opinions: z.array(z.record(z.string(), z.string())),
    }),
    codes: BODY,
  }),
  search: define({
    method: 'GET',
    path: '/decisions',
    summary: 'Find decisions: words, filters, facets; without words, the latest first',
    wants: 'read',
    query: z.strictObject({ ...search, ...page, facets: flag.optional() }),
    output: shapes.foundPage,
    codes: ['ERR_SLURP_CURSOR', 'ERR_SLURP_QUERY'],
  }),
  get: define({
    method: 'GET',
    path: '/decisions/:start',
    summary: 'A version of a decision, whole, or in another format',
    wants: 'read',
    params: byStart,
    query: z.strictObject({ format: z.enum(RECORD_FORMATS).optional() }),
    output: shapes.decision,
    codes: FIND,
  }),
  versions: define({
    method: 'GET',
    path: '/decisions/:start/versions',
    summary: 'Its versions, the newest first',
    wants: 'read',
    params: byStart,
    query: z.strictObject(page),
    output: shapes.versionsPage,
    codes: [...FIND, 'ERR_SLURP_CURSOR'],
  }),
  why: define({
    method: 'GET',
    path: '/decisions/:start/why',
    summary: 'What it rests on, link by link, each with its verdict',
    wants: 'read',
    params: byStart,
    query: z.strictObject({ ...reach, format: z.enum(GRAPH_FORMATS).optional() }),
    output: shapes.chain,
    codes: CHAIN,
    heavy: true,
  }),
  consequences: define({
    method: 'GET',
    path: '/decisions/:start/consequences',
    summary: 'What would fall: all that rests on it, or on a document that is cited',
    wants: 'read',
    params: byStart,
    query: z.strictObject({
      ...reach,
      contexts: flag.optional().describe('Only newest versions, each for its whole context'),
      format: z.enum(GRAPH_FORMATS).optional(),
    }),
    output: shapes.chain,
    codes: CHAIN,
    heavy: true,
  }),
  path: define({
    method: 'GET',
    path: '/decisions/:start/path',
    summary: 'The shortest way to something that it rests on',
    wants: 'read',
    params: byStart,
    query: z.strictObject({ to: start, ...reach }),
    output: shapes.path,
    codes: CHAIN,
    heavy: true,
  }),
  state: define({
    method: 'GET',
    path: '/state',
    summary: 'All records as they stood at a moment',
    wants: 'read',
    query: z.strictObject({ at, ...facetParameters, ...page }),
    output: shapes.statePage,
    codes: ['ERR_SLURP_CURSOR', 'ERR_SLURP_QUERY'],
  }),
  standing: define({
    method: 'GET',
    path: '/standing/:question',
    summary: 'What stands out: most cited, unjustified, contradicted, superseded but still cited',
    wants: 'read',
    params: z.strictObject({
      question: z.enum(['most-cited', 'unjustified', 'contradicted', 'superseded-cited']),
    }),
    query: z.strictObject(page),
    output: shapes.standingPage,
    codes: ['ERR_SLURP_CURSOR', 'ERR_SLURP_QUERY'],
  }),
  counts: define({
    method: 'GET',
    path: '/counts',
    summary: 'How much there is',
    wants: 'read',
    output: shapes.counts,
  }),
  export: define({
    method: 'GET',
    path: '/export',
    summary: 'All newest versions, or those at a moment, or of some; NDJSON is verified offline',
    wants: 'read',
    query: z.strictObject({
      format: z.enum(EXPORT_FORMATS).optional(),
      versions: z.enum(['newest', 'all']).optional().describe('All of them: NDJSON alone'),
      at,
      ...facetParameters,
    }),
    output: FORMAT_TYPES,
    codes: ['ERR_SLURP_QUERY', 'ERR_SLURP_TOO_LARGE'],
    heavy: true,
  }),
  events: define({
    method: 'GET',
    path: '/events',
    summary: 'Server-Sent Events: what is accepted, in order; goes on after Last-Event-ID',
    wants: 'read',
    query: z.strictObject({
      last_event_id: z.coerce.number().int().min(0).optional(),
      pattern: z.string().max(2048).optional().describe('Only of contexts that match it'),
      type: facetParameters.type,
    }),
    output: ['text/event-stream'],
    codes: ADDRESS,
  }),
  held: define({
    method: 'GET',
    path: '/held',
    summary: 'What waits for a person, the oldest first',
    wants: 'administer',
    query: z.strictObject(page),
    output: shapes.heldPage,
    codes: ['ERR_SLURP_QUERY'],
  }),
  accept: define({
    method: 'POST',
    path: '/held/:id/accept',
    summary: 'Take in what was held',
    wants: 'administer',
    params: byId,
    output: shapes.ingested,
    codes: [...DELIVER, 'ERR_SLURP_UNKNOWN'],
  }),
  reject: define({
    method: 'POST',
    path: '/held/:id/reject',
    summary: 'Turn it away for good',
    wants: 'administer',
    params: byId,
    body: z.strictObject({ reason: z.string().min(1).max(1000) }),
    output: [],
    success: [204],
    codes: ['ERR_SLURP_UNKNOWN', ...BODY],
  }),
  webhooks: define({
    method: 'GET',
    path: '/webhooks',
    summary: 'Who is told of decisions',
    wants: 'administer',
    output: shapes.webhooks,
  }),
  addWebhook: define({
    method: 'POST',
    path: '/webhooks',
    summary: 'Tell somebody of decisions, by POST, signed as Standard Webhooks has it',
    wants: 'administer',
    body: shapes.webhookDraft,
    output: shapes.webhookWithSecret,
    success: [201],
    codes: ['ERR_SLURP_WEBHOOK', ...ADDRESS, ...BODY],
  }),
  removeWebhook: define({
    method: 'DELETE',
    path: '/webhooks/:id',
    summary: 'Tell them no more',
    wants: 'administer',
    params: byId,
    output: [],
    success: [204],
    codes: ['ERR_SLURP_UNKNOWN'],
  }),
  enableWebhook: define({
    method: 'POST',
    path: '/webhooks/:id/enable',
    summary: 'Let a disabled one go on where it stopped',
    wants: 'administer',
    params: byId,
    output: [],
    success: [204],
    codes: ['ERR_SLURP_UNKNOWN'],
  }),
  attempts: define({
    method: 'GET',
    path: '/webhooks/:id/attempts',
    summary: 'What was tried, the latest first',
    wants: 'administer',
    params: byId,
    query: z.strictObject({ limit: limit.optional() }),
    output: shapes.attempts,
    codes: ['ERR_SLURP_UNKNOWN'],
  }),
  health: define({
    method: 'GET',
    path: '/health',
    summary: 'Whether the service is there',
    wants: 'open',
    output: z.object({ status: z.literal('ok') }),
  }),
  openapi: define({
    method: 'GET',
    path: '/openapi.json',
    summary: 'This document',
    wants: 'open',
    output: z.record(z.string(), z.unknown()),
  }),
} as const

export type OperationName = keyof typeof OPERATIONS

/** What an operation takes, once it is read. */
export type Input<Name extends OperationName, Part extends 'params' | 'query' | 'body'> =
  (typeof OPERATIONS)[Name] extends Readonly<Record<Part, infer Schema extends z.ZodType>>
    ? z.infer<Schema>
    : Readonly<Record<string, never>>

function define<const Defined extends Operation>(operation: Defined): Defined {
  return Object.freeze(operation)
}
