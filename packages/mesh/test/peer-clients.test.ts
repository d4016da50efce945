import { expect, test } from 'vitest'
import type { Channel, NetworkNode } from '../src/network-node.ts'
import { EVERYBODY } from '../src/membership.ts'
import { PeerClients } from '../src/peer-clients.ts'
import { decodeRequest, encodeMessage } from '../src/sync-messages.ts'

/** A node whose streams answer each hello; counts how many were opened. */
function fakeNode(open: () => Promise<void> = async () => {}) {
  const opened: Channel[] = []
  const node: Pick<NetworkNode, 'open' | 'onDisconnect'> = {
    onDisconnect: () => {},
    async open(peer) {
      await open()
      const waiting: ((message: Uint8Array) => void)[] = []
      const ended = Promise.withResolvers<never>()
      const channel: Channel = {
        peer,
        read: async () =>
          Promise.race([
            ended.promise,
            new Promise<Uint8Array>((resolve) => waiting.push(resolve)),
          ]),
        write: async (message) => {
          const { id } = decodeRequest(message).head
          waiting.shift()?.(encodeMessage({ id, type: 'hello', protocol: 1 }))
        },
        close: () => ended.reject(new Error('closed')),
      }
      opened.push(channel)
      return channel
    },
  }
  return { node: node as NetworkNode, opened }
}

const options = { signal: new AbortController().signal }

test('however many ask for a peer at once, one stream is opened, and one hello exchanged', async () => {
  const { node, opened } = fakeNode()
  const greeted: string[] = []
  const clients = new PeerClients(node, EVERYBODY, (peer) => greeted.push(peer))
  const all = await Promise.all(Array.from({ length: 20 }, async () => clients.to('peer', options)))
  expect(opened).toHaveLength(1)
  expect(new Set(all).size).toBe(1)
  expect(greeted).toEqual(['peer'])
})

test('a stream that has ended is replaced by a new one', async () => {
  const { node, opened } = fakeNode()
  const clients = new PeerClients(node, EVERYBODY, () => {})
  const first = await clients.to('peer', options)
  opened[0]?.close()
  await expect.poll(() => first.isOpen).toBe(false)
  const second = await clients.to('peer', options)
  expect(second).not.toBe(first)
  expect(opened).toHaveLength(2)
})

test('a failure to open is told to who asked, and tried again for the next', async () => {
  let fail = true
  const { node } = fakeNode(async () => {
    if (fail) throw new Error('refused')
  })
  const clients = new PeerClients(node, EVERYBODY, () => {})
  await expect(clients.to('peer', options)).rejects.toThrow('refused')
  fail = false
  expect((await clients.to('peer', options)).isOpen).toBe(true)
})
