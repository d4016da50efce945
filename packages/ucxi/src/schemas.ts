import { z } from 'zod'

// The shapes of what goes in and out. Every description stands in the OpenAPI document.

/** Characters of an address in a request: an address has at most 2,048 bytes. */
const MAX_ADDRESS = 2048

export const address = z
  .string()
  .min(1)
  .max(MAX_ADDRESS)
  .describe('A UCXL address: ucxl://claude:architect@shop:checkout/*~2/plan.md')
export const moment = z
  .string()
  .min(4)
  .max(32)
  .describe('A moment in ISO 8601: 2025-08-01T12:30:00Z, or a day: 2025-08-01')
const instant = z.string().max(24).describe('RFC 3339 in UTC: 2025-08-01T12:30:00Z')
export const limit = z.int().min(1).max(1000).describe('Items on a page; 100 if left out')
export const tag = z.string().min(1).max(128)
const contentId = z.string().max(64).describe('Content id: CIDv1 in base32 (raw, sha2-256)')

const relationship = z.object({ name: z.string(), address: z.string() })

const versionFields = {
  address: z.string().describe('The address that always means this version'),
  key: z.string().describe('Whose timeline: agent:role@project:task/path'),
  version: z.int().min(1).describe('The place on its timeline, counted from 1'),
  time: instant.describe('When it was recorded'),
  content: contentId.nullable().describe('Content id of the bytes; null for a deletion'),
  content_type: z.string().nullable().describe('Media type; null for a deletion'),
  size: z.int().min(0).describe('Number of bytes'),
  encryption: z
    .object({ method: z.string(), key: z.string() })
    .readonly()
    .optional()
    .describe('How the bytes are encrypted, and under which content key'),
  valid_from: instant.optional().describe('From when the content holds'),
  valid_to: instant.optional().describe('Until when the content holds'),
  tags: z.array(z.string()).readonly().optional(),
  relationships: z.array(relationship.readonly()).readonly().optional(),
  provenance: z.record(z.string(), z.string()).readonly().optional(),
  writer: z.string().describe('did:key of who signed the record'),
  trust: z
    .object({
      status: z.string(),
      by: z.enum(['certificate', 'first-use', 'none']),
      reason: z.string(),
      revoked_since: z.string().optional(),
      superseded_since: z.string().optional(),
    })
    .readonly()
    .optional()
    .describe('What the cluster says of who signed it; absent where this node knows no cluster'),
  id: contentId.describe('Id of the signed record'),
}

/** A version as the interface shows it. */
export const versionView = z.object(versionFields).readonly().meta({ id: 'Version' })
export type VersionView = z.infer<typeof versionView>

const encoding = z.enum(['utf-8', 'base64']).describe('How `body` writes the bytes')

/** A version with its bytes in JSON: `application/vnd.ucxl.entry+json`. */
export const entryView = z
  .object({ ...versionFields, encoding, body: z.string() })
  .readonly()
  .meta({ id: 'Entry' })
export type EntryView = z.infer<typeof entryView>

/** What a version says of itself, when it is written as an entry. */
const entryFields = {
  body: z.string().describe('The content'),
  encoding: encoding.optional(),
  content_type: z.string().min(1).max(255).optional().describe('Media type of the content'),
  tags: z.array(tag).max(64).optional().describe('Words for finding it again'),
  relationships: z
    .array(z.strictObject({ name: tag, address }))
    .max(128)
    .optional(),
  provenance: z.record(tag, z.string().max(1024)).optional().describe('Where it came from'),
  valid_from: moment.optional(),
  valid_to: moment.optional(),
}
export const entryInput = z.strictObject(entryFields).meta({ id: 'EntryInput' })
export type EntryInput = z.infer<typeof entryInput>

