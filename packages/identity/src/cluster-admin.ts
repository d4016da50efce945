import { randomBytes } from 'node:crypto'
import { z } from 'zod'
import {
  createInvitations,
  createNonces,
  invitationSchema,
  type Nonces,
} from './cluster-invitations.ts'
import { readJoin, readRotation } from './cluster-requests.ts'
import {
  grantSchema,
  type Certificate,
  type Charter,
  type Grant,
  type Handover,
  type Revocation,
  type Statement,
  type UnsignedCertificate,
  type UnsignedRevocation,
} from './cluster-schema.ts'
import type {
  ClusterAdmin,
  ClusterComponents,
  ClusterState,
  InviteOptions,
  Keys,
  RevocationTarget,
} from './cluster-admin-contract.ts'
import type { ClusterView } from './cluster-view-contract.ts'
import { createClusterView } from './cluster-view.ts'
import { IdentityError } from './errors.ts'
import type { Identity } from './identity.ts'
import { readAs, sign, signatureOf, toText } from './statement.ts'

const DAY = 86_400_000
const stateSchema = z.strictObject({
  type: z.literal('bzzz-cluster-state'),
  version: z.literal(1),
  cluster: z.string(),
  serial: z.int().min(0),
  statements: z.array(z.unknown()),
  invitations: z.array(invitationSchema),
})

/**
 * Founds a cluster under an admin key.
 *
 * @param init.mode `closed` (only who has a certificate is anybody), or `open`: names belong to the
 *   first key that uses them, and every verdict says so.
 */
export function createCluster(
  init: ClusterComponents & { readonly name: string; readonly mode?: 'closed' | 'open' },
): ClusterAdmin {
  const { admin, now, name, mode = 'closed' } = init
  const who = { version: 1, cluster: admin.did, issuer: admin.did } as const
  const charter = { type: 'bzzz-cluster', ...who, issued: toText(now()), name, mode } as const
  const signed: Charter = sign(charter, admin)
  return new Admin(init, {
    type: 'bzzz-cluster-state',
    version: 1,
    cluster: admin.did,
    serial: 0,
    statements: [signed],
    invitations: [],
  })
}

/** Goes on with a cluster. @throws `ERR_IDENTITY_STATEMENT`, `ERR_IDENTITY_SIGNATURE`. */
export function openCluster(state: unknown, components: ClusterComponents): ClusterAdmin {
  return new Admin(components, readAs(stateSchema, state, 'the state of a cluster') as ClusterState)
}

class Admin implements ClusterAdmin {
  readonly cluster: string
  readonly view: ClusterView
  #admin: Identity
  #serial: number
  readonly #now: () => number
  readonly #invitations: ReturnType<typeof createInvitations>
  readonly #nonces: Nonces

  constructor(components: ClusterComponents, state: ClusterState) {
    const { admin, now, random = randomBytes } = components
    this.cluster = state.cluster
    this.view = createClusterView(state)
    this.#admin = admin
    this.#serial = state.serial
    this.#now = now
    this.#invitations = createInvitations(state.invitations, random)
    this.#nonces = components.nonces ?? createNonces(random)
  }

  invite(grant: Grant, options: InviteOptions = {}): { token: string; id: string } {
    const { expiresIn = DAY, lifetime = 365 * DAY } = options
    const read = readAs(grantSchema, grant, 'what an invitation grants')
    this.#requireFree(read.name)
    const now = this.#now()
    const init = { cluster: this.cluster, grant: read, expires: now + expiresIn, lifetime }
    const { token, invitation } = this.#invitations.issue(init, now)
    return { token, id: invitation.id }
  }

  challenge(): string {
    return this.#nonces.issue(this.#now())
  }

  join(value: unknown): Certificate {
    this.#requireSigner()
    return this.#issue(this.admit(value))
  }

  admit(value: unknown): UnsignedCertificate {
    const request = readJoin(value)
    this.#requireOwn(request.cluster)
    const now = this.#now()
    this.#nonces.take(request.nonce, now)
    const { grant, lifetime, id } = this.#invitations.find(request.invitation, request.secret, now)
    this.#requireFree(grant.name, request.did)
    const { did, recipient } = request
    const unsigned = this.draft({ ...grant, did, recipient }, { lifetime })
    this.#invitations.use(id)
    return unsigned
  }

  certify(member: Grant & Keys, options: Pick<InviteOptions, 'lifetime'> = {}): Certificate {
    this.#requireFree(member.name, member.did)
    return this.#issue(this.draft(member, options))
  }

