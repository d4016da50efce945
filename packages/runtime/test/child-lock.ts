// Takes the folder that it is given, says so, and holds it until it is killed.
import { lockFolder } from '../src/index.ts'

lockFolder(process.argv[2] ?? '')
console.log('held')
setInterval(() => {}, 60_000)
