// A service on a file, until it is ended: node child-service.ts <file>. It tells its address.
import { writeSync } from 'node:fs'
import { startSlurp } from '../src/index.ts'
import { openSqliteStorage } from '../src/sqlite.ts'

const [file = ''] = process.argv.slice(2)
const { url } = await startSlurp({ storage: openSqliteStorage({ file }) })
writeSync(1, `${url}\n`)
