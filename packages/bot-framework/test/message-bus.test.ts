import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  createMessageBus,
  createVirtualClock,
  type Loss,
  type MessageBusInit,
} from '../src/index.ts'

function meeting(options: Partial<MessageBusInit> = {}) {
  const clock = createVirtualClock()
  const losses: string[] = []
  const onLoss = ({ message, to, reason }: Loss): void =>
    void losses.push(`${message.id} ${to} ${reason}`)
  const bus = createMessageBus({ clock, onLoss, ...options })
  return { clock, bus, losses }
}

const code = (expected: string) => expect.objectContaining({ code: expected })

describe('messages', () => {
  test('go to one, to all, and to a topic, each with its kind', async () => {
    const { bus } = meeting()
    const [alice, bob, carol] = ['alice', 'bob', 'carol'].map((name) => bus.join(name))
    await alice!.send('bob', { hello: 1 })
    await alice!.broadcast('all', { correlation: 1 })
    carol!.subscribe('prices')
    alice!.subscribe('prices')
    expect(await alice!.publish('prices', 7)).toEqual({ id: 3, delivered: 1, lost: [] })
    const sentAt = 0
    expect(await bob!.receive()).toEqual({
      id: 1,
      kind: 'data',
      from: 'alice',
      to: 'bob',
      sentAt,
      body: { hello: 1 },
    })
    expect(await bob!.receive()).toEqual({
      id: 2,
      kind: 'coordination',
      from: 'alice',
      correlation: 1,
      sentAt,
      body: 'all',
    })
    expect((await carol!.receive()).id).toBe(2)
    expect(await carol!.receive()).toMatchObject({ id: 3, kind: 'event', topic: 'prices' })
    expect([alice!.waiting, bob!.waiting, carol!.waiting]).toEqual([0, 0, 0])
  })

  test('on a topic come no more after its subscription ended, nor to who left', async () => {
    const { bus } = meeting()
    const [alice, bob, carol] = ['alice', 'bob', 'carol'].map((name) => bus.join(name))
    const end = bob!.subscribe('prices')
    carol!.subscribe('prices')
    end()
    carol!.close()
    expect(await alice!.publish('prices', 7)).toMatchObject({ delivered: 0, lost: [] })
    await expect(alice!.send('carol', 1)).rejects.toEqual(code('ERR_BOT_UNKNOWN'))
    expect(() => bus.join('bob')).toThrow(code('ERR_BOT_DUPLICATE'))
    expect(() => bus.join('')).toThrow(code('ERR_BOT_OPTION'))
    expect(bus.join('carol').waiting).toBe(0)
  })

  test('are read in the order in which they came, by who waits longest', async () => {
    const { bus, clock } = meeting()
    const [alice, bob] = [bus.join('alice'), bus.join('bob')]
    const reads = [bob.receive(), bob.receive({ timeoutMs: 10 })]
    await alice.send('bob', 'first')
    await alice.send('bob', 'second')
    expect((await Promise.all(reads)).map(({ body }) => body)).toEqual(['first', 'second'])
    await expect(clock.until(bob.receive({ timeoutMs: 10 }))).rejects.toEqual(
      code('ERR_BOT_TIMEOUT'),
    )
    const bored = bob.receive({ signal: AbortSignal.abort(new Error('bored')) })
    await expect(bored).rejects.toThrow('bored')
    await alice.send('bob', 'third')
    expect((await bob.receive()).body).toBe('third')
  })

  test('can be iterated, until the mailbox is closed', async () => {
    const { bus } = meeting()
    const [alice, bob] = [bus.join('alice'), bus.join('bob')]
    const read = (async () => {
      const bodies: unknown[] = []
      for await (const { body } of bob) {
        bodies.push(body)
        if (body === 3) bob.close()
      }
      return bodies
    })()
    for (const body of [1, 2, 3]) await alice.send('bob', body)
    expect(await read).toEqual([1, 2, 3])
  })
})

