import { author } from './author.ts'
import { browser } from './browser.ts'
import { citer } from './citer.ts'
import { decider } from './decider.ts'
import type { MeshRole } from './mesh.ts'
import { recordForger } from './mesh-forger.ts'
import { impostor } from './mesh-impostor.ts'
import { poisoner } from './mesh-poisoner.ts'
import { follower, publisher } from './mesh-users.ts'
import { hoarder, mangler } from './node-attackers.ts'
import type { NodeRole } from './node.ts'
import { reviewer } from './reviewer.ts'
import { slowReader } from './slow-reader.ts'
import { timeTraveller } from './time-traveller.ts'
import type { Role } from '../actor.ts'
import { doubleMinter, doubleSpender, forger, overflower, replayer } from './money-attackers.ts'
import { herd, hotKey, lister, poller, retrier } from './patterns.ts'
import { garbler, intruder, liar, slanderer, sybil, trespasser } from './power-attackers.ts'
import { maker, staker, trader, user } from './users.ts'

/** Parts on the AX/DX networks, by the name that scenarios use. */
export const ROLES = {
  user,
  staker,
  trader,
  'market-maker': maker,
  forger,
  replayer,
  overflower,
  'double-spender': doubleSpender,
  'double-minter': doubleMinter,
  liar,
  trespasser,
  intruder,
  garbler,
  slanderer,
  sybil,
  'hot-key': hotKey,
  herd,
  poller,
  lister,
  retrier,
} as const satisfies Readonly<Record<string, Role>>

/** Parts on a node of the shared memory. */
export const NODE_ROLES = {
  author,
  browser,
  decider,
  reviewer,
  'time-traveller': timeTraveller,
  mangler,
  'slow-reader': slowReader,
  hoarder,
  citer,
} as const satisfies Readonly<Record<string, NodeRole>>

/** Parts on a mesh: several nodes that are members of one cluster. */
export const MESH_ROLES = {
  publisher,
  follower,
  'record-forger': recordForger,
  impostor,
  poisoner,
} as const satisfies Readonly<Record<string, MeshRole>>
