import { AdnetError } from '@bzzz/adnet'
import { botIdentities, sleep, type Clock, type Random } from '@bzzz/bot-framework'
import type { Verdict } from '@bzzz/bot-framework/metrics'
import { exportSeed, identityFromSeed, IdentityError, type Identity } from '@bzzz/identity'
import type { Clients, Stage } from '../actor.ts'

const KEY = /^[0-9a-f]{64}$/i
// Somebody else may pay out of the same account at the same moment, and have used the number first. Where
// a dozen do, some have to stand back for the others: each attempt waits up to twice as long.
const ATTEMPTS = 20
const WAIT_MS = 20
const MAX_WAIT_MS = 500

/**
 * The account that bots get their money from: that of a key, as 64 hexadecimal digits; without one, that of every
 * devnet which is served, whose key is no secret.
 *
 * @throws `ERR_IDENTITY_KEY` for what is no key, which is not repeated.
 */
export function faucetOf(key?: string): Identity {
  if (key === undefined) return botIdentities('testbot faucet', 1)[0]!
  if (KEY.test(key)) return identityFromSeed(Buffer.from(key, 'hex'))
  throw new IdentityError(
    'ERR_IDENTITY_KEY',
    `Expected the key of the faucet as 64 hexadecimal digits, got ${key.length} characters`,
  )
}

/** The key of an account, as {@link faucetOf} takes it. */
export function secretOf(identity: Identity): string {
  return Buffer.from(exportSeed(identity)).toString('hex')
}

/** What gives bots their money on networks that run elsewhere. */
export interface Faucet {
  /** Pays, one after the other: numbers of operations that overtake each other would be refused. */
  readonly pay: Stage['fund']
  /** Waits for what was to be paid until now, whether or not it was. */
  readonly settled: () => Promise<void>
  /** Pays nothing more: what is not paid yet stays unpaid. */
  readonly stop: () => void
  /** Whether all of it was paid, the last of it included. */
  readonly verdict: () => Promise<Verdict>
}

/** Pays with transfers in the name of an account, with a client of its own on both networks. */
export function createFaucet(
  identity: Identity,
  init: Clients & { readonly clock: Clock; readonly random: Random },
): Faucet {
  const { alpha, delta, clock, random } = init
  let [paid, asked, line, flaw, isStopped] = [0, 0, Promise.resolve(), '', false]
  const transfer = async (...[to, token, amount]: Parameters<Stage['fund']>): Promise<void> => {
    if (isStopped) throw new Error('the run was ended')
    const { broadcast } = to.startsWith('ax') ? alpha : delta
    for (let attempt = 1; ; attempt++) {
      try {
        await broadcast({ kind: 'transfer', to, token, amount })
        return
      } catch (error) {
        if (attempt === ATTEMPTS || !AdnetError.is(error, 'ERR_ADNET_CONFLICT')) throw error
        await sleep(clock, random.next() * Math.min(WAIT_MS * 2 ** (attempt - 1), MAX_WAIT_MS))
      }
    }
  }
  return {
    pay: (...what) => {
      asked++
      line = line
        .then(async () => transfer(...what))
        .then(
          () => void paid++,
          (error: unknown) => void (flaw ||= ` (${(error as Error).message})`),
        )
    },
    settled: async () => line,
    stop: () => {
      isStopped = true
    },
    verdict: async () => {
      await line
      const detail = `${paid} of ${asked} payments from ${identity.ax} and ${identity.dx}${flaw}`
      return { name: 'bots were given their money', ok: paid === asked, detail }
    },
  }
}
