import type { Role } from './actor.ts'
import { doubleMinter, doubleSpender, forger, overflower, replayer } from './money-attackers.ts'
import { herd, hotKey, lister, poller, retrier } from './patterns.ts'
import { garbler, intruder, liar, slanderer, sybil, trespasser } from './power-attackers.ts'
import { maker, staker, trader, user } from './users.ts'

/** All parts that bots can play, by the name that scenarios use. */
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
