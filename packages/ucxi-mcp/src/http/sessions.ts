import type { IncomingMessage, ServerResponse } from 'node:http'
import { NodeStreamableHTTPServerTransport } from '@modelcontextprotocol/node'
import { isInitializeRequest, type McpServer } from '@modelcontextprotocol/server'

/** Sessions of the older line of the specification. */
export interface Sessions {
  handle(request: IncomingMessage, response: ServerResponse, body: unknown): Promise<void>
  /** Ends those in which nothing was asked for since that time. */
  sweep(idleSince: number): Promise<void>
  close(): Promise<void>
}

export interface SessionsInit {
  /** A server for a new session. */
  readonly create: () => McpServer
  /** Name of a new session: nobody can guess it. */
  readonly newId: () => string
  /** How many there may be; the one that was silent for longest gives way. */
  readonly max: number
  readonly now: () => number
}

interface Session {
  readonly transport: NodeStreamableHTTPServerTransport
  used: number
}

/** Clients of 2025 have sessions: what they subscribed to, and who is asked back, is kept there. */
export function createSessions({ create, newId, max, now }: SessionsInit): Sessions {
  const sessions = new Map<string, Session>()

  const begin = async (): Promise<NodeStreamableHTTPServerTransport> => {
    const transport = new NodeStreamableHTTPServerTransport({
      sessionIdGenerator: newId,
      onsessioninitialized: (id) => {
        sessions.set(id, { transport, used: now() })
      },
      onsessionclosed: (id) => {
        sessions.delete(id)
      },
    })
    const server = create()
    await server.connect(transport)
    return transport
  }
  const end = async (id: string): Promise<void> => {
    const session = sessions.get(id)
    sessions.delete(id)
    await session?.transport.close()
  }
  const makeRoom = async (): Promise<void> => {
    if (sessions.size < max) return
    const [oldest] = [...sessions].toSorted(([, a], [, b]) => a.used - b.used)
    if (oldest) await end(oldest[0])
  }

  return {
    async handle(request, response, body) {
      const id = request.headers['mcp-session-id']
      if (typeof id === 'string') {
        const session = sessions.get(id)
        if (!session) return refuse(response, 404, 'Session not found: begin a new one')
        session.used = now()
        return session.transport.handleRequest(request, response, body)
      }
      const isOpening = Array.isArray(body)
        ? body.some(isInitializeRequest)
        : isInitializeRequest(body)
      if (!isOpening) return refuse(response, 400, 'Expected an Mcp-Session-Id, or initialize')
      await makeRoom()
      const transport = await begin()
      await transport.handleRequest(request, response, body)
      // A request that opened none leaves nothing behind.
      if (transport.sessionId === undefined) await transport.close()
    },
    async sweep(idleSince) {
      const idle = [...sessions].filter(([, { used }]) => used < idleSince)
      await Promise.all(idle.map(async ([id]) => end(id)))
    },
    async close() {
      await Promise.all([...sessions.keys()].map(end))
    },
  }
}

function refuse(response: ServerResponse, status: number, message: string): void {
  response.writeHead(status, { 'content-type': 'application/json' })
  response.end(JSON.stringify({ jsonrpc: '2.0', error: { code: -32_000, message }, id: null }))
}
