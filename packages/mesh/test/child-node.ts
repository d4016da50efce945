// A node in a process of its own: holds a context, announces it to whoever joins, and tells its address.
import { createMemoryStore } from '@bzzz/context-store'
import { identityFromSeed } from '@bzzz/identity'
import { createMesh } from '../src/index.ts'

const identity = identityFromSeed(new Uint8Array(32).fill(1))
const store = createMemoryStore({ writer: identity })
const address = 'ucxl://writer:architect@shop:checkout/*^/plan.md'
for (const word of ['one', 'two', 'three']) {
  await store.put({ address, content: new TextEncoder().encode(word) })
}
const mesh = await createMesh({ identity, store })
mesh.announce('writer@shop')
console.log(mesh.addresses[0])
