import assert from 'node:assert/strict'
import { START, type Cases, type On } from './conformance-subject.ts'
import type { HeldDelivery } from './storage.ts'
import type { WebhookAttempt, WebhookState } from './storage-webhooks.ts'

function waiting(recordId: string): HeldDelivery {
  const words = { delivery: '{}', rule: 'incidents', reason: 'look at it' }
  return { recordId, ...words, since: START, state: 'held' }
}

function webhook(id: string, said: Partial<WebhookState> = {}): WebhookState {
  const progress = { position: 0, attempts: 0, failures: 0, nextAt: 0 }
  return { id, url: 'https://example.org/', secret: 's', created: START, ...progress, ...said }
}

function attempt(n: number): WebhookAttempt {
  return { webhook: 'a', sequence: n, attempt: 1, at: START + n, outcome: 'failed', status: 500 }
}

/** Cases of what waits for a person, and of who is told. */
export function upkeepCases(on: On): Cases {
  return {
    'what is held waits in its order, and stays as it first came': on(async (storage) => {
      for (const id of ['b', 'a', 'c']) await storage.hold(waiting(id))
      await storage.hold({ ...waiting('a'), reason: 'another' })
      assert.deepEqual(await storage.held('a'), waiting('a'))
      assert.equal(await storage.held('d'), undefined)
      const page = await storage.heldPage({ limit: 2 })
      assert.deepEqual(page, [waiting('b'), waiting('a')])
      const rest = await storage.heldPage({ after: 'a', limit: 2 })
      assert.deepEqual(rest, [waiting('c')])
      assert.equal((await storage.counts()).held, 3)
    }),
    'what is taken in is forgotten, what is rejected is remembered': on(async (storage) => {
      for (const id of ['a', 'b', 'c']) await storage.hold(waiting(id))
      await storage.settle('a', undefined)
      await storage.settle('b', { reason: 'no' })
      await storage.settle('nobody', { reason: 'no' })
      assert.equal(await storage.held('a'), undefined)
      assert.deepEqual(await storage.held('b'), {
        ...waiting('b'),
        state: 'rejected',
        reason: 'no',
      })
      for (const page of [{}, { after: 'a' }, { after: 'b' }])
        assert.deepEqual(await storage.heldPage({ ...page, limit: 9 }), [waiting('c')])
      await storage.hold(waiting('b'))
      assert.equal((await storage.held('b'))?.state, 'rejected')
      assert.equal((await storage.counts()).held, 1)
    }),
    'webhooks are kept whole, and moved on': on(async (storage) => {
      const full = webhook('b', { pattern: 'ucxl://any:any@shop:any/**', types: ['policy'] })
      await storage.putWebhook(full)
      await storage.putWebhook(webhook('a', { created: START + 1 }))
      assert.deepEqual(await storage.webhooks(), [full, webhook('a', { created: START + 1 })])
      const disabled = { position: 7, attempts: 1, failures: 3, nextAt: 99, disabled: 'gone' }
      await storage.moveWebhook('b', disabled)
      assert.deepEqual((await storage.webhooks())[0], { ...full, ...disabled })
      const enabled = { position: 7, attempts: 0, failures: 0, nextAt: 0 }
      await storage.moveWebhook('b', enabled)
      assert.deepEqual((await storage.webhooks())[0], { ...full, ...enabled })
      await storage.moveWebhook('nobody', enabled)
      assert.equal((await storage.webhooks()).length, 2)
    }),
    'attempts are kept, the latest first, a thousand of each webhook': on(async (storage) => {
      await storage.putWebhook(webhook('a'))
      await storage.putWebhook(webhook('b'))
      const many = Array.from({ length: 1005 }, (_, n) => attempt(n))
      const progress = { position: 5, attempts: 0, failures: 0, nextAt: 0 }
      await storage.moveWebhook('a', progress, many)
      assert.deepEqual(await storage.attempts('a', { limit: 2 }), [attempt(1004), attempt(1003)])
      assert.equal((await storage.attempts('a', { limit: 5000 })).length, 1000)
      assert.deepEqual(await storage.attempts('b', { limit: 2 }), [])
      assert.equal(await storage.removeWebhook('a'), true)
      assert.equal(await storage.removeWebhook('a'), false)
      assert.deepEqual(await storage.attempts('a', { limit: 2 }), [])
    }),
  }
}
