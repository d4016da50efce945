import {
  McpServer,
  type McpRequestContext,
  type McpServerOptions,
  type Resource,
  type ServerCapabilities,
} from '@modelcontextprotocol/server'
import { announceTool } from '../tools/announce.ts'
import { getTool } from '../tools/get.ts'
import { navigateTool } from '../tools/navigate.ts'
import { publishTool } from '../tools/publish.ts'
import { putTool } from '../tools/put.ts'
import { queryTool } from '../tools/query.ts'
import { register, type Desk } from '../tools/tool.ts'
import { whyTool } from '../tools/why.ts'
import { INSTRUCTIONS } from './instructions.ts'
import { addPrompts } from './prompts.ts'
import { addResources } from './resources.ts'

/** What a server is made of. */
export interface DoorInit extends Desk {
  /** Version of the program. */
  readonly version: string
  /** Adds what else is to be served, such as the fixtures of a conformance suite. */
  readonly extend?: Extension
}

/** What is served besides contexts and decisions. */
export interface Extension {
  /** Resources that stand in front of the list. */
  readonly resources?: readonly Resource[]
  readonly capabilities?: ServerCapabilities
  readonly requestState?: McpServerOptions['requestState']
  add(server: McpServer, context: Pick<McpRequestContext, 'era'>): void
}

/** Every tool, in the order in which clients see them. */
const TOOLS = [
  getTool,
  queryTool,
  putTool,
  navigateTool,
  publishTool,
  whyTool,
  announceTool,
] as const

const CAPABILITIES = { resources: { subscribe: true, listChanged: true }, tools: {}, prompts: {} }
const HOUR_MS = 3_600_000

/** One server, for a connection or a request; both lines of the specification are served by it. */
export function createServer(init: DoorInit, context: Pick<McpRequestContext, 'era'>): McpServer {
  const { extend } = init
  const listed = { ttlMs: HOUR_MS, cacheScope: 'public' } as const
  const server = new McpServer(
    { name: 'bzzz', title: 'BZZZ memory', version: init.version },
    {
      capabilities: { ...CAPABILITIES, ...extend?.capabilities },
      ...(extend?.requestState && { requestState: extend.requestState }),
      instructions: INSTRUCTIONS,
      maxToolInputElements: MAX_ELEMENTS,
      // A person is given the time that a person needs.
      inputRequired: { roundTimeoutMs: LONGEST_MS },
      cacheHints: {
        'tools/list': listed,
        'prompts/list': listed,
        'resources/templates/list': listed,
        'server/discover': listed,
      },
    },
  )
  for (const tool of TOOLS) register(server, tool, init)
  addResources(server, init)
  addPrompts(server, init)
  extend?.add(server, context)
  return server
}

const MAX_ELEMENTS = 20_000
/** The longest that a timer runs. */
const LONGEST_MS = 2 ** 31 - 1
