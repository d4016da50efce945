import { isInputRequiredResult } from '@modelcontextprotocol/server'
import { OPERATIONS } from '@bzzz/ucxi/operations'
import { z } from 'zod'
import { approvalFor } from '../approval/approve.ts'
import { assertFree } from '../decisions/place.ts'
import { McpError } from '../errors.ts'
import { whole } from '../results/budget.ts'
import { version } from './shapes.ts'
import { tool } from './tool.ts'

const { put } = OPERATIONS
const { body, tags, if_match, if_none_match } = put.input.shape

const NAME_NEEDED = 'address: expected a name and no folder, since a person approves what is there'

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
    {
      address,
      body: text,
      content_type: contentType = 'text/markdown',
      tags: words,
      ...conditions
    },
    call,
  ) {
    const { memory, budget, signal } = call
    const write = {
      contentType,
      signal,
      ...(words && { tags: words }),
      ...(conditions.if_match !== undefined && { ifMatch: conditions.if_match }),
      ...(conditions.if_none_match !== undefined && { ifNoneMatch: conditions.if_none_match }),
    }
    assertFree(address)
    const bytes = Buffer.from(text)
    const { approval } = call
    if (approval?.tools.includes('ucxl_put')) {
      if (address.endsWith('/')) throw new McpError('ERR_MCP_INPUT', NAME_NEEDED)
      const title = `Write ${address}`
      const proposed = { address, content: bytes, contentType, title }
      const verdict = await approvalFor(proposed, { ...call, policy: approval })
      if (isInputRequiredResult(verdict)) return verdict
    }
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
