import {
  createCluster,
  requestJoin,
  type Certificate,
  type ClusterAdmin,
  type Grant,
} from '../src/cluster.ts'
import { identityFromSeed, recipientOf, type Identity } from '../src/index.ts'

export const START = Date.parse('2025-08-01T00:00:00Z')
export const DAY = 86_400_000
export const person = (byte: number): Identity => identityFromSeed(new Uint8Array(32).fill(byte))
export const grant = (name: string, ...roles: string[]): Grant => ({
  name,
  roles,
  capabilities: [],
  kind: 'agent',
})

/** A clock that stands still until it is moved. Milliseconds since 1970. */
export interface Clock {
  now: () => number
  set(ms: number): void
}

export function clockAt(ms: number): Clock {
  let time = ms
  return { now: () => time, set: (next) => void (time = next) }
}

export interface Fixture {
  readonly cluster: ClusterAdmin
  readonly clock: Clock
  readonly admin: Identity
  /** Invites and joins. */
  enter(identity: Identity, what: Grant, lifetime?: number): Certificate
  /** Certifies without an invitation. */
  certify(identity: Identity, what: Grant, lifetime?: number): Certificate
}

export function cluster(mode: 'closed' | 'open' = 'closed'): Fixture {
  const clock = clockAt(START)
  const admin = person(100)
  const made = createCluster({ name: 'shop', mode, admin, now: clock.now })
  return {
    cluster: made,
    clock,
    admin,
    enter: (identity, what, lifetime = 365 * DAY) => {
      const { token } = made.invite(what, { lifetime })
      return made.join(requestJoin({ token, identity, nonce: made.challenge() }))
    },
    certify: (identity, what, lifetime = 365 * DAY) => {
      const keys = { did: identity.did, recipient: recipientOf(identity) }
      return made.certify({ ...what, ...keys }, { lifetime })
    },
  }
}
