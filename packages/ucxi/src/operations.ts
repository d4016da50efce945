import { z } from 'zod'
import { ADDRESS, COMMON, READ, TEMPORAL, WRITE, type OperationErrorCode } from './codes.ts'
import { ROUTES, type OperationName, type Route } from './routes.ts'
import {
  address,
  announced,
  entryInput,
  entryView,
  eventView,
  health,
  limit,
  moment,
  queryPage,
  resolved,
  stats,
  tag,
  timelinePage,
  verdict,
  versionView,
} from './schemas.ts'

/** One operation: what goes in, what comes out, and what can go wrong, for every interface. */
export interface Operation extends Route {
  readonly summary: string
  /** All that it takes, wherever an interface puts it. */
  readonly input: z.ZodObject
  readonly output: z.ZodType
  /** Every code that it can fail with. */
  readonly codes: readonly OperationErrorCode[]
}

const at = moment.optional().describe('As it stood at this moment')
const validAt = moment
  .optional()
  .describe('What was said to hold at this moment: see `valid_from` and `valid_to`')
const tags = z.array(tag).max(64)
const key = z.string().min(1).max(255).optional()
const idempotencyKey = key.describe(
  'Asked again with the same key, the first answer is given again',
)
const conditions = {
  if_match: z.string().max(4096).optional().describe('Only where the newest version has this ETag'),
  if_none_match: z.string().max(4096).optional().describe('`*`: only where nothing lives there'),
}
const where = { address }
const readAt = { address, at, valid_at: validAt }
const written = {
  ...entryInput.shape,
  encrypt_for: z
    .string()
    .min(1)
    .max(63)
    .optional()
    .describe('Encrypted for who holds this role in the cluster'),
  idempotency_key: idempotencyKey,
}

/** The one definition of each operation: routes, OpenAPI, client and tools are made from these. */
export const OPERATIONS = {
  get: define('get', {
    summary: 'Read a version of a context',
    input: z.strictObject(readAt),
    output: entryView,
    codes: [...READ, 'ERR_UCXI_RANGE', 'ERR_STORE_CONFLICT'],
  }),
  put: define('put', {
    summary: 'Write the next version of a context',
    input: z.strictObject({ ...where, ...written, ...conditions }),
    output: versionView,
    codes: [...WRITE, 'ERR_UCXI_CONDITION'],
  }),
  post: define('post', {
    summary: 'Create a context in a folder, under a name that the node gives',
    input: z.strictObject({ ...where, ...written }),
    output: versionView,
    codes: WRITE,
  }),
  delete: define('delete', {
    summary: 'Delete a context, by a tombstone: its versions stay',
    input: z.strictObject({ ...where, ...conditions, idempotency_key: idempotencyKey }),
    output: versionView,
    codes: [...WRITE, ...TEMPORAL, 'ERR_UCXI_CONDITION'],
  }),
  timeline: define('timeline', {
    summary: 'List the versions of a context',
    input: z.strictObject({
      address,
      at,
      from: z.int().min(1).max(999_999_999).optional().describe('First version; 1 if left out'),
      limit: limit.optional(),
    }),
    output: timelinePage,
    codes: READ,
  }),
  restore: define('restore', {
    summary: 'Write the content of an older version again, as the newest',
    input: z.strictObject({ address, idempotency_key: idempotencyKey }),
    output: versionView,
    codes: [...new Set([...READ, ...WRITE])],
  }),
  announce: define('announce', {
    summary: 'Tell the mesh that this node has a context',
    input: z.strictObject(where),
    output: announced,
    codes: [
      ...ADDRESS,
      ...TEMPORAL,
      'ERR_STORE_DENIED',
      'ERR_UCXI_MEDIA_TYPE',
      'ERR_UCXI_NO_MESH',
      'ERR_UCXI_TOO_LARGE',
    ],
  }),
  query: define('query', {
    summary: 'Find contexts by pattern, words, tags and time',
    input: z.strictObject({
      pattern: address.optional().describe('An address with wildcards; all contexts if left out'),
      text: z
        .string()
        .min(1)
        .max(1024)
        .optional()
        .describe('Words: all must occur; "in this order", begin*, -without'),
      tags: tags.optional().describe('Only versions with all of these tags'),
      at,
      valid_at: validAt,
      since: moment.optional().describe('Only versions recorded at this moment or later'),
      before: moment.optional().describe('Only versions recorded before this moment'),
      alive: z.boolean().optional().describe('Leave out what is deleted'),
      after: z.string().max(2048).optional().describe('Where the page before ended: its `after`'),
      limit: limit.optional(),
    }),
    output: queryPage,
    codes: [
      ...ADDRESS,
      ...TEMPORAL,
      'ERR_STORE_QUERY',
      'ERR_UCXI_MEDIA_TYPE',
      'ERR_UCXI_TOO_LARGE',
    ],
  }),
  subscribe: define('subscribe', {
    summary: 'Be told of changes, as they come',
    input: z.strictObject({
      pattern: address
        .max(512)
        .optional()
        .describe('An address with wildcards; all contexts if left out'),
      last_event_id: z
        .int()
        .min(0)
        .optional()
        .describe('Only what came after this event; what comes from now on if left out'),
    }),
    output: eventView,
    codes: ADDRESS,
  }),
  resolve: define('resolve', {
    summary: 'Say where an address leads, without reading it',
    input: z.strictObject(readAt),
    output: resolved,
    codes: READ,
  }),
  validate: define('validate', {
    summary: 'Check an address, or a decision',
    input: z.strictObject({
      address: z.string().max(65_536).optional(),
      decision: z.unknown().optional(),
    }),
    output: verdict,
    codes: ['ERR_UCXI_MEDIA_TYPE', 'ERR_UCXI_TOO_LARGE'],
  }),
  stats: define('stats', {
    summary: 'Say how much this node holds',
    input: z.strictObject({}),
    output: stats,
    codes: [],
  }),
  health: define('health', {
    summary: 'Say that this node answers',
    input: z.strictObject({}),
    output: health,
    codes: [],
  }),
} as const satisfies Readonly<Record<OperationName, Operation>>

type Operations = typeof OPERATIONS
/** What an operation takes, by its name. */
export type Input<Name extends OperationName> = z.input<Operations[Name]['input']>
/** What an operation gives, by its name. */
export type Output<Name extends OperationName> = z.output<Operations[Name]['output']>

interface Definition<In extends z.ZodObject, Out extends z.ZodType> {
  readonly summary: string
  readonly input: In
  readonly output: Out
  readonly codes: readonly OperationErrorCode[]
}

function define<In extends z.ZodObject, Out extends z.ZodType>(
  name: OperationName,
  definition: Definition<In, Out>,
): Route & Definition<In, Out> {
  const codes = [...new Set([...COMMON, ...definition.codes])]
  return Object.freeze({ ...ROUTES[name], ...definition, codes })
}
