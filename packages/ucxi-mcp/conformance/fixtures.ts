import { randomBytes } from 'node:crypto'
import { createRequestStateCodec } from '@modelcontextprotocol/server'
import { createMemoryStore } from '@bzzz/context-store'
import { generateIdentity } from '@bzzz/identity'
import { localMemory, serveOverHttp, type Extension, type HttpDoor } from '@bzzz/ucxi-mcp'
import { createUcxi } from '@bzzz/ucxi/operations'
import { addAsking } from './asking.ts'
import { addPrompts, addResources, addTools, RESOURCES } from './contents.ts'
import { addRounds } from './rounds.ts'

/** The door as it always is, with what the conformance suite looks for beside it. */
export async function serveFixtures(): Promise<HttpDoor> {
  const codec = createRequestStateCodec({ key: randomBytes(32) })
  const extend: Extension = {
    resources: RESOURCES,
    capabilities: { logging: {} },
    requestState: { verify: async (state, context) => codec.verify(state, context) },
    add(server, { era }) {
      addTools(server)
      addResources(server)
      addPrompts(server)
      addRounds(server, codec)
      if (era === 'legacy') addAsking(server)
    },
  }
  const identity = generateIdentity()
  const store = createMemoryStore({ writer: identity })
  const memory = localMemory({ ucxi: createUcxi({ store }), identity })
  return serveOverHttp({ memory, place: undefined, version: '0.0.0', now: Date.now, extend })
}
