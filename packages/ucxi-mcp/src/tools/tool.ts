import {
  CLIENT_CAPABILITIES_META_KEY,
  isInputRequiredResult,
  type CallToolResult,
  type InputRequiredResult,
  type McpServer,
  type ServerContext,
  type StandardSchemaWithJSON,
} from '@modelcontextprotocol/server'
import { z } from 'zod'
import type { ApprovalPolicy } from '../approval/policy.ts'
import { McpError } from '../errors.ts'
import type { Memory } from '../memory/memory.ts'
import { failureOf, resultOf } from '../results/answers.ts'
import { DEFAULT_CHARS, MAX_CHARS, MIN_CHARS, type Answer } from '../results/budget.ts'

/** What a tool works with. */
export interface Desk {
  readonly memory: Memory
  /** `agent:role@project:task`, where decisions are kept if nothing else is said. */
  readonly place: string | undefined
  /** Milliseconds since 1970. */
  readonly now: () => number
  /** What a person has to approve; nothing, if left out. */
  readonly approval?: ApprovalPolicy
}

/** One call of a tool. */
export interface ToolCall extends Desk {
  readonly budget: number
  readonly signal: AbortSignal
  readonly context: ServerContext
  /** Whether the client can ask who sits before it. */
  readonly canElicit: boolean
}

/** A tool: what goes in and out, and what it does. */
export interface Tool<In extends z.ZodObject = z.ZodObject> {
  readonly name: string
  readonly description: string
  readonly input: In
  readonly output: z.ZodObject
  /** Changes nothing. */
  readonly safe: boolean
  /** Asked twice, it leaves the same state as asked once. */
  readonly idempotent: boolean
  run(input: z.output<In>, call: ToolCall): Promise<Answer | InputRequiredResult>
}

/** The field with which an answer is kept short. */
export const maxChars = z
  .int()
  .min(MIN_CHARS)
  .max(MAX_CHARS)
  .optional()
  .describe(`Longest answer in characters; ${DEFAULT_CHARS} if left out`)

/** A tool with its types known. */
export function tool<In extends z.ZodObject>(definition: Tool<In>): Tool {
  return definition
}

/** Offers a tool to clients. */
export function register(server: McpServer, one: Tool, desk: Desk): void {
  const { name, description, safe, idempotent } = one
  const config = {
    description,
    inputSchema: INPUT.of(one),
    outputSchema: OUTPUT.of(one),
    annotations: {
      readOnlyHint: safe,
      // Every version stays, whatever is written.
      ...(!safe && { destructiveHint: false }),
      ...(!safe && idempotent && { idempotentHint: true }),
      openWorldHint: false,
    },
  }
  server.registerTool(name, config, async (input, context) =>
    answer(one, desk, { input, context, canElicit: canElicit(server, context) }),
  )
}

interface Asked {
  readonly input: unknown
  readonly context: ServerContext
  readonly canElicit: boolean
}

/** Of this request, or where clients say it once, of the connection. */
function canElicit({ server }: McpServer, { mcpReq }: ServerContext): boolean {
  const envelope: Readonly<Record<string, unknown>> = mcpReq.envelope ?? {}
  const said = envelope[CLIENT_CAPABILITIES_META_KEY] ?? server.getClientCapabilities()
  return typeof said === 'object' && said !== null && 'elicitation' in said
}

async function answer(
  one: Tool,
  desk: Desk,
  { input, context, canElicit: can }: Asked,
): Promise<CallToolResult | InputRequiredResult> {
  const { signal } = context.mcpReq
  let budget = DEFAULT_CHARS
  try {
    const parsed = checked(one.input, input)
    budget = Number(parsed['max_chars'] ?? DEFAULT_CHARS)
    const result = await one.run(parsed, { ...desk, budget, signal, context, canElicit: can })
    return isInputRequiredResult(result) ? result : resultOf(result)
  } catch (error) {
    signal.throwIfAborted()
    return failureOf(error, budget)
  }
}

/** @throws `ERR_MCP_INPUT` with what is wrong with the first field that is. */
function checked(schema: z.ZodObject, input: unknown): Record<string, unknown> {
  const parsed = schema.safeParse(input ?? {})
  if (parsed.success) return parsed.data
  const { issues } = parsed.error
  const issue = issues.find(({ code }) => code === 'unrecognized_keys') ?? issues[0]
  const where = issue?.path.join('.') || 'the arguments'
  const known = Object.keys(schema.shape).join(', ')
  const what =
    issue?.code === 'unrecognized_keys' ? `Expected only ${known}` : (issue?.message ?? '')
  throw new McpError('ERR_MCP_INPUT', `${where.slice(0, 100)}: ${what}`)
}

type Declared = StandardSchemaWithJSON<Record<string, unknown>, Record<string, unknown>>

/**
 * What is told of a schema, made once. Clients are told less than is checked: names of dialects, and
 * that nothing else is allowed, cost a model its window and tell it nothing. What comes in is checked
 * by the tool itself, so that its errors say what to do, and are kept short.
 */
class Declarations {
  readonly #made = new WeakMap<Tool, Declared>()
  readonly #io: 'input' | 'output'

  constructor(io: 'input' | 'output') {
    this.#io = io
  }

  of(one: Tool): Declared {
    const known = this.#made.get(one)
    if (known) return known
    const io = this.#io
    const schema = io === 'input' ? one.input : one.output
    const json = lean(z.toJSONSchema(schema, { io, reused: 'inline' })) as Record<string, unknown>
    const declared: Declared = {
      '~standard': {
        version: 1,
        vendor: 'bzzz',
        validate: io === 'input' ? asItIs : (value) => schema['~standard'].validate(value),
        jsonSchema: { input: () => json, output: () => json },
      },
    }
    this.#made.set(one, declared)
    return declared
  }
}

const asItIs = (value: unknown): { value: Record<string, unknown> } => ({
  value: value as Record<string, unknown>,
})

const INPUT = new Declarations('input')
const OUTPUT = new Declarations('output')

const LEFT_OUT = new Set(['$schema', 'additionalProperties', 'propertyNames', '$defs', 'id'])
// Numbers and lengths are checked when they come: a model makes nothing of them.
const BOUNDS = new Set(['minLength', 'maxLength', 'maxItems', 'minItems', 'minimum', 'maximum'])

function lean(value: unknown, isSchema = true): unknown {
  if (Array.isArray(value)) return value.map((one) => lean(one))
  if (typeof value !== 'object' || value === null) return value
  const entries = Object.entries(value).filter(
    ([name]) => !isSchema || !(LEFT_OUT.has(name) || BOUNDS.has(name)),
  )
  // Under `properties` stand names of fields, and none of the schema.
  return Object.fromEntries(
    entries.map(([name, one]) => [name, lean(one, !(isSchema && name === 'properties'))]),
  )
}
