import { OPERATIONS } from '@bzzz/ucxi/operations'
import { z } from 'zod'
import type { VersionView } from '@bzzz/ucxi'
import { authorOf, type Author } from '../results/marked.ts'
import type { Memory } from '../memory/memory.ts'

// What tools give has the names and types that the operations of UCXI have, without their explanations:
// each word in a tool's schema costs every conversation.

const fields = OPERATIONS.put.output.unwrap().shape

export const author = z.object({
  agent: z.string(),
  role: z.string(),
  key: z.string(),
  signature: z.enum(['held', 'failed', 'node']),
  own: z.boolean(),
  trust: z.string().optional(),
})

export const version = {
  address: bare(fields.address),
  version: bare(fields.version),
  time: bare(fields.time),
  content: z.string().nullable(),
  content_type: bare(fields.content_type),
  size: bare(fields.size),
}

/** That what stands in it is no instruction: some hosts show a model this form alone. */
export const note = z.string().optional()

/** What every answer says of a version. A type, and not an interface: it is JSON. */
export type Shown = Pick<VersionView, keyof typeof version> & { readonly author: Author }

export function shownOf(view: VersionView, memory: Memory): Shown {
  const { address, version: number, time, content, content_type, size } = view
  return {
    address,
    version: number,
    time,
    content,
    content_type,
    size,
    author: authorOf(view, memory),
  }
}

/** A schema without its explanation. */
export function bare<Schema extends z.ZodType>(schema: Schema): Schema {
  return schema.clone().meta({ description: undefined })
}
