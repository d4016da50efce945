import { z } from 'zod'
import type { DeliveryOutcome } from './delivery.ts'
import { plain } from './errors.ts'

/** What the service says of a delivery that it took. */
const accepted = z.object({
  decision_id: z.string(),
  address: z.string(),
  version: z.int(),
  content_id: z.string(),
  state: z.enum(['accepted', 'known', 'held']),
})

/** RFC 9457, as far as it is read here. */
const problem = z.object({
  code: z.string().max(128).optional(),
  title: z.string().optional(),
  detail: z.string().optional(),
})

/** The statuses of an answer that will be the same however often it is asked for. */
const REFUSED: ReadonlySet<number> = new Set([400, 401, 403, 409, 413, 415, 422])
/** The statuses of a service that is well, and asks for patience. */
const PATIENCE: ReadonlySet<number> = new Set([408, 425, 429])

/** An answer of the service, with as much of its body as was read. */
export interface Answer {
  readonly status: number
  readonly body: string
  /** The header `Retry-After`. */
  readonly retryAfter: string | null
}

/** What of a delivery its answer has to repeat. */
export interface Sent {
  readonly decisionId: string
  readonly contentId: string
}

/** What an answer says of a delivery. @param now milliseconds since 1970 */
export function readAnswer(answer: Answer, sent: Sent, now: number): DeliveryOutcome {
  const { status, body } = answer
  if (status === 200 || status === 201) return readAccepted(status, body, sent)
  const { code, title, detail } = problem.safeParse(parsed(body)).data ?? {}
  const reason = plain(detail ?? title ?? `the service answered ${status}`)
  if (REFUSED.has(status)) {
    return { outcome: 'refused', reason, status, ...(code !== undefined && { code: plain(code) }) }
  }
  const retryAfterMs = waitOf(answer.retryAfter, now)
  return {
    outcome: 'failed',
    reason: `${status}: ${reason}`,
    ...(retryAfterMs !== undefined && { retryAfterMs }),
    ...(PATIENCE.has(status) ? { patience: true } : { answered: status !== 503 }),
  }
}

function readAccepted(status: number, body: string, sent: Sent): DeliveryOutcome {
  const { data } = accepted.safeParse(parsed(body))
  if (data?.decision_id === sent.decisionId && data.content_id === sent.contentId) {
    return { outcome: 'delivered', state: data.state }
  }
  const about = data ? `one of ${data.decision_id}` : JSON.stringify(body.slice(0, 60))
  const reason = plain(
    `Expected an answer about ${sent.decisionId}, got ${status} with ${about}: is it a slurp service?`,
  )
  return { outcome: 'failed', reason, answered: true }
}

function parsed(body: string): unknown {
  try {
    return JSON.parse(body)
  } catch {
    return undefined
  }
}

/** Seconds, or an HTTP date (RFC 9110, section 10.2.3); undefined for anything else. */
function waitOf(header: string | null, now: number): number | undefined {
  if (header === null) return undefined
  if (/^\s*\d{1,9}\s*$/.test(header)) return Number(header) * 1000
  const time = /GMT\s*$/.test(header) ? Date.parse(header) : Number.NaN
  return Number.isNaN(time) ? undefined : Math.max(0, time - now)
}
