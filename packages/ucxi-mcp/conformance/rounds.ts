import {
  acceptedContent,
  CLIENT_CAPABILITIES_META_KEY,
  inputRequired,
  inputResponse,
  type CallToolResult,
  type InputRequests,
  type InputRequiredResult,
  type McpServer,
  type RequestStateCodec,
  type ServerContext,
} from '@modelcontextprotocol/server'
import { z } from 'zod'
import { text } from './samples.ts'

// Tools that need an answer first, as clients of 2026 know it: they give what they have so far, and are
// called again.

type Result = CallToolResult | InputRequiredResult

const done = (said: string): CallToolResult => ({ content: [text(said)] })
const form = (message: string, shape: z.ZodRawShape) =>
  inputRequired.elicit({ message, requestedSchema: z.object(shape) })
const sample = (prompt: string, maxTokens: number) =>
  inputRequired.createMessage({
    messages: [{ role: 'user', content: text(prompt) }],
    maxTokens,
  })

const PROMPT = { description: 'Asks for a context' }

export function addRounds(server: McpServer, codec: RequestStateCodec): void {
  const tool = (name: string, run: (context: ServerContext) => Result | Promise<Result>): void => {
    server.registerTool(name, { description: name }, run)
  }
  const single = (name: string, key: string, request: InputRequests[string]): void =>
    tool(`test_input_required_result_${name}`, ({ mcpReq }) => {
      const answer = inputResponse(mcpReq.inputResponses, key)
      const isAnswer =
        answer.kind !== 'missing' && (answer.kind !== 'elicit' || answer.content !== undefined)
      if (!isAnswer) return inputRequired({ inputRequests: { [key]: request } })
      if (answer.kind === 'elicit') return done(`Hello, ${String(answer.content?.['name'])}!`)
      return done(JSON.stringify(answer))
    })
  const name = form('What is your name?', { name: z.string() })
  single('elicitation', 'user_name', name)
  single('sampling', 'capital_question', sample('What is the capital of France?', 100))
  single('list_roots', 'client_roots', inputRequired.listRoots())

  for (const kind of ['request_state', 'tampered_state']) {
    tool(`test_input_required_result_${kind}`, async ({ mcpReq }) => {
      const state = mcpReq.requestState<{ kind: string }>()
      const said = acceptedContent(mcpReq.inputResponses, 'confirm')
      if (said && state?.kind === kind) return done('state-ok')
      return inputRequired({
        inputRequests: { confirm: form('Please confirm', { ok: z.boolean() }) },
        requestState: await codec.mint({ kind }),
      })
    })
  }
  tool('test_input_required_result_multiple_inputs', async ({ mcpReq }) => {
    const keys = ['user_name', 'greeting', 'client_roots']
    const isWhole = keys.every(
      (key) => inputResponse(mcpReq.inputResponses, key).kind !== 'missing',
    )
    if (isWhole && mcpReq.requestState()) return done('All of it is here.')
    return inputRequired({
      inputRequests: {
        user_name: name,
        greeting: sample('Generate a greeting', 50),
        client_roots: inputRequired.listRoots(),
      },
      requestState: await codec.mint({ asked: keys }),
    })
  })
  tool('test_input_required_result_multi_round', async ({ mcpReq }) => {
    const state = mcpReq.requestState<{ name?: string }>()
    const first = acceptedContent<{ name: string }>(mcpReq.inputResponses, 'step1')
    const second = acceptedContent<{ color: string }>(mcpReq.inputResponses, 'step2')
    if (second && state?.name !== undefined) return done(`${state.name} likes ${second.color}.`)
    if (first) {
      const color = form('Step 2: What is your favorite color?', { color: z.string() })
      return inputRequired({
        inputRequests: { step2: color },
        requestState: await codec.mint({ name: first.name }),
      })
    }
    return inputRequired({
      inputRequests: { step1: form('Step 1: What is your name?', { name: z.string() }) },
      requestState: await codec.mint({}),
    })
  })
  tool('test_input_required_result_capabilities', ({ mcpReq }) => {
    const envelope: Readonly<Record<string, unknown>> = mcpReq.envelope ?? {}
    const can = (envelope[CLIENT_CAPABILITIES_META_KEY] ?? {}) as Readonly<Record<string, unknown>>
    const answered = Object.keys(mcpReq.inputResponses ?? {}).length > 0
    const inputRequests: InputRequests = {
      ...(can['sampling'] !== undefined && { sampled: sample('Say a word', 10) }),
      ...(can['elicitation'] !== undefined && { elicited: name }),
    }
    if (answered || Object.keys(inputRequests).length === 0) return done('Nothing more is needed.')
    return inputRequired({ inputRequests })
  })
  tool('test_missing_capability', ({ mcpReq }) => {
    const envelope: Readonly<Record<string, unknown>> = mcpReq.envelope ?? {}
    const can = (envelope[CLIENT_CAPABILITIES_META_KEY] ?? {}) as Readonly<Record<string, unknown>>
    if (can['sampling'] !== undefined) return done('It can.')
    return inputRequired({ inputRequests: { sampled: sample('Say a word', 10) } })
  })
  tool('test_streaming_elicitation', ({ mcpReq }) =>
    acceptedContent(mcpReq.inputResponses, 'user_name')
      ? done('Thank you.')
      : inputRequired({ inputRequests: { user_name: name } }),
  )
  server.registerPrompt('test_input_required_result_prompt', PROMPT, ({ mcpReq }) => {
    const said = acceptedContent<{ context: string }>(mcpReq.inputResponses, 'user_context')
    if (said)
      return { messages: [{ role: 'user', content: text(`In the context of ${said.context}`) }] }
    const question = 'What context should the prompt use?'
    return inputRequired({
      inputRequests: { user_context: form(question, { context: z.string() }) },
    })
  })
}
