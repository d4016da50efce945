import assert from 'node:assert/strict'
import { createMockNetwork } from '@bzzz/dht-mock'

// Every message takes 50 ms, one in a hundred is lost: simulated, so that no time passes here.
const network = createMockNetwork({ latency: 50, loss: 0.01, seed: 1 })
const [writer, reader] = [network.createNode(), ...network.createNodes(9)]
const receipt = await writer.putValue('/any/key', new TextEncoder().encode('hello'))
const { value, answered } = await reader!.getValue('/any/key')
assert.equal(new TextDecoder().decode(value), 'hello')
assert.ok(receipt.stored >= 7 && answered >= 7)

// What happens when the network falls in two?
network.partition([reader!], network.nodes.slice(0, 1).concat(network.nodes.slice(2)))
await assert.rejects(reader!.getValue('/any/other'), { code: 'ERR_DHT_UNREACHABLE' })
