import {
  DhtError,
  type FoundValue,
  type GetOptions,
  type InvalidAnswer,
  type Receipt,
} from '@bzzz/dht'
import type { RunningCall } from './call.ts'
import type { Host, Message } from './host.ts'
import { placeOf } from './ids.ts'
import { Lookup, type LookupResult } from './lookup.ts'
import type { Held } from './storage.ts'
import type { World } from './world.ts'

export function unreachable(key: string): DhtError {
  return new DhtError('ERR_DHT_UNREACHABLE', `Nobody answered for ${key}`)
}

/** A value as this node is about to put it. @throws `ERR_DHT_INVALID_RECORD`, `_TOO_LARGE`, `_REFUSED`. */
export function heldOf(world: World, host: Host, key: string, value: Uint8Array): Held {
  const bytes = new Uint8Array(value)
  host.check(key, bytes)
  const held = { bytes, rules: host.rules, stamp: world.nextStamp() }
  const standing = host.value(key)
  if (standing && host.isWorse(key, standing, held)) throw refusedError(key)
  return held
}

export function refusedError(key: string): DhtError {
  return new DhtError('ERR_DHT_REFUSED', `A better value stands under ${key}`)
}

/** Puts a value, or an entry of this node as a provider, with those that are closest to the key. */
export function store(
  world: World,
  host: Host,
  message: Message & { readonly kind: 'put-value' | 'add-provider' },
  call: RunningCall<Receipt>,
): void {
  const { key } = message
  if (host.table.size === 0) {
    call.reject(unreachable(key))
    return
  }
  if (message.held) host.take(key, message.held)
  else host.addProvider(key, host.id)
  walk(world, host, { kind: 'find-node', key }, call, undefined, ({ closest, failed }) => {
    let left = closest.length
    const receipt = { stored: 0, refused: 0, unreachable: failed }
    if (left === 0) call.reject(unreachable(key))
    for (const peer of closest) {
      call.tally.messages++
      world.wire.ask(host, peer, message, (reply) => {
        if (!reply) receipt.unreachable++
        else if (reply.taken) receipt.stored++
        else receipt.refused++
        call.tally.stored = receipt.stored
        if (--left > 0) return
        if (receipt.stored > 0) call.resolve(receipt)
        else call.reject(receipt.refused > 0 ? refusedError(key) : unreachable(key))
      })
    }
  })
}

/** Asks those that are closest to a key for its value. */
export function find(
  world: World,
  host: Host,
  key: string,
  options: GetOptions | undefined,
  call: RunningCall<FoundValue>,
): void {
  const local = host.value(key)
  const found = new Map<Host, Held>()
  if (local) found.set(host, local)
  const invalid: InvalidAnswer[] = []
  const quorum = (options?.quorum ?? Number.POSITIVE_INFINITY) + found.size
  const finish = (): void => {
    const { answered } = call.tally
    const [first, ...more] = found.values()
    if (first) {
      const best = host.best(key, [first, ...more])
      correct(world, host, key, best, found)
      call.resolve({ value: new Uint8Array(best.bytes), answered, invalid })
    } else if (answered > 0) {
      call.reject(notFound(key, answered, invalid))
    } else call.reject(unreachable(key))
  }
  if (host.table.size === 0) {
    finish()
    return
  }
  const onReply = (from: Host, held: Held | undefined): boolean => {
    call.tally.answered++
    if (!held) return false
    const reason = host.doubts(key, held)
    if (reason === undefined) found.set(from, held)
    else invalid.push({ from: from.id, reason })
    return found.size >= quorum
  }
  walk(world, host, { kind: 'get-value', key }, call, onReply, finish)
}

export function notFound(
  key: string,
  answered: number,
  invalid: readonly InvalidAnswer[],
): DhtError {
  const message = `None of ${answered} peers has a valid value for ${key}`
  return new DhtError('ERR_DHT_NOT_FOUND', message, { invalid })
}

/** Tells those who gave a worse value of the best one, and waits for none of them. */
function correct(
  world: World,
  host: Host,
  key: string,
  best: Held,
  found: ReadonlyMap<Host, Held>,
): void {
  for (const [peer, held] of found) {
    if (!host.isWorse(key, best, held)) continue
    if (peer === host) host.take(key, best)
    else world.wire.ask(host, peer, { kind: 'put-value', key, held: best }, () => {})
  }
}

/** A lookup as part of a call, which it counts for and ends with. */
function walk(
  world: World,
  host: Host,
  message: Message,
  call: RunningCall<never>,
  onReply: ((from: Host, held: Held | undefined) => boolean) | undefined,
  done: (result: LookupResult) => void,
): void {
  const lookup = new Lookup({
    wire: world.wire,
    host,
    message: { ...message, target: placeOf(message.key) },
    bucketSize: world.bucketSize,
    alpha: world.alpha,
    ...(onReply ? { onReply: (from, { held }) => onReply(from, held) } : {}),
    done: (result) => {
      call.tally.hops = result.hops
      call.tally.messages += result.messages
      call.tally.answered = result.answered
      if (!call.isOver) done(result)
    },
  })
  call.onEnd = () => lookup.stop()
  lookup.start()
}
