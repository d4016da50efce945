import { compilePattern, parse } from '@bzzz/ucxl-address'
import { toInstant } from '@bzzz/temporal-nav'
import type { DecisionStorage, StoredDecision } from './storage.ts'
import type { Webhook, WebhookAttempt, WebhookProgress, WebhookState } from './storage-webhooks.ts'
import { decisionOf, viewOf } from './views.ts'
import type { WebhookSend } from './webhook-send.ts'
import { signatureHeaders } from './webhook-signature.ts'

/** Calls back later. @returns what takes that back */
export type Schedule = (run: () => void, milliseconds: number) => () => void

export interface WebhookRunnerInit {
  readonly storage: DecisionStorage
  readonly send: WebhookSend
  readonly now: () => number
  /** From 0 up to 1. */
  readonly random: () => number
  readonly schedule: Schedule
  /** Told of what nobody foresaw. */
  readonly onError: (error: unknown) => void
}

/** Tells webhooks of decisions, each in its own pace. */
export interface WebhookRunner {
  /** Looks who is to be told of what. */
  wake(): void
  /** Resolves when nothing is under way; what waits for its next attempt does not count. */
  idle(): Promise<void>
  stop(): Promise<void>
}

const LOT = 100
/** Attempts at one event, over fifteen hours at most, and half of that in the mean. */
const ATTEMPTS = 16
/** Events in a row that were given up until the webhook is disabled. */
const FAILURES = 5
const BASE_MS = 1000
const CAP_MS = 6 * 3_600_000
const DEADLINE_MS = 15_000
const GONE = 410
/** When to look again for what another service is telling: its claim has ended if it has. */
const CLAIMED_MS = 60_000

export function createWebhookRunner(init: WebhookRunnerInit): WebhookRunner {
  const { storage, now, schedule, onError } = init
  const running = new Map<string, Promise<void>>()
  const again = new Set<string>()
  const timers = new Map<string, () => void>()
  const stopping = new AbortController()
  let looking = Promise.resolve()
  let isQueued = false

  async function look(): Promise<void> {
    isQueued = false
    for (const hook of await storage.webhooks()) {
      if (hook.disabled === undefined) start(hook.id)
    }
  }

  function start(id: string): void {
    if (stopping.signal.aborted) return
    if (running.has(id)) {
      again.add(id)
      return
    }
    timers.get(id)?.()
    timers.delete(id)
    const done = run(id)
      .catch(onError)
      .finally(() => {
        running.delete(id)
        if (again.delete(id)) start(id)
      })
    running.set(id, done)
  }

  async function run(id: string): Promise<void> {
    try {
      while (await step(id));
    } finally {
      await storage.releaseWebhook?.(id)
    }
  }

  /** @returns whether there may be more to do now */
  async function step(id: string): Promise<boolean> {
    // First the claim: how far another one has come may be seen only then.
    const isClaimed = (await storage.claimWebhook?.(id)) ?? true
    const hook = (await storage.webhooks()).find((one) => one.id === id)
    if (!hook || hook.disabled !== undefined || stopping.signal.aborted) return false
    const waitMs = isClaimed ? hook.nextAt - now() : CLAIMED_MS
    if (waitMs <= 0) return advance(hook)
    timers.set(
      id,
      schedule(() => start(id), waitMs),
    )
    return false
  }

  /** Tells one event, and passes over those before it. @returns whether there may be more */
  async function advance(hook: WebhookState): Promise<boolean> {
    const lot = await storage.changes({ after: hook.position, limit: LOT })
    const wanted = lot.find(matcherOf(hook))
    if (!wanted) {
      const last = lot.at(-1)
      if (!last) return false
      await storage.moveWebhook(hook.id, { ...progressOf(hook), position: last.sequence })
      return lot.length === LOT
    }
    const attempt = await tell(init, { hook, event: wanted, stop: stopping.signal })
    // What was cut off by the end of the service is tried again by the next one.
    if (!attempt) return false
    const { next, log } = progressAfter(hook, attempt, init)
    await storage.moveWebhook(hook.id, next, [log])
    return true
  }

  return {
    wake() {
      if (stopping.signal.aborted || isQueued) return
      isQueued = true
      looking = looking.then(look).catch(onError)
    },
    async idle() {
      await looking
      while (running.size > 0) await Promise.all(running.values())
    },
    async stop() {
      stopping.abort()
      await looking
      await Promise.all(running.values())
      for (const cancel of timers.values()) cancel()
      timers.clear()
    },
  }
}