  draft(member: Grant & Keys, options: Pick<InviteOptions, 'lifetime'> = {}): UnsignedCertificate {
    const { lifetime = 365 * DAY } = options
    const now = this.#now()
    const { name, roles, capabilities, kind, did, recipient } = member
    return {
      type: 'bzzz-certificate',
      ...this.#head(),
      serial: ++this.#serial,
      name,
      roles,
      capabilities,
      kind,
      did,
      recipient,
      not_before: toText(now),
      not_after: toText(now + lifetime),
    }
  }

  revoke(target: RevocationTarget): Revocation {
    return this.#issue(this.draftRevocation(target))
  }

  draftRevocation(target: RevocationTarget): UnsignedRevocation {
    const { reason, effective = this.#now() } = target
    const what = 'serial' in target ? { serial: target.serial } : { did: target.did }
    const head = { type: 'bzzz-revocation', ...this.#head() } as const
    return { ...head, ...what, reason, effective: toText(effective) }
  }

  rotate(value: unknown): Certificate {
    const { cluster, name, did, next, recipient, nonce } = readRotation(value)
    this.#requireOwn(cluster)
    const now = this.#now()
    this.#nonces.take(nonce, now)
    const { status, reason, code, certificate } = this.view.check({ did, name, at: now })
    if (status !== 'valid' || !certificate) {
      throw new IdentityError(code ?? 'ERR_IDENTITY_UNKNOWN', `No other key instead: ${reason}`)
    }
    const lifetime = Date.parse(certificate.not_after) - now
    return this.#issue(this.draft({ ...certificate, did: next, recipient }, { lifetime }))
  }

  handOver(next: Identity): { handover: Handover; certificates: Certificate[] } {
    this.#requireSigner()
    const now = this.#now()
    const live = this.view
      .statements()
      .filter((statement) => statement.type === 'bzzz-certificate')
      .filter((held) => this.#holds(held, now))
    const head = { type: 'bzzz-handover', ...this.#head() } as const
    const terms = { ...head, to: next.did, effective: toText(now) }
    const handover = this.#issue<Handover>({ ...terms, accepted: signatureOf(terms, next) })
    const charter = this.view.charter
    this.#admin = next
    if (charter) {
      const { name, mode } = charter
      this.#issue<Charter>({ type: 'bzzz-cluster', ...this.#head(), name, mode })
    }
    const certificates = live.map((held) => {
      const lifetime = Date.parse(held.not_after) - now
      return this.#issue<Certificate>(this.draft(held, { lifetime }))
    })
    return { handover, certificates }
  }

  toJSON(): ClusterState {
    return {
      type: 'bzzz-cluster-state',
      version: 1,
      cluster: this.cluster,
      serial: this.#serial,
      statements: this.view.statements(),
      invitations: this.#invitations.list(),
    }
  }

  #head(): { version: 1; cluster: string; issuer: string; issued: string } {
    const issued = toText(this.#now())
    return { version: 1, cluster: this.cluster, issuer: this.#admin.did, issued }
  }

  #issue<T extends Statement>(unsigned: Omit<T, 'signature'>): T {
    const statement = sign(unsigned, this.#admin) as unknown as T
    this.view.add(statement)
    return statement
  }

  #holds({ did, name, serial }: Certificate, at: number): boolean {
    const { status, certificate } = this.view.check({ did, name, at })
    return status === 'valid' && certificate?.serial === serial
  }

  /** Before anything is used up that a signature would be needed for. */
  #requireSigner(): void {
    if (this.#admin.canSign) return
    const message = `The private key of the admin ${this.#admin.did} is not here: draft what it signs`
    throw new IdentityError('ERR_IDENTITY_VIEW_ONLY', message)
  }

  #requireOwn(cluster: string): void {
    if (cluster === this.cluster) return
    const message = `Expected a request to the cluster ${this.cluster}, got one to ${cluster}`
    throw new IdentityError('ERR_IDENTITY_STATEMENT', message)
  }

  /** A name belongs to one key: it is free where no certificate for it holds, or for the same key. */
  #requireFree(name: string, did?: string): void {
    const now = this.#now()
    const taken = this.view
      .statements()
      .find(
        (held) =>
          held.type === 'bzzz-certificate' &&
          held.name === name &&
          held.did !== did &&
          this.#holds(held, now),
      )
    if (!taken) return
    const message = `The name ${name} belongs to another key: revoke it, or let its holder rotate`
    throw new IdentityError('ERR_IDENTITY_NAME', message)
  }
}
