import { z } from 'zod'

/** The most that an amount can be: what 128 bits can say. */
export const MOST_AMOUNT: bigint = 2n ** 128n - 1n

/** An exact amount: a bigint here, decimal digits on the wire, since JSON's numbers are not exact. */
export const amount = z.codec(
  z.string().regex(/^(?:0|[1-9]\d{0,38})$/),
  z.bigint().nonnegative().max(MOST_AMOUNT),
  { decode: (text) => BigInt(text), encode: String },
)

/** The same, where it may be below 0: what somebody won or lost. */
export const signedAmount = z.codec(z.string().regex(/^(?:0|-?[1-9]\d{0,38})$/), z.bigint(), {
  decode: (text) => BigInt(text),
  encode: String,
})

/** An amount that something is done with: 0 is none. */
export const spent = z.codec(
  z.string().regex(/^[1-9]\d{0,38}$/),
  z.bigint().positive().max(MOST_AMOUNT),
  { decode: (text) => BigInt(text), encode: String },
)

export const height = z
  .int()
  .nonnegative()
  .max(2 ** 40)
export const hash = z.string().regex(/^[0-9a-f]{64}$/)
export const address = z.string().regex(/^(?:ax|dx)1[02-9ac-hj-np-z]{58}$/)
export const token = z.enum(['AX', 'sAX', 'DX'])
export const pair = z.enum(['AX-DX', 'sAX-DX'])
export const market = z.enum(['AX-PERP'])
export const side = z.enum(['buy', 'sell'])
export const price = spent.describe(
  'The smallest units of the quote token for one lot of the base token',
)
/** A size in lots. */
export const lots = z.int().positive().max(1e9)
/** Milliseconds since the epoch. */
export const moment = z.number().nonnegative()

/** A number in a path or a query. */
const digits = z.codec(z.string().regex(/^\d{1,12}$/), z.int().nonnegative(), {
  decode: Number,
  encode: String,
})

const name = z.string().regex(/^[a-z][a-z0-9_]{0,62}$/)

/** What may stand in a path, by its name there. */
export const PARAMS = {
  address,
  amendment: digits,
  asset: z.enum(['AX', 'sAX', 'DX']),
  auction: hash,
  block: z.union([digits, hash]),
  commitment: hash,
  edition: digits,
  fn: name,
  gid: digits,
  hash,
  height: digits,
  io: hash,
  key: z.string().regex(/^[A-Za-z0-9_]{1,128}$/),
  lock: hash,
  mapping: name,
  market,
  name: z.string().regex(/^[a-z][a-z0-9-]{2,31}$/),
  offramp: hash,
  order: hash,
  pair,
  position: hash,
  program: z.string().regex(/^[a-z][a-z0-9_]{0,30}\.(?:alpha|delta)$/),
  proposal: hash,
  root: hash,
  transaction: hash,
  transition: hash,
} as const

/** A page of a listing: as many as that, the newest first. */
export const page = { limit: digits.refine((count) => count >= 1 && count <= 100).optional() }

/** From one height up to, and without, another: 50 at most. */
export const span = { start: digits, end: digits }
