import { randomBytes, randomUUID } from 'node:crypto'
import { readPattern } from './addresses.ts'
import { SlurpError } from './errors.ts'
import type { WebhookDraft, WebhookStatus } from './slurp.ts'
import type { DecisionStorage } from './storage.ts'
import type { WebhookAttempt, WebhookState } from './storage-webhooks.ts'
import type { WebhookRunner } from './webhook-runner.ts'
import { keyOfSecret, secretOf } from './webhook-signature.ts'
import { assertTarget } from './webhook-target.ts'

const MAX_WEBHOOKS = 100
const SECRET_BYTES = 32
const ATTEMPTS_SHOWN = 100
const START = { attempts: 0, failures: 0, nextAt: 0 } as const

/** Where webhooks are made, looked at and taken away. */
export interface WebhookDesk {
  list(): Promise<readonly WebhookStatus[]>
  add(draft: WebhookDraft): Promise<WebhookState>
  remove(id: string): Promise<void>
  enable(id: string): Promise<void>
  attempts(id: string, query?: { readonly limit?: number }): Promise<readonly WebhookAttempt[]>
}

export function createWebhookDesk(
  storage: DecisionStorage,
  runner: WebhookRunner,
  init: { readonly now: () => number; readonly allowPrivate: boolean },
): WebhookDesk {
  async function find(id: string): Promise<WebhookState> {
    const found = (await storage.webhooks()).find((one) => one.id === id)
    return found ?? unknown(id)
  }

  return {
    async list() {
      return (await storage.webhooks()).map(({ secret: _secret, ...shown }) => shown)
    },
    async add({ url, pattern, types, secret, after }) {
      const target = assertTarget(url, init.allowPrivate)
      if (secret !== undefined) keyOfSecret(secret)
      const { length } = await storage.webhooks()
      if (length >= MAX_WEBHOOKS) {
        throw new SlurpError('ERR_SLURP_WEBHOOK', `Expected at most ${MAX_WEBHOOKS} webhooks`)
      }
      const { position } = await storage.counts()
      const hook: WebhookState = {
        id: randomUUID(),
        url: target.href,
        secret: secret ?? secretOf(randomBytes(SECRET_BYTES)),
        ...(pattern === undefined ? {} : { pattern: readPattern(pattern).toString() }),
        ...(types === undefined ? {} : { types: [...types] }),
        created: init.now(),
        position: Math.min(after ?? position, position),
        ...START,
      }
      await storage.putWebhook(hook)
      runner.wake()
      return hook
    },
    async remove(id) {
      if (!(await storage.removeWebhook(id))) unknown(id)
    },
    async enable(id) {
      const { position } = await find(id)
      await storage.moveWebhook(id, { position, ...START })
      runner.wake()
    },
    async attempts(id, { limit = ATTEMPTS_SHOWN } = {}) {
      await find(id)
      return storage.attempts(id, { limit })
    },
  }
}

function unknown(id: string): never {
  throw new SlurpError(
    'ERR_SLURP_UNKNOWN',
    `Expected the id of a webhook, got ${JSON.stringify(id.slice(0, 100))}`,
  )
}
