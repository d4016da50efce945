// A node in a process of its own: node one-node.ts <number> <address to join>. It announces a collection, says
// so, and stays until it is killed.
import { participant } from './participant.ts'

const [number = '1', address = ''] = process.argv.slice(2)
const { mesh, store } = await participant(Number(number))
await mesh.join(address, { timeoutMs: 30_000 })
await store.put({ address: `ucxl://agent${number}:a@bench:t/*^/p`, content: Buffer.from('x') })
await mesh.publish(`agent${number}@bench`, { timeoutMs: 30_000 })
console.log('ready')
setInterval(() => {}, 60_000)
