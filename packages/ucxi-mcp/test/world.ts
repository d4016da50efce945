import { Client } from '@modelcontextprotocol/client'
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/client'
import { createMemoryStore, type ContextStore } from '@bzzz/context-store'
import { generateIdentity, type Identity } from '@bzzz/identity'
import { createUcxi } from '@bzzz/ucxi'
import {
  localMemory,
  serveOverHttp,
  type HttpDoor,
  type HttpInit,
  type Memory,
} from '@bzzz/ucxi-mcp'
import { onTestFinished } from 'vitest'

/** A store with a memory, and a door over HTTP in front of it. */
export interface World {
  readonly store: ContextStore
  readonly identity: Identity
  readonly memory: Memory
  readonly door: HttpDoor
  /** Connects one more client; of the newer line if nothing is said. */
  readonly connect: (options?: Connect) => Promise<TestClient>
}

interface Connect {
  readonly legacy?: boolean
  readonly token?: string
  /** Answers what the server asks the person. */
  readonly elicit?: (message: string) => { approve: boolean; comment?: string } | 'decline'
}

export interface TestClient {
  readonly client: Client
  /** Calls a tool: what a model reads, what a program reads, and whether it failed. */
  readonly call: (name: string, args?: Record<string, unknown>) => Promise<Called>
}

export interface Called {
  readonly text: string
  readonly data: Record<string, unknown>
  readonly failed: boolean
  readonly code: string | undefined
}

export const PLACE = 'claude:architect@shop:checkout'
export const PLAN = `ucxl://${PLACE}/plan.md`

type Options = Partial<HttpInit> & { readonly memory?: Memory }

export async function openWorld(options: Options = {}): Promise<World> {
  const identity = generateIdentity()
  const store = createMemoryStore({ writer: identity })
  const memory = options.memory ?? localMemory({ ucxi: createUcxi({ store }), identity })
  const rest = { place: PLACE, version: '1.0.0', now: Date.now }
  const door = await serveOverHttp({ ...rest, ...options, memory })
  onTestFinished(async () => {
    await door.close()
    await store.close()
  })
  return {
    store,
    identity,
    memory,
    door,
    async connect({ legacy = false, token, elicit } = {}) {
      const client = new Client(
        { name: 'test', version: '1.0.0' },
        {
          versionNegotiation: { mode: legacy ? 'legacy' : 'auto' },
          ...(elicit && { capabilities: { elicitation: {} } }),
        },
      )
      if (elicit) {
        client.setRequestHandler('elicitation/create', async ({ params }) => {
          const said = elicit(params.message)
          return said === 'decline' ? { action: 'decline' } : { action: 'accept', content: said }
        })
      }
      const headers = token === undefined ? {} : { authorization: `Bearer ${token}` }
      await client.connect(
        new StreamableHTTPClientTransport(new URL(door.url), { requestInit: { headers } }),
      )
      onTestFinished(async () => client.close())
      return { client, call: callerOf(client) }
    },
  }
}

export function callerOf(client: Client): TestClient['call'] {
  return async (name, args = {}) => {
    const result = await client.callTool({ name, arguments: args })
    const { _meta: meta } = result
    const [first] = result.content
    return {
      text: first?.type === 'text' ? first.text : '',
      data: (result.structuredContent ?? {}) as Record<string, unknown>,
      failed: result.isError === true,
      code: meta?.['bzzz/code'] as string | undefined,
    }
  }
}

export const DECISION = {
  title: 'Pay with Stripe',
  reasoning: 'Card data must not touch our servers.',
  options: [{ name: 'Stripe', pros: ['quick'] }, { name: 'Our own form' }],
  chosen: 'Stripe',
}
