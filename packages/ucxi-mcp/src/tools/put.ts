import { OPERATIONS } from '@bzzz/ucxi'
import { z } from 'zod'
import { whole } from '../results/budget.ts'
import { version } from './shapes.ts'
import { tool } from './tool.ts'

const { put } = OPERATIONS
const { body, tags, if_match, if_none_match } = put.input.shape

/** Writes a version, or a new context in a folder. */
export const putTool = tool({
  name: 'ucxl_put',
  description:
    'Write the next version of a context under your own agent name; earlier versions stay. An address that ends with / is a folder: a name is given. For decisions use decision_publish.',
  safe: put.safe,
  idempotent: false,
  input: z.strictObject({
    address: put.input.shape.address,
    body,
    content_type: put.input.shape.content_type.describe('text/markdown if left out'),
    tags,
    if_match: if_match.describe('Only over this content id: nobody wrote in between'),
    if_none_match,
  }),
  output: z.object(version),
  async run(
    { address, body: text, content_type: contentType = 'text/markdown', tags: words, ...conditions },
    { memory, budget, signal },
  ) {
    const write = {
      contentType,
      signal,
      ...(words && { tags: words }),
      ...(conditions.if_match !== undefined && { ifMatch: conditions.if_match }),
      ...(conditions.if_none_match !== undefined && { ifNoneMatch: conditions.if_none_match }),
    }
    const bytes = Buffer.from(text)
    const view = address.endsWith('/')
      ? await memory.post(address, bytes, write)
      : await memory.put(address, bytes, write)
    const { address: written, version: number, time, content, content_type, size } = view
    return whole(
      {
        text: `Written: ${written} (content id ${content}).`,
        structured: { address: written, version: number, time, content, content_type, size },
      },
      budget,
    )
  },
})
