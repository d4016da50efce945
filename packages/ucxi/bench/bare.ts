import { once } from 'node:events'
import { createServer, type RequestListener, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { ContextStore } from '@bzzz/context-store'
import { ADDRESS, KIBIBYTE } from './subject.ts'

/** What ours is held against: the same work on `node:http` alone. */
export interface Bare {
  readonly url: string
  close(): Promise<void>
}

/** The headers of an answer but those that `node:http` writes itself. */
type Headers = Readonly<Record<string, string>>

const OWN_HEADERS = new Set(['connection', 'content-length', 'date', 'keep-alive'])

/** What a server says of a context besides its bytes. */
export async function headersOf(url: string): Promise<Headers> {
  // As the load asks: without a word of encodings.
  const { headers } = await fetch(url, { headers: { 'accept-encoding': 'identity' } })
  return Object.fromEntries([...headers].filter(([name]) => !OWN_HEADERS.has(name)))
}

/**
 * GET reads and PUT writes one context; nothing else is looked at.
 *
 * @param headers what every answer to a GET says, where it is to be as long as ours
 */
export async function startBare(store: ContextStore, headers: Headers = {}): Promise<Bare> {
  return listen((request, response) => {
    void (async () => {
      if (request.method === 'PUT') {
        const chunks: Buffer[] = []
        for await (const chunk of request) chunks.push(chunk as Buffer)
        const content = Buffer.concat(chunks)
        await store.put({ address: ADDRESS, content, contentType: 'text/plain' })
        response.writeHead(200, { 'content-length': 0 }).end()
        return
      }
      const { content, record } = await store.get(ADDRESS)
      response.writeHead(200, {
        'content-type': record.content_type ?? '',
        ...headers,
        'content-length': content.length,
      })
      response.end(content)
    })()
  })
}

export async function startConstant(): Promise<Bare> {
  return listen((_, response) => {
    response.writeHead(200, { 'content-type': 'text/plain', 'content-length': KIBIBYTE.length })
    response.end(KIBIBYTE)
  })
}

/** Event streams by a loop over all responses. */
export async function startBareEvents(): Promise<Bare & { write(frame: string): void }> {
  const responses = new Set<ServerResponse>()
  const bare = await listen((_, response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' })
    response.write(': hello\n\n')
    responses.add(response)
    response.once('close', () => responses.delete(response))
  })
  return {
    ...bare,
    write: (frame) => {
      for (const response of responses) response.write(frame)
    },
  }
}

async function listen(listener: RequestListener): Promise<Bare> {
  const server = createServer(listener)
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    close: async () => {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
}
