// Writes versions of one context to a store, telling each that was acknowledged: node child-writer.ts <file> <count>
import { identityFromSeed } from '@bzzz/identity'
import { openSqliteStore } from '../src/sqlite.ts'

const [file = '', count = '0'] = process.argv.slice(2)
const store = openSqliteStore({ file, writer: identityFromSeed(new Uint8Array(32).fill(1)) })
for (let number = 0; number < Number(count); number++) {
  const content = new TextEncoder().encode(`${process.pid} ${number}`)
  const { record } = await store.put({ address: 'ucxl://a:b@c:d/*^/shared', content })
  process.stdout.write(`${record.version}\n`)
}
await store.close()
