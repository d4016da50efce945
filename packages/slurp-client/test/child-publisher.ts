// Publishes decisions of three agents without end, and tells each that is safe:
// node child-publisher.ts <folder> <url of the service> <a number that no other run has>
import { writeSync } from 'node:fs'
import { flushCompileCache } from 'node:module'
import { join } from 'node:path'
import { openSqliteStore } from '@bzzz/context-store/sqlite'
import { identityFromSeed } from '@bzzz/identity'
import { createSlurpClient } from '../src/index.ts'
import { openSqliteState } from '../src/sqlite.ts'

// Who is killed leaves nothing compiled for the next one, and that would be most of what a start takes.
flushCompileCache()

const [folder = '', url = '', run = ''] = process.argv.slice(2)
const identity = identityFromSeed(new Uint8Array(32).fill(1))
const store = openSqliteStore({ file: join(folder, 'store.db'), writer: identity })
const state = openSqliteState({ file: join(folder, 'outbox.db') })
const backoff = { firstMs: 5, maxMs: 20 }
const circuit = { failures: 5, waitMs: 20 }
const client = createSlurpClient({ store, identity, state, url, backoff, circuit })

writeSync(1, 'ready\n')
for (let number = 0; ; number++) {
  const agent = ['ada', 'bob', 'eve'][number % 3] ?? ''
  const title = `${run}.${number}`
  const { id } = await client.publish({
    ucxl_address: `ucxl://${agent}:architect@shop:checkout/*^/decisions/${number % 20}.json`,
    agent_id: agent,
    decision_type: 'policy',
    title,
  })
  writeSync(1, `${agent} ${title} ${id}\n`)
}
