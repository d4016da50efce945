import type { Bench } from '../../../scripts/bench-harness.ts'
import { fetching } from './fetching.ts'
import { frozen } from './frozen.ts'
import { gossiping } from './gossip.ts'
import { manifests } from './manifests.ts'
import { reconciling } from './reconcile.ts'
import { resolving } from './resolving.ts'
import { starting } from './starting.ts'

const bench: Bench = {
  package: 'mesh',
  run: async () => [
    ...(await starting()),
    ...(await fetching()),
    ...(await resolving()),
    ...(await manifests()),
    ...(await frozen()),
    ...(await gossiping()),
    ...(await reconciling()),
  ],
}
export default bench
