import { createCurator, defaultRules } from '@bzzz/decision-schema/curation'
import { verifyProofs } from '@bzzz/identity/proofs'
import { fromInstant, type CallOptions } from '@bzzz/temporal-nav'
import { DEFAULT_CIRCUIT } from '@bzzz/circuit-breaker'
import type { PendingDecision, PublishResult, SlurpClient } from './client.ts'
import { Courier } from './courier.ts'
import { PublishError } from './errors.ts'
import type { Judged, SlurpClientEvent } from './events.ts'
import { createFlushes } from './flushes.ts'
import { createHttpDelivery } from './http-delivery.ts'
import { DEFAULT_ATTEMPT_MS, DEFAULT_BACKOFF, type SlurpClientInit } from './init.ts'
import { isToDeliver, readLog, type Cursor } from './outbox.ts'
import { createPublisher } from './publisher.ts'
import { entriesOf, type Attempts, type ListName } from './state.ts'
import { timer } from './timer.ts'

/** Makes a client. It begins at once with what is pending. */
export function createSlurpClient(init: SlurpClientInit): SlurpClient {
  const { store, identity, state, now = Date.now, random = Math.random } = init
  const { schedule = timer, uuid } = init
  const deliver = init.deliver ?? createHttpDelivery({ ...init, now })
  const curator =
    init.curator ?? createCurator(defaultRules({ verify: verifyProofs, unsigned: 'keep' }))
  const create = { now, ...(uuid && { uuid }) }
  const publisher = createPublisher({
    store,
    identity,
    state,
    curator,
    reader: init.reader,
    create,
  })
  const flushes = createFlushes()
  let closing: Promise<void> | undefined

  const emit = (event: SlurpClientEvent): void => {
    try {
      init.onEvent?.(event)
    } catch {
      // A listener's failure is its own.
    }
  }

  const unwatch = store.watch((changes) => {
    for (const { id, record } of changes) {
      if (!isToDeliver(record, identity.did)) continue
      emit({ type: 'queued', id, key: record.key, version: record.version })
    }
    courier.wake()
  })

  const end = (): void => {
    unwatch()
    flushes.end(closed())
  }

  const courier = new Courier({
    store,
    state,
    writer: identity.did,
    deliver,
    now,
    random,
    schedule,
    attemptMs: init.attemptMs ?? DEFAULT_ATTEMPT_MS,
    backoff: init.backoff ?? DEFAULT_BACKOFF,
    circuit: init.circuit ?? DEFAULT_CIRCUIT,
    maxAnswered: init.maxAnswered ?? Number.POSITIVE_INFINITY,
    emit,
    onProgress: flushes.progress,
    onIdle: flushes.idle,
    onEnd: () => {
      closing ??= Promise.resolve()
      end()
    },
  })

  const ready = (options?: CallOptions): void => {
    options?.signal?.throwIfAborted()
    if (closing) throw closed()
  }

  async function* list<Name extends 'dead' | 'held'>(
    name: Name,
    options?: CallOptions,
  ): ReturnType<typeof entriesOf<Name>> {
    ready(options)
    for await (const entry of entriesOf(state, name)) {
      ready(options)
      yield entry
    }
  }

  async function* pending(options?: CallOptions): AsyncGenerator<PendingDecision> {
    ready(options)
    const { cursor, attempts } = await state.progress()
    let at: Cursor = cursor
    for (let isLast = false; !isLast;) {
      const page = await readLog(store, identity.did, at)
      for (const { id, record, sequence } of page.pending) {
        ready(options)
        const { key, version, time } = record
        yield { id, key, version, time: fromInstant(time), ...tried(attempts, id), sequence }
      }
      at = page.cursor
      isLast = page.end
    }
    for await (const { id, key, version, at: time } of entriesOf(state, 'again')) {
      ready(options)
      yield { id, key, version, time, ...tried(attempts, id) }
    }
  }

  return Object.freeze<SlurpClient>({
    publish: async (input, options) => {
      ready(options)
      const result = await publisher.publish(input, options)
      if (result.status !== 'published') emit({ type: result.status, ...judged(result) })
      return result
    },
    explain: async (input, options) => {
      ready(options)
      return publisher.explain(input)
    },
    pending,
    flush: async (options) => {
      ready(options)
      const { round } = courier
      let sequence = 0
      // What is tried again comes after all the rest, so that only a round without anything shows it.
      for await (const next of pending(options))
        sequence = next.sequence ?? Number.POSITIVE_INFINITY
      if (sequence === 0) return
      const done = flushes.wait({ sequence, round }, options?.signal)
      courier.hurry()
      await done
    },
    circuit: () => courier.circuit(),
    deadLetters: (options) => list('dead', options),
    held: (options) => list('held', options),
    retry: async (id, options) => {
      ready(options)
      const entry = await state.get('dead', id)
      if (!entry) throw unknown('a dead letter', id)
      await state.save({ remove: [{ list: 'dead', id }], put: [{ list: 'again', entry }] })
      courier.wake()
    },
    release: async (id, options) => {
      ready(options)
      const entry = await state.get('held', id)
      if (!entry) throw unknown('a held decision', id)
      const published = await publisher.keep(entry.decision, options)
      await state.save({ remove: [{ list: 'held', id }] })
      return published
    },
    dismiss: async (id, options) => {
      ready(options)
      const lists: ListName[] = ['held', 'dead']
      const found = await Promise.all(lists.map(async (name) => state.get(name, id)))
      if (!found.some(Boolean)) throw unknown('a held decision or a dead letter', id)
      await state.save({ remove: lists.map((name) => ({ list: name, id })) })
      emit({ type: 'dismissed', id })
    },
    close: async () => {
      if (!closing) {
        end()
        closing = courier.close()
      }
      await closing
    },
  })
}

function judged({
  id,
  decision,
  rule,
  reason,
}: Exclude<PublishResult, { status: 'published' }>): Judged {
  return { id, decisionId: decision.decision_id, rule, reason }
}

function tried(
  attempts: Attempts | null,
  id: string,
): Pick<PendingDecision, 'attempts' | 'nextAt'> {
  return attempts?.record === id
    ? { attempts: attempts.count, nextAt: attempts.nextAt }
    : { attempts: 0 }
}

function closed(): PublishError {
  return new PublishError('ERR_PUBLISH_CLOSED', 'The client is closed')
}

function unknown(what: string, id: string): PublishError {
  const such = `such as one that is listed, got ${JSON.stringify(id.slice(0, 80))}`
  return new PublishError('ERR_PUBLISH_NOT_FOUND', `Expected the id of ${what}, ${such}`)
}
