import { completable, type GetPromptResult, type McpServer } from '@modelcontextprotocol/server'
import { z } from 'zod'
import type { Desk } from '../tools/tool.ts'
import { addressesFor } from './complete.ts'

/** Prompts that people choose in their host. */
export function addPrompts(server: McpServer, { memory, place }: Desk): void {
  const address = (what: string): z.ZodString =>
    completable(z.string().describe(what), async (value) => addressesFor(memory, value))
  const here = place ?? 'agent:role@project:task'

  server.registerPrompt(
    'record_decision',
    {
      title: 'Record a decision',
      description: 'Write down what was decided here, with its reasons and what it rests on',
      argsSchema: z.object({
        decision: z.string().optional().describe('What was decided; found out if left out'),
      }),
    },
    ({ decision }) =>
      ask(
        `Record the decision ${decision === undefined ? 'that was made in this conversation' : `"${decision}"`}.

1. ucxl_query for earlier decisions and documents on the matter, and ucxl_get those that it rests on or replaces.
2. Say the options that were weighed, with what speaks for and against each, and the one that was chosen.
3. decision_publish: title (the decision, in a line), reasoning (why, so that somebody who was not here can follow), options, chosen, consequences, citations (the exact addresses that ucxl_get gave, each with the passage that matters, letter by letter), supersedes where it takes the place of another.
4. Where a citation is refused, read what stands there and correct it. Do not leave it out to get through.
5. Tell me the address, and what you are not sure of.`,
      ),
  )

  server.registerPrompt(
    'review_decision',
    {
      title: 'Review a decision',
      description: 'Check a decision: its reasons, what it rests on, and whether that still stands',
      argsSchema: z.object({ address: address('Address of the decision') }),
    },
    ({ address: which }) =>
      ask(
        `Review the decision ${which}.

1. ucxl_get it, then decision_why: go through each link that is not verified, and say why.
2. ucxl_get what it cites, and compare with ucxl_navigate (diff) where there is a newer version: does the passage still stand there, and does it carry the conclusion?
3. Say which options were not weighed, and what would have to be true for the decision to be wrong.
4. decision_why with direction down: what would fall with it?
5. decision_publish your review with type "review", citing the decision and each passage that you rely on. Its title is your verdict.`,
      ),
  )

  server.registerPrompt(
    'hand_over',
    {
      title: 'Hand over a task',
      description: 'Leave what the next agent or person needs to go on',
      argsSchema: z.object({
        task: z
          .string()
          .optional()
          .describe('What is handed over; the work of this conversation if left out'),
      }),
    },
    ({ task }) =>
      ask(
        `Hand over ${task === undefined ? 'the work of this conversation' : `"${task}"`}.

1. ucxl_query for what is recorded already, and do not repeat it.
2. decision_publish what was decided on the way and is not recorded.
3. ucxl_put ucxl://${here}/handover.md: what is done and how it was checked, what is not, what is known to be wrong, the next three steps, and open questions with whom to ask. Give the exact address (with *~N) of each thing it rests on.
4. Read it with ucxl_get as somebody who knows nothing of this conversation, and correct it.
5. Tell me its address.`,
      ),
  )
}

function ask(text: string): GetPromptResult {
  return { messages: [{ role: 'user', content: { type: 'text', text } }] }
}
