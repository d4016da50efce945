// A service that takes everything and checks nothing, in a thread of its own: what is measured is the
// client. It tells its port.
import assert from 'node:assert/strict'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import { parentPort } from 'node:worker_threads'

interface Sent {
  readonly record: { readonly content: string; readonly version: number }
  readonly node: { readonly decision_id: string; readonly ucxl_address: string }
}

assert.ok(parentPort)
const parent = parentPort

const server = createServer((request, response) => {
  const answer = async (): Promise<void> => {
    const { record, node } = JSON.parse(await text(request)) as Sent
    const { decision_id, ucxl_address: address } = node
    const { content: content_id, version } = record
    const said = { decision_id, address, version, content_id, state: 'accepted' }
    response.writeHead(201, { 'content-type': 'application/json' }).end(JSON.stringify(said))
  }
  answer().catch((error: unknown) => response.writeHead(500).end(String(error)))
})
server.listen(0, '127.0.0.1', () => {
  // This is a thread's port, and not a window, which would want to know the origin.
  // oxlint-disable-next-line unicorn/require-post-message-target-origin
  parent.postMessage((server.address() as AddressInfo).port)
})
