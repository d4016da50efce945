import { randomUUID } from 'node:crypto'
import {
  createServer as createHttpServer,
  type IncomingMessage,
  type ServerResponse,
} from 'node:http'
import { isIP, type AddressInfo } from 'node:net'
import { hostHeaderValidation, originValidation } from '@modelcontextprotocol/node'
import type { Authorize } from '@bzzz/ucxi'
import { McpError } from '../errors.ts'
import type { DoorInit } from '../server/create-server.ts'
import { answer, bodyIn, grantFor, type Refused } from './request.ts'
import { createRooms } from './rooms.ts'

export interface HttpInit extends DoorInit {
  /** Port to listen on; 0, any free one, if left out. */
  readonly port?: number
  /** `127.0.0.1` if left out. One that is no loopback address needs `authorize`. */
  readonly host?: string
  /** Says what a request may do. Without it everybody who reaches the port may do everything. */
  readonly authorize?: Authorize
  /** Names, beside those of loopback, under which it may be asked: `memory.example`. */
  readonly allowHosts?: readonly string[]
  /** Hosts of origins whose pages may ask, beside those of loopback. */
  readonly allowOrigins?: readonly string[]
  /** Bytes of a request, at most; 20 MiB. */
  readonly maxBodyBytes?: number
  /** Requests under way, at most, streams too; 1,024. */
  readonly maxRequests?: number
  /** Sessions of the older line of the specification for one party, at most; 256. */
  readonly maxSessions?: number
  /** Parties with something open, at most; 256. */
  readonly maxRooms?: number
  /** Milliseconds of silence after which a session ends; 1,800,000. */
  readonly idleMs?: number
  /** Calls back each so many milliseconds; the system's timers if left out. @returns what ends it. */
  readonly every?: (ms: number, call: () => void) => () => void
  /** A name that nobody can guess; a random UUID if left out. */
  readonly newId?: () => string
  /** Told of what goes wrong beside a call: for a log. */
  readonly onError?: (error: unknown) => void
}

/** A door over HTTP. */
export interface HttpDoor {
  /** `http://127.0.0.1:8070/mcp` */
  readonly url: string
  /** Takes no more requests and ends all streams; the memory stays the caller's to close. */
  close(): Promise<void>
}

const PATH = '/mcp'
const LOOPBACK = ['localhost', '127.0.0.1', '[::1]']
const METHODS = ['POST', 'GET', 'DELETE']
const HEADER_BYTES = 16 * 1024
const CONNECTIONS = 4096

/**
 * Serves clients of both lines of the specification over streamable HTTP.
 *
 * @throws `ERR_MCP_BIND` for an address that is no loopback and no `authorize`; `ERR_MCP_PORT` where the
 *   port cannot be had
 */
export async function serveOverHttp(init: HttpInit): Promise<HttpDoor> {
  const { host = '127.0.0.1', port = 0, authorize, onError = () => {} } = init
  if (!isLoopback(host) && !authorize) {
    throw new McpError(
      'ERR_MCP_BIND',
      `Expected a loopback address such as 127.0.0.1, got ${host}: nobody else may connect without tokens`,
    )
  }
  const { maxBodyBytes = 20 * 1024 * 1024, maxRequests = 1024 } = init
  const { now, newId = randomUUID, every = byInterval, idleMs = 1_800_000 } = init
  const { maxSessions = 256, maxRooms = 256 } = init
  const rooms = createRooms({ ...init, newId, maxSessions, maxRooms, onError })
  const stopSweeping = every(idleMs / 4, () => {
    rooms.sweep(now() - idleMs).catch(onError)
  })
  const isNamed = hostHeaderValidation([...LOOPBACK, ...(init.allowHosts ?? [])])
  const isFromHere = originValidation([...LOOPBACK, ...(init.allowOrigins ?? [])])
  let open = 0

  const handle = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    if (!isNamed(request, response) || !isFromHere(request, response)) return
    if (new URL(request.url ?? '', 'http://localhost').pathname !== PATH) {
      return answer(response, { status: 404, message: `Expected ${PATH}` })
    }
    if (!METHODS.includes(request.method ?? '')) {
      const headers = { allow: METHODS.join(', ') }
      return answer(response, { status: 405, message: `Expected ${headers.allow}`, headers })
    }
    if (open >= maxRequests) {
      const headers = { 'retry-after': '1' }
      return answer(response, { status: 503, message: 'Too many requests are under way', headers })
    }
    open++
    response.once('close', () => open--)
    const grant = await grantFor(request, authorize)
    if ('status' in grant) return answer(response, grant)
    const body = await bodyIn(request, maxBodyBytes)
    if ('status' in body) return answer(response, body)
    await rooms.of(grant).handle(request, response, body.json)
  }
  const server = createHttpServer(
    { maxHeaderSize: HEADER_BYTES, headersTimeout: 10_000, requestTimeout: 120_000 },
    (request, response) => {
      handle(request, response).catch((error: unknown) => {
        onError(error)
        if (response.headersSent) response.destroy()
        else answer(response, INTERNAL)
      })
    },
  )
  server.maxConnections = CONNECTIONS
  await listen(server, { host, port })
  const { port: actual } = server.address() as AddressInfo
  return Object.freeze({
    url: `http://${isIP(host) === 6 ? `[${host}]` : host}:${actual}${PATH}`,
    close: async () => {
      stopSweeping()
      const closed = new Promise((resolve) => server.close(resolve))
      await rooms.close()
      server.closeAllConnections()
      await closed
    },
  })
}

const INTERNAL: Refused = { status: 500, message: 'Something went wrong here' }

async function listen(
  server: ReturnType<typeof createHttpServer>,
  { host, port }: { readonly host: string; readonly port: number },
): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', (cause: NodeJS.ErrnoException) => {
      const why =
        cause.code === 'EADDRINUSE' ? 'it is in use: choose another; 0 takes any' : cause.message
      const message = `Cannot listen on ${host}:${port}: ${why}`
      reject(new McpError('ERR_MCP_PORT', message, { cause }))
    })
    server.listen(port, host, resolve)
  })
}

function isLoopback(host: string): boolean {
  return /^(?:localhost|127\.\d+\.\d+\.\d+|\[?::1\]?)$/.test(host)
}

function byInterval(ms: number, call: () => void): () => void {
  const timer = setInterval(call, ms)
  timer.unref()
  return () => clearInterval(timer)
}
