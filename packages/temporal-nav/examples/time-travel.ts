import assert from 'node:assert/strict'
import { createMemoryIndex, createNavigator, snapshot, snapshotDigest } from '@bzzz/temporal-nav'
import { fromInstant, resolveTemporal, TemporalError } from '@bzzz/temporal-nav'

const key = 'claude:architect@shop:checkout/decisions/payment.json'
const index = createMemoryIndex()
index.append(key, { version: 1, time: fromInstant('2025-08-01T12:00:00Z'), content: 'bafk-cards' })
index.append(key, { version: 2, time: fromInstant('2025-08-05T09:30:00Z'), content: 'bafk-wallet' })

const asOf = { kind: 'instant', instant: '2025-08-03T00:00:00Z' } as const
assert.equal((await resolveTemporal(index, key, asOf)).content, 'bafk-cards')

const navigator = await createNavigator(index, key) // stands on the newest version
assert.equal((await navigator.back()).version, 1)
await assert.rejects(navigator.back(), (e) => TemporalError.is(e, 'ERR_TEMPORAL_OUT_OF_RANGE'))

const project = snapshot(index, (k) => k.includes('@shop:'), fromInstant('2025-08-03T00:00:00Z'))
assert.match(await snapshotDigest(project), /^sha256:[0-9a-f]{64}$/)
