import { readAnswer } from './answer.ts'
import type { Deliver } from './delivery.ts'
import { reasonOf } from './errors.ts'

/** Where the service is, and how it is spoken to. */
export interface HttpDeliveryInit {
  /** Base of the service: `https://slurp.example`. */
  readonly url: string
  /** Bearer token, or what gives one for each attempt. */
  readonly token?: string | (() => string | Promise<string>) | undefined
  /** The platform's if left out. */
  readonly fetch?: typeof globalThis.fetch | undefined
  /** Milliseconds since 1970: what a date in `Retry-After` is held against. */
  readonly now: () => number
}

// The answer to one delivery has a few hundred.
const MAX_ANSWER_BYTES = 64 * 1024

/** Delivers over HTTP: `POST <url>/decisions`. */
export function createHttpDelivery(init: HttpDeliveryInit): Deliver {
  const { url, token, fetch: send = fetch, now } = init
  const target = `${new URL(url).href.replace(/\/+$/, '')}/decisions`
  return async ({ record, node }, { signal }) => {
    let response: Response
    try {
      const bearer = typeof token === 'function' ? await token() : token
      response = await send(target, {
        method: 'POST',
        headers: {
          'content-type': 'application/json',
          accept: 'application/json',
          ...(bearer !== undefined && { authorization: `Bearer ${bearer}` }),
        },
        body: JSON.stringify({ record, node }),
        // The token is for this address, and for no other.
        redirect: 'manual',
        signal,
      })
    } catch (error) {
      signal.throwIfAborted()
      return { outcome: 'failed', reason: `cannot reach ${target}: ${reasonOf(error)}` }
    }
    const { status, headers } = response
    const answer = {
      status,
      retryAfter: headers.get('retry-after'),
      body: await readBody(response),
    }
    const sent = { decisionId: node.decision_id, contentId: record.content ?? '' }
    return readAnswer(answer, sent, now())
  }
}

/** The text of an answer; one that is far too long is cut, and is then no answer of the service. */
async function readBody({ body }: Response): Promise<string> {
  if (!body) return ''
  const decoder = new TextDecoder()
  let text = ''
  let size = 0
  for await (const piece of body) {
    size += piece.length
    text += decoder.decode(piece, { stream: true })
    // Leaving the loop ends the answer.
    if (size > MAX_ANSWER_BYTES) break
  }
  return text
}