function matcherOf({ pattern, types }: Webhook): (stored: StoredDecision) => boolean {
  const compiled = pattern === undefined ? undefined : compilePattern(parse(pattern))
  return (stored) =>
    (compiled?.testKey(stored.key) ?? true) &&
    (types?.includes(decisionOf(stored).decision_type) ?? true)
}

/** What a try came to. */
interface Tried {
  readonly sequence: number
  readonly status?: number
  readonly retryAfter?: string
  readonly error?: string
}

async function tell(
  { send, now }: WebhookRunnerInit,
  message: { readonly hook: Webhook; readonly event: StoredDecision; readonly stop: AbortSignal },
): Promise<Tried | undefined> {
  const { hook, event, stop } = message
  const { sequence } = event
  const at = now()
  const body = JSON.stringify({
    type: 'decision.accepted',
    timestamp: toInstant(at),
    data: viewOf(event),
  })
  const headers = {
    'content-type': 'application/json',
    'user-agent': 'bzzz-slurp',
    ...signatureHeaders(hook.secret, { id: `${hook.id}.${sequence}`, at, body }),
  }
  try {
    const signal = AbortSignal.any([stop, AbortSignal.timeout(DEADLINE_MS)])
    const { status, retryAfter } = await send({ url: hook.url, headers, body, signal })
    const said = retryAfter === undefined ? {} : { retryAfter }
    if (status >= 200 && status < 300) return { sequence, status }
    return { sequence, status, ...said, error: `it answered ${status}` }
  } catch (error) {
    if (stop.aborted) return undefined
    return { sequence, error: error instanceof Error ? error.message : String(error) }
  }
}

function progressAfter(
  hook: WebhookState,
  tried: Tried,
  { now, random }: WebhookRunnerInit,
): { next: WebhookProgress; log: WebhookAttempt } {
  const { sequence, status, error } = tried
  const attempt = hook.attempts + 1
  const log = {
    webhook: hook.id,
    sequence,
    attempt,
    at: now(),
    ...(status === undefined ? {} : { status }),
    ...(error === undefined ? {} : { error: error.slice(0, 500) }),
  }
  const done = { position: sequence, attempts: 0, nextAt: 0 }
  if (error === undefined)
    return { next: { ...done, failures: 0 }, log: { ...log, outcome: 'delivered' } }
  if (status === GONE) {
    const disabled = 'the receiver answered 410: it is gone'
    const next = { ...progressOf(hook), attempts: attempt, disabled }
    return { next, log: { ...log, outcome: 'failed' } }
  }
  if (attempt < ATTEMPTS) {
    // Full jitter: any moment up to the bound, so that many do not come back at once.
    const wait = Math.max(random() * Math.min(CAP_MS, BASE_MS * 2 ** attempt), afterMs(tried))
    const next = { ...progressOf(hook), attempts: attempt, nextAt: now() + Math.ceil(wait) }
    return { next, log: { ...log, outcome: 'failed' } }
  }
  const failures = hook.failures + 1
  const disabled = `${failures} events in a row could not be delivered; the last: ${error}`
  const next = { ...done, failures, ...(failures >= FAILURES ? { disabled } : {}) }
  return { next, log: { ...log, outcome: 'given-up' } }
}

/** How long the receiver asks to wait, in milliseconds: seconds alone are understood. */
function afterMs({ retryAfter = '' }: Tried): number {
  return /^\d{1,6}$/.test(retryAfter) ? Math.min(CAP_MS, Number(retryAfter) * 1000) : 0
}

function progressOf({ position, attempts, failures, nextAt }: WebhookState): WebhookProgress {
  return { position, attempts, failures, nextAt }
}