/** A version that was found, and how well it fits where words were looked for. */
const foundView = z
  .object({
    ...versionFields,
    score: z.number().optional().describe('How well it fits: greater is better'),
    snippet: z.string().optional().describe('The passage that fits best'),
    marks: z
      .array(z.tuple([z.int(), z.int()]).readonly())
      .readonly()
      .optional()
      .describe('Where the words stand in the snippet'),
  })
  .readonly()
  .meta({ id: 'Found' })
export type FoundView = z.infer<typeof foundView>

export const queryPage = z
  .object({
    versions: z.array(foundView).readonly(),
    after: z.string().optional().describe('What to give as `after` for the next page'),
    next: z.string().optional().describe('Path of the next page'),
    capped: z.boolean().optional().describe('True where only the newest matches were ranked'),
  })
  .readonly()
  .meta({ id: 'QueryPage' })

const memento = z.object({ datetime: instant, uri: z.string() }).readonly()

/** A timeline: in the JSON form of Memento aggregators, and as versions. */
export const timelinePage = z
  .object({
    original_uri: z.string(),
    timegate_uri: z.string(),
    timemap_uri: z.object({ link_format: z.string(), json_format: z.string() }).readonly(),
    mementos: z
      .object({
        first: memento.optional(),
        last: memento.optional(),
        list: z.array(memento).readonly(),
      })
      .readonly(),
    versions: z.array(versionView).readonly().describe('Deletions too'),
    from: z.int().optional().describe('What to give as `from` for the next page'),
    next: z.string().optional().describe('Path of the next page'),
  })
  .readonly()
  .meta({ id: 'Timeline' })
export type TimelinePage = z.infer<typeof timelinePage>

export const resolved = z
  .object({
    ...versionFields,
    source: z.string().describe('`local`, or the id of the node that knew it'),
    fresh: z.boolean().describe('False where the mesh could not be asked'),
  })
  .readonly()
  .meta({ id: 'Resolved' })
export type Resolved = z.infer<typeof resolved>

export const verdict = z
  .object({
    valid: z.boolean(),
    address: z.string().optional().describe('The canonical form, where an address was asked about'),
    uri: z.string().optional().describe('Its form for anything that parses URLs'),
    pattern: z.boolean().optional().describe('True where it stands for many addresses'),
    problems: z
      .array(
        z
          .object({
            code: z.string(),
            message: z.string(),
            path: z.string().optional().describe('Where in the decision'),
            offset: z.int().optional().describe('Where in the address'),
          })
          .readonly(),
      )
      .readonly(),
  })
  .readonly()
  .meta({ id: 'Verdict' })
export type Verdict = z.infer<typeof verdict>

export const announced = z
  .object({
    collection: z
      .string()
      .describe('What is announced: all of one agent in one project, agent@project'),
  })
  .readonly()
export const stats = z
  .object({ contexts: z.int(), versions: z.int(), contents: z.int(), bytes: z.int() })
  .readonly()
  .meta({ id: 'Stats' })
export const health = z.object({ status: z.literal('ok') }).readonly()

/** A change, as an event stream tells it. */
export const eventView = z
  .object({
    id: z.int().describe("Its place in this node's order, for resuming"),
    event: z.literal('version'),
    data: versionView,
  })
  .readonly()
  .meta({ id: 'Event' })
export type EventView = z.infer<typeof eventView>

const place = z.object({ version: z.int(), time: instant }).readonly()

/** Problem details (RFC 9457), with the stable code of the package that raised the error. */
export const problem = z
  .object({
    type: z.literal('about:blank'),
    title: z.string(),
    status: z.int(),
    code: z.string().describe('Stable; the words of `detail` are not'),
    detail: z.string().describe('What was asked, and what would be right'),
    exists: z
      .object({ first: place, last: place })
      .readonly()
      .optional()
      .describe('The versions there are, where one outside of them was asked for'),
    last_alive: place.optional().describe('The last version before a deletion'),
  })
  .readonly()
  .meta({ id: 'Problem' })
export type Problem = z.infer<typeof problem>
