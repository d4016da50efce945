// Writes versions of one context to a store, and tells number and id of each that was acknowledged:
// node child-writer.ts <file> <count> [large]: with `large`, some come as streams of many pieces.
import { writeSync } from 'node:fs'
import { flushCompileCache } from 'node:module'
import { identityFromSeed } from '@bzzz/identity'
import { openSqliteStore } from '../src/sqlite.ts'

// Who is killed leaves nothing compiled for the next one, and that would be most of what a start takes.
flushCompileCache()

const [file = '', count = '0', large] = process.argv.slice(2)
const writer = identityFromSeed(new Uint8Array(32).fill(1))
const store = openSqliteStore({ file, writer })

async function* stream(text: string): AsyncGenerator<Uint8Array> {
  for (let piece = 0; piece < 6; piece++) yield Buffer.alloc(65_536, `${text} ${piece}`)
}

for (let number = 0; number < Number(count); number++) {
  const text = `${process.pid} ${number}`
  const content = large && number % 7 === 3 ? stream(text) : new TextEncoder().encode(text)
  const { id, record } = await store.put({ address: 'ucxl://a:b@c:d/*^/shared', content })
  writeSync(1, `${record.version} ${id}\n`)
}
await store.close()
