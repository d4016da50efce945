import { OPERATIONS } from '@bzzz/ucxi/operations'
import { z } from 'zod'
import { whole } from '../results/budget.ts'
import { bare } from './shapes.ts'
import { tool } from './tool.ts'

const { announce } = OPERATIONS

/** Tells the mesh of a context. */
export const announceTool = tool({
  name: 'ucxl_announce',
  description:
    'Tell the other nodes that this one has a context. Rarely needed: what is written is announced by itself.',
  safe: announce.safe,
  idempotent: announce.idempotent,
  input: announce.input,
  output: z.object({ collection: bare(announce.output.unwrap().shape.collection) }),
  async run({ address }, { memory, budget, signal }) {
    const collection = await memory.announce(address, { signal })
    return whole({ text: `Announced: ${collection}.`, structured: { collection } }, budget)
  },
})
