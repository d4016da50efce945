import { createHash, hash } from 'node:crypto'
import type { ContentSource } from '@bzzz/context-store'
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { ServerContext } from './context.ts'
import { UcxiError } from './errors.ts'
import { assertSame, type Answer } from './idempotency.ts'

/** What a request asks for, for telling whether another one asks for the same. */
export interface Asked {
  /** All but the content. */
  readonly what: () => string
  readonly content?: ContentSource
}

type Given = Pick<Answer, 'status' | 'headers' | 'body'>
const KEY = /^"?([\x21-\x7e]{1,255}?)"?$/

/**
 * Does what a request asks for, and sends the answer: where it has an Idempotency-Key that came
 * before, the answer of then, without doing it again.
 *
 * @throws `ERR_UCXI_IDEMPOTENCY`, `ERR_UCXI_IN_PROGRESS`; `ERR_UCXI_REQUEST` for a key that is none.
 */
export async function once(
  context: ServerContext,
  { request, reply, asked }: { request: FastifyRequest; reply: FastifyReply; asked: Asked },
  act: (content?: ContentSource) => Promise<Given>,
): Promise<FastifyReply> {
  const header = request.headers['idempotency-key']
  if (header === undefined) return sendGiven(reply, await act())
  const key = KEY.exec(String(header))?.[1]
  if (key === undefined) {
    throw new UcxiError(
      'ERR_UCXI_REQUEST',
      'Expected an Idempotency-Key of 1 to 255 visible characters, such as a UUID',
    )
  }
  // One client's keys are no other's.
  const scoped = JSON.stringify([
    context.clientOf(request),
    request.method,
    request.originalUrl,
    key,
  ])
  const before = context.idempotency.begin(scoped)
  if (before) {
    assertSame(before, await fingerprintOf(asked))
    return sendGiven(reply.header('idempotency-replayed', 'true'), before)
  }
  try {
    const tapped = tap(asked.content)
    const given = await act(tapped?.content)
    const fingerprint = `${asked.what()} ${tapped?.digest() ?? ''}`
    context.idempotency.keep(scoped, { ...given, fingerprint })
    return await sendGiven(reply, given)
  } catch (error) {
    context.idempotency.release(scoped)
    throw error
  }
}

async function sendGiven(
  reply: FastifyReply,
  { status, headers, body }: Given,
): Promise<FastifyReply> {
  return reply
    .code(status)
    .headers({ ...headers, 'content-type': 'application/json; charset=utf-8' })
    .send(body)
}

async function fingerprintOf({ what, content }: Asked): Promise<string> {
  const tapped = tap(content)
  if (tapped && !(tapped.content instanceof Uint8Array)) {
    for await (const piece of tapped.content) void piece
  }
  return `${what()} ${tapped?.digest() ?? ''}`
}

/** The same bytes, and their digest once they were read. */
function tap(
  content: ContentSource | undefined,
): { readonly content: ContentSource; digest: () => string } | undefined {
  if (content === undefined) return undefined
  if (content instanceof Uint8Array) return { content, digest: () => hash('sha256', content) }
  const sum = createHash('sha256')
  return { content: through(content, sum), digest: () => sum.digest('hex') }
}

async function* through(
  source: AsyncIterable<Uint8Array>,
  sum: ReturnType<typeof createHash>,
): AsyncGenerator<Uint8Array> {
  for await (const piece of source) {
    sum.update(piece)
    yield piece
  }
}
