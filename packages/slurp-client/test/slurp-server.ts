import { once } from 'node:events'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { Readable } from 'node:stream'
import { text } from 'node:stream/consumers'
import type { AddressInfo } from 'node:net'
import { verifyRecord } from '@bzzz/context-store'
import { decisionContentId, parseDecision } from '@bzzz/decision-schema'
import { verifyProofs } from '@bzzz/identity/proofs'

/** A decision as those who read from the service see it. */
interface Seen {
  readonly record: string
  readonly decisionId: string
  readonly agent: string
  readonly title: string
}

/** What the server does with a delivery instead of what it should. */
export type Behaviour =
  | 'good'
  /** Answers nothing. */
  | 'hang'
  /** Does not even take the request. */
  | 'reset'
  /** Takes the decision, and closes before it answers. */
  | 'lose'
  /** Takes it, and closes in the middle of the answer. */
  | 'cut'
  /** Begins an answer that never ends. */
  | 'endless'
  /** Takes it, and answers once it is let. */
  | 'late'
  | { readonly status: number; readonly headers?: Record<string, string>; readonly body?: string }

/** A service that keeps to the contract, or misbehaves as it is told. */
export interface SlurpServer {
  readonly url: string
  /** What it took, in order; each record once. */
  readonly seen: readonly Seen[]
  /** Requests so far. */
  readonly requests: readonly {
    readonly headers: IncomingMessage['headers']
    readonly path: string
  }[]
  /** What to do with the request of this number, from 1; `good` if left out. */
  behave: (number: number) => Behaviour
  /** Resolves once so many requests came. */
  received(count: number): Promise<void>
  /** Lets the answers go that are late. */
  release(): void
  close(): Promise<void>
}

function* endless(): Generator<Buffer> {
  for (;;) yield Buffer.alloc(16_384, '{')
}

export async function startSlurpServer(port = 0): Promise<SlurpServer> {
  const seen: Seen[] = []
  const requests: { headers: IncomingMessage['headers']; path: string }[] = []
  const waiting: { count: number; resolve: () => void }[] = []
  const late: (() => void)[] = []

  const take = (body: string): { status: number; answer: object } => {
    const { record: given, node } = JSON.parse(body) as { record: unknown; node: unknown }
    const { id, record } = verifyRecord(given)
    const decision = parseDecision(node)
    const { decision_id, ucxl_address: address, title = '' } = decision
    const content_id = decisionContentId(decision)
    const { verified, signers } = verifyProofs(decision)
    if (content_id !== record.content || !verified || !signers.includes(record.writer))
      throw new Error('it does not hold')
    const known = seen.some((other) => other.record === id)
    const agent = decision.agent_id
    if (!known) seen.push({ record: id, decisionId: decision_id, agent, title })
    const state = known ? 'known' : 'accepted'
    const { version } = record
    return {
      status: known ? 200 : 201,
      answer: { decision_id, address, version, content_id, state },
    }
  }

  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    requests.push({ headers: request.headers, path: request.url ?? '' })
    const behaviour = server.behave(requests.length)
    if (behaviour === 'reset') {
      request.socket.resetAndDestroy()
      return
    }
    const body = await text(request)
    for (const waiter of waiting) if (waiter.count <= requests.length) waiter.resolve()
    if (behaviour === 'hang') return
    if (behaviour === 'endless') {
      const noise = Readable.from(endless())
      noise.on('error', () => {})
      response.on('error', () => {})
      noise.pipe(response)
      response.on('close', () => noise.destroy())
      return
    }
    if (typeof behaviour === 'object') {
      const { status, headers = {}, body: said = '' } = behaviour
      response.writeHead(status, headers).end(said)
      return
    }
    const { status, answer: taken } = take(body)
    const said = JSON.stringify(taken)
    const type = { 'content-type': 'application/json' }
    if (behaviour === 'lose') request.socket.destroy()
    else if (behaviour === 'late') late.push(() => response.writeHead(status, type).end(said))
    else if (behaviour === 'cut') {
      response.writeHead(status, { ...type, 'content-length': said.length })
      response.write(said.slice(0, 20), () => request.socket.destroy())
    } else response.writeHead(status, type).end(said)
  }

  const http: Server = createServer((request, response) => {
    answer(request, response).catch((error: unknown) => {
      const problem = { code: 'ERR_TEST_REFUSED', title: String(error) }
      if (!response.headersSent) response.writeHead(422).end(JSON.stringify(problem))
    })
  })
  http.listen(port, '127.0.0.1')
  await once(http, 'listening')

  const server: SlurpServer = {
    url: `http://127.0.0.1:${(http.address() as AddressInfo).port}`,
    seen,
    requests,
    behave: () => 'good',
    received: async (count) => {
      if (requests.length >= count) return
      const { promise, resolve } = Promise.withResolvers<void>()
      waiting.push({ count, resolve })
      await promise
    },
    release: () => {
      for (const go of late.splice(0)) go()
    },
    close: async () => {
      http.closeAllConnections()
      http.close()
      await once(http, 'close')
    },
  }
  return server
}
