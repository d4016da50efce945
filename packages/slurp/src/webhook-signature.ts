import { createHmac, timingSafeEqual } from 'node:crypto'
import { SlurpError } from './errors.ts'

const PREFIX = 'whsec_'
const MIN_BYTES = 24
const MAX_BYTES = 64
const TOLERANCE_MS = 300_000

/** What a receiver checks, and what it checks it with. */
export interface WebhookMessage {
  /** The headers of the request, their names in lower case. */
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>
  /** The body as it came. */
  readonly body: string
  /** What the webhook was made with: `whsec_…`. */
  readonly secret: string
  /** The receiver's clock: milliseconds since 1970. */
  readonly now: number
}

/** @throws SlurpError `ERR_SLURP_WEBHOOK` for what is no secret. */
export function keyOfSecret(secret: string): Buffer {
  const text = secret.startsWith(PREFIX) ? secret.slice(PREFIX.length) : ''
  const key = Buffer.from(text, 'base64')
  const isWhole = key.toString('base64') === text
  if (isWhole && key.length >= MIN_BYTES && key.length <= MAX_BYTES) return key
  throw new SlurpError(
    'ERR_SLURP_WEBHOOK',
    `Expected a secret of ${PREFIX} and ${MIN_BYTES} to ${MAX_BYTES} bytes in base64`,
  )
}

export function secretOf(key: Uint8Array): string {
  return `${PREFIX}${Buffer.from(key).toString('base64')}`
}

/** The headers that say who sent a body, and when (Standard Webhooks 1.0). */
export function signatureHeaders(
  secret: string,
  message: { readonly id: string; readonly at: number; readonly body: string },
): Record<string, string> {
  const seconds = Math.floor(message.at / 1000)
  return {
    'webhook-id': message.id,
    'webhook-timestamp': String(seconds),
    'webhook-signature': `v1,${sign(secret, message.id, seconds, message.body)}`,
  }
}

/**
 * Whether a webhook came from this service, and now: for receivers. The same message may come twice:
 * its `webhook-id` tells.
 *
 * @throws SlurpError `ERR_SLURP_WEBHOOK` for a secret that is none
 */
export function verifyWebhook({ headers, body, secret, now }: WebhookMessage): boolean {
  const id = textOf(headers['webhook-id'])
  const seconds = Number(textOf(headers['webhook-timestamp']) || 'NaN')
  if (id === '' || !(Math.abs(now - seconds * 1000) <= TOLERANCE_MS)) return false
  const expected = Buffer.from(sign(secret, id, seconds, body))
  // While a secret is changed there can be two.
  return textOf(headers['webhook-signature'])
    .split(' ')
    .map((one) => Buffer.from(one.replace(/^v1,/, '')))
    .some((given) => given.length === expected.length && timingSafeEqual(given, expected))
}

function sign(secret: string, id: string, seconds: number, body: string): string {
  const signed = `${id}.${seconds}.${body}`
  return createHmac('sha256', keyOfSecret(secret)).update(signed).digest('base64')
}

function textOf(value: string | readonly string[] | undefined): string {
  return typeof value === 'string' ? value : ''
}