describe('requests', () => {
  test('are answered, also out of order', async () => {
    const { bus, clock } = meeting()
    const [alice, bob] = [bus.join('alice'), bus.join('bob')]
    const answers = [alice.request('bob', 1), alice.request('bob', 2)]
    const [one, two] = [await bob.receive(), await bob.receive()]
    expect(one.kind).toBe('request')
    await bob.reply(two, 'two')
    expect(await bob.reply(one, 'one')).toEqual({ id: 4, delivered: 1, lost: [] })
    expect(await Promise.all(answers)).toEqual(['one', 'two'])
    expect(clock.pending).toBe(0)
    expect(alice.waiting).toBe(0)
  })

  test('end at their deadline, and what comes then is late, and counted', async () => {
    const { bus, clock, losses } = meeting()
    const [alice, bob] = [bus.join('alice'), bus.join('bob')]
    const asked = alice.request('bob', 1, { timeoutMs: 50 })
    await expect(clock.until(asked)).rejects.toEqual(code('ERR_BOT_TIMEOUT'))
    expect(clock.now()).toBe(50)
    const receipt = await bob.reply(await bob.receive(), 'late')
    expect(receipt.lost.map(({ reason }) => reason)).toEqual(['late'])
    expect(losses).toEqual(['2 alice late'])
    expect(bus.counts.lost.late).toBe(1)
  })

  test('fail at once where nobody will answer them', async () => {
    const { bus } = meeting({ capacity: 1 })
    const [alice, bob, carol] = ['alice', 'bob', 'carol'].map((name) => bus.join(name))
    const unread = alice!.request('bob', 1)
    await expect(carol!.request('bob', 2)).rejects.toEqual(code('ERR_BOT_QUEUE_FULL'))
    bob!.close()
    await expect(unread).rejects.toEqual(code('ERR_BOT_CLOSED'))
    await expect(alice!.request('bob', 3)).rejects.toEqual(code('ERR_BOT_UNKNOWN'))
    const own = alice!.request('carol', 4)
    alice!.close()
    await expect(own).rejects.toEqual(code('ERR_BOT_CLOSED'))
    await expect(alice!.request('carol', 5)).rejects.toEqual(code('ERR_BOT_CLOSED'))
    const cancelled = carol!.request('carol', 6, { signal: AbortSignal.abort(new Error('no')) })
    await expect(cancelled).rejects.toThrow('no')
  })

  test('are answered by who was asked, and nothing else is', async () => {
    const { bus } = meeting()
    const [alice, bob, carol] = ['alice', 'bob', 'carol'].map((name) => bus.join(name))
    const asked = alice!.request('bob', 1)
    const request = await bob!.receive()
    await expect(carol!.reply(request, 'mine')).rejects.toEqual(code('ERR_BOT_OPTION'))
    await alice!.send('bob', 1)
    await expect(bob!.reply(await bob!.receive(), 1)).rejects.toEqual(code('ERR_BOT_OPTION'))
    await bob!.reply(request, 'his')
    expect(await asked).toBe('his')
  })
})

describe('a full queue', () => {
  test('refuses: the sender knows, and so does who counts', async () => {
    const { bus, losses } = meeting({ capacity: 1 })
    const [alice, bob, carol] = ['alice', 'bob', 'carol'].map((name) => bus.join(name))
    await alice!.send('bob', 1)
    await expect(alice!.send('bob', 2)).rejects.toEqual(code('ERR_BOT_QUEUE_FULL'))
    const receipt = await alice!.broadcast(3)
    expect(receipt).toMatchObject({ delivered: 1, lost: [{ to: 'bob', reason: 'refused' }] })
    expect([bob!.lost, carol!.lost, losses]).toEqual([2, 0, ['2 bob refused', '3 bob refused']])
    expect(bus.counts).toEqual({
      members: 3,
      sent: 3,
      delivered: 2,
      lost: { closed: 0, dropped: 0, late: 0, refused: 2 },
    })
  })

  test('drops the oldest: a request among them fails', async () => {
    const { bus, losses } = meeting({ capacity: 1, overflow: 'drop-oldest' })
    const [alice, bob] = [bus.join('alice'), bus.join('bob')]
    const asked = alice.request('bob', 1)
    await alice.send('bob', 2)
    await expect(asked).rejects.toEqual(code('ERR_BOT_QUEUE_FULL'))
    expect((await bob.receive()).body).toBe(2)
    expect([bob.lost, losses]).toEqual([1, ['1 bob dropped']])
  })

  test('lets senders wait, but not without end', async () => {
    const { bus, losses } = meeting({ capacity: 1, overflow: 'wait' })
    const [alice, bob] = [bus.join('alice'), bus.join('bob')]
    await alice.send('bob', 1)
    let sent = false
    const second = alice.send('bob', 2).then(() => (sent = true))
    await expect(alice.send('bob', 3)).rejects.toEqual(code('ERR_BOT_QUEUE_FULL'))
    expect(sent).toBe(false)
    expect((await bob.receive()).body).toBe(1)
    await second
    const fourth = alice.send('bob', 4)
    bob.close()
    await expect(fourth).rejects.toEqual(code('ERR_BOT_CLOSED'))
    expect(losses).toEqual(['3 bob refused', '2 bob closed', '4 bob closed'])
  })

  test('loses nothing without a word, whatever the policy', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom('refuse', 'drop-oldest', 'wait' as const),
        fc.integer({ min: 1, max: 4 }),
        fc.array(fc.constantFrom('send', 'broadcast', 'read'), { maxLength: 60 }),
        async (overflow, capacity, steps) => {
          const { bus, losses } = meeting({ overflow, capacity })
          const [alice, bob] = [bus.join('alice'), bus.join('bob')]
          let [sent, read] = [0, 0]
          for (const step of steps) {
            if (step !== 'read') sent++
            if (step === 'send') alice.send('bob', sent).catch(() => {})
            else if (step === 'broadcast') void alice.broadcast(sent)
            else if (bob.waiting > 0) {
              await bob.receive()
              read++
            }
            expect(bob.waiting).toBeLessThanOrEqual(capacity)
          }
          bus.close()
          expect(read + losses.length).toBe(sent)
          expect(Object.values(bus.counts.lost).reduce((a, b) => a + b)).toBe(losses.length)
          expect(() => bus.join('carol')).toThrow(code('ERR_BOT_CLOSED'))
        },
      ),
    )
  })
})
