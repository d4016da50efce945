import type { Access } from '@bzzz/context-store'
import type { Identity } from '@bzzz/identity'
import { createUcxiClient } from '@bzzz/ucxi/client'
import type { Memory } from './memory.ts'
import { createScan } from './scan.ts'
import { restricted } from './restricted.ts'

export interface AttachMemoryInit {
  /** Where the node answers: `http://127.0.0.1:8080` */
  readonly url: string
  /** The node's Bearer token, where it wants one. */
  readonly token?: string
  /** Who signs decisions: the key of the node, since that is who writes. Nobody can, if left out. */
  readonly identity?: Identity
  /** The global one if left out. */
  readonly fetch?: typeof fetch
}

/** The memory of a node that runs: what it does not hold, it fetches from the mesh. Nothing is asked yet. */
export function attachMemory({ identity, ...init }: AttachMemoryInit): Memory {
  const client = createUcxiClient(init)
  const memory: Memory = {
    identity,
    complete: false,
    entry: async (address, options) => client.entry(address, options),
    resolve: async (address, options) => client.resolve(address, options),
    put: async (address, content, write) => client.put(address, content, write),
    post: async (folder, content, write) => client.post(folder, content, write),
    timeline: (address, options) => client.timeline(address, options),
    query: (options) => client.query(options),
    announce: async (address, options) => (await client.announce(address, options)).collection,
    async *changes({ signal }) {
      for await (const { data } of client.subscribe({ signal })) yield data
    },
    // A node takes in no record whose signature does not hold, and leaves it out of what it shows.
    signatureOf: () => 'node',
    impact: async (start, options) => scan.impact(start, options),
    restrictedTo: (access: Access) => restricted(memory, access),
    close: async () => {},
  }
  const scan = createScan(memory)
  return Object.freeze(memory)
}
