import { setImmediate as turn } from 'node:timers/promises'
import type { Connection, Stream } from '@libp2p/interface'
import { lpStream, streamPair } from '@libp2p/utils'
import { expect, test } from 'vitest'
import { channelOf } from '../src/libp2p/channel.ts'
import { wholeOf } from '../src/parts.ts'
import type { Channel } from '../src/network-node.ts'

const MAX = 1024 * 1024
const peer = { remotePeer: { toString: () => 'somebody' } } as unknown as Connection
const tooLong = expect.objectContaining({ code: 'ERR_MESH_PROTOCOL' }) as Error

/** A channel, and the stream at its other end. */
async function channel(): Promise<{
  ours: Channel
  theirs: Awaited<ReturnType<typeof streamPair>>[1]
}> {
  const [one, theirs] = await streamPair()
  return { ours: channelOf(one, peer, MAX), theirs }
}

test('messages of any length come whole, as libp2p writes and reads them', async () => {
  const { ours, theirs } = await channel()
  const messages = lpStream(theirs)
  for (const size of [0, 1, 127, 128, 16_383, 16_384, MAX - 1, MAX]) {
    const message = new Uint8Array(size).fill(size % 251)
    const [read] = await Promise.all([ours.read(), messages.write(message)])
    expect(Buffer.compare(wholeOf(read), message), String(size)).toBe(0)
    const [back] = await Promise.all([messages.read(), ours.write(message)])
    expect(Buffer.compare(back.subarray(), message), String(size)).toBe(0)
  }
})

test.each([
  ['that is longer than it may be', [0x81, 0x80, 0x40]],
  ['whose length does not end', Array.from({ length: 64 }, () => 0xff)],
  ['whose length is no number any more', [0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f]],
])('a message %s is refused', async (_, bytes) => {
  const { ours, theirs } = await channel()
  const read = ours.read()
  theirs.send(Uint8Array.from(bytes))
  await expect(read).rejects.toThrow(tooLong)
})

/** A stream that is only what a channel takes it for; the test says what happens on it. */
function fakeStream() {
  const sent: Uint8Array[] = []
  const stream = Object.assign(new EventTarget(), {
    full: true,
    aborted: false,
    send(data: { subarray(): Uint8Array }): boolean {
      sent.push(data.subarray())
      return !stream.full
    },
    abort: () => {
      stream.aborted = true
    },
  })
  const say = (type: string, more: object = {}): void =>
    void stream.dispatchEvent(Object.assign(new Event(type), more))
  return { stream, sent, say, ours: channelOf(stream as unknown as Stream, peer, MAX) }
}

async function isPending(promise: Promise<unknown>): Promise<boolean> {
  const pending = Symbol('pending')
  return (await Promise.race([promise, turn(pending)])) === pending
}

test('who writes waits, each time, until the stream can take more', async () => {
  const { ours, say, stream } = fakeStream()
  for (let count = 0; count < 3; count++) {
    const written = ours.write(Uint8Array.of(1))
    expect(await isPending(written)).toBe(true)
    say('drain')
    await written
  }
  const signalled = new AbortController()
  const writes = [ours.write(Uint8Array.of(1)), ours.write(Uint8Array.of(2), signalled)]
  signalled.abort()
  await expect(writes[1]).rejects.toThrow('aborted')
  say('close')
  await expect(writes[0]).rejects.toThrow('aborted')
  stream.full = false
  await ours.write(Uint8Array.of(1))
})

test('what came before the end is read, and then the end', async () => {
  const { ours, say } = fakeStream()
  say('message', { data: Uint8Array.of(1, 7, 2, 8) })
  say('message', { data: Uint8Array.of(9, 1) })
  say('remoteCloseWrite')
  expect([...wholeOf(await ours.read())]).toEqual([7])
  expect([...wholeOf(await ours.read())]).toEqual([8, 9])
  await expect(ours.read()).rejects.toThrow('ended')
})

test('a read that is given up leaves the message to the next one', async () => {
  const { ours, say } = fakeStream()
  const end = new AbortController()
  const read = ours.read({ signal: end.signal })
  end.abort(new Error('enough'))
  await expect(read).rejects.toThrow('enough')
  say('message', { data: Uint8Array.of(1, 7) })
  expect([...wholeOf(await ours.read())]).toEqual([7])
})

test('an error that ends the stream ends who waits, and who comes later', async () => {
  const { ours, say } = fakeStream()
  const read = ours.read()
  say('close', { error: new Error('reset') })
  await expect(read).rejects.toThrow('reset')
  await expect(ours.read()).rejects.toThrow('reset')
})

test('a message that comes byte by byte is one piece', async () => {
  const { ours, say } = fakeStream()
  for (const byte of [0xac, 0x02, ...Array.from({ length: 300 }, (_, at) => at % 256)])
    say('message', { data: Uint8Array.of(byte) })
  const message = await ours.read()
  expect(message).toBeInstanceOf(Uint8Array)
  expect(message).toHaveLength(300)
})

test('who sends on and on without being answered is cut off', async () => {
  const { ours, say, stream } = fakeStream()
  const messages = Buffer.alloc(64 * 1024, Uint8Array.of(1, 7))
  for (let sent = 0; sent <= 4 * 1024 * 1024; sent += messages.length)
    say('message', { data: messages })
  expect(stream.aborted).toBe(true)
  await expect(ours.read()).rejects.toThrow('without being answered')
})
