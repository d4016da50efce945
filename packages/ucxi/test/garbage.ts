import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'

setFlagsFromString('--expose-gc')
/** What is only waiting to be collected is no growth. */
export const collectGarbage = runInNewContext('gc') as () => void
