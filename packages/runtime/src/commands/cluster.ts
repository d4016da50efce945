import { join as joinPath } from 'node:path'
import { loadOrCreateIdentity } from '@bzzz/identity'
import type { Certificate, ClusterView, Statement } from '@bzzz/identity/cluster'
import { createClusterView } from '@bzzz/identity/cluster'
import { requestAdmission } from '@bzzz/mesh'
import { z } from 'zod'
import { asAdmin } from '../cluster/admin.ts'
import { readCluster, readStatements, writeCluster } from '../cluster/files.ts'
import { lockCluster } from '../cluster/lock.ts'
import { RuntimeError } from '../errors.ts'
import type { Kind } from '../participant/configuration.ts'

// What commands do with the cluster of a home, whether a node runs on it or not.

export interface InviteOptions {
  readonly name: string
  readonly roles: readonly string[]
  readonly capabilities: readonly string[]
  readonly kind: Kind
  /** How long it can be used, in milliseconds. */
  readonly expiresIn: number
  /** Where this home's node listens; what is known of it by its health if it runs. */
  readonly addresses: readonly string[]
}

/**
 * Invites somebody: a text that is good once.
 *
 * @returns the token, with the addresses behind `@`.
 * @throws `ERR_RUNTIME_ADMIN_DENIED`, `ERR_IDENTITY_NAME`, `ERR_IDENTITY_STATEMENT`.
 */
export async function invite(
  home: string,
  { name, roles, capabilities, kind, expiresIn, addresses }: InviteOptions,
  now: () => number,
): Promise<string> {
  const grant = { name, roles: [...roles], capabilities: [...capabilities], kind }
  const { token } = await asAdmin(home, { now }, (admin) => admin.invite(grant, { expiresIn }))
  return addresses.length === 0 ? token : `${token}@${addresses.join(',')}`
}

/** What came of joining. */
export interface Joined {
  readonly cluster: string
  readonly did: string
  readonly name: string
  readonly roles: readonly string[]
  readonly kind: Kind
  /** Where the admin's node was reached. */
  readonly addresses: readonly string[]
}

/**
 * Joins the cluster of an invitation, and keeps what makes the home a member.
 *
 * @param invitation a token, with the addresses of the admin's node behind `@`.
 * @throws `ERR_RUNTIME_CLUSTER` where the home is of a cluster already; as `requestAdmission`.
 */
export async function joinCluster(
  home: string,
  invitation: string,
  {
    addresses,
    signal,
    now,
  }: {
    readonly addresses: readonly string[]
    readonly signal: AbortSignal
    readonly now: () => number
  },
): Promise<Joined> {
  if (readStatements(home))
    throw new RuntimeError('ERR_RUNTIME_CLUSTER', `${home} is of a cluster already`)
  const [token = '', behind = ''] = invitation.trim().split('@', 2)
  const all = [...addresses, ...behind.split(',').filter((one) => one !== '')]
  const identity = await loadOrCreateIdentity(joinPath(home, 'identity.json'))
  const { cluster, statements } = await requestAdmission({
    identity,
    token,
    addresses: all,
    signal,
  })
  // What came is believed for its signatures alone.
  const view = createClusterView({ cluster, statements })
  const certificate = certificateOf(view, identity.did, now())
  if (!certificate) {
    const why = 'The node of the admin gave no certificate for this key'
    throw new RuntimeError('ERR_RUNTIME_CLUSTER', why)
  }
  const lock = lockCluster(home)
  try {
    writeCluster(home, { cluster, statements: view.statements() })
  } finally {
    lock.release()
  }
  const { name, roles, kind } = certificate
  return { cluster, did: identity.did, name, roles, kind, addresses: all }
}

/** Somebody in a cluster. */
export interface Member {
  readonly name: string
  readonly roles: readonly string[]
  readonly kind: Kind
  readonly did: string
  /** `valid`, or why not. */
  readonly status: string
  readonly until: string
}

/** Everybody whom the home knows a certificate of. @throws `ERR_RUNTIME_CLUSTER` where it is of no cluster. */
export function membersOf(
  home: string,
  now: () => number,
): { readonly cluster: string; readonly members: readonly Member[] } {
  const view = viewOf(home, now)
  const members = view
    .statements()
    .filter(isCertificate)
    .map(({ name, roles, kind, did, serial, not_after: until }): Member => {
      const { status, certificate } = view.check({ did, name, at: now() })
      const isThis = certificate?.serial === serial
      return { name, roles, kind, did, status: isThis ? status : 'superseded', until }
    })
  return { cluster: view.cluster, members }
}

/**
 * Ends what a name, or a key, may do, from now on and for good.
 *
 * @returns whose certificates end.
 * @throws `ERR_RUNTIME_ADMIN_DENIED`; `ERR_RUNTIME_MEMBER_NOT_FOUND`.
 */
export async function revoke(
  home: string,
  who: string,
  { reason, now }: { readonly reason: string; readonly now: () => number },
): Promise<readonly string[]> {
  return asAdmin(home, { now }, (admin) => {
    const held = admin.view
      .statements()
      .filter(isCertificate)
      .filter(({ name, did }) => name === who.toLowerCase() || did === who)
    if (held.length === 0)
      throw new RuntimeError('ERR_RUNTIME_MEMBER_NOT_FOUND', `The cluster has no member ${who}`)
    for (const { serial } of held) admin.revoke({ serial, reason })
    return [...new Set(held.map(({ did }) => did))]
  })
}

const said = z.object({
  services: z.object({
    mesh: z.object({ details: z.object({ addresses: z.array(z.string()) }) }),
  }),
})

/** Where the node of a home listens, by its health; none where it does not run. */
export async function addressesOf(healthUrl: string): Promise<readonly string[]> {
  try {
    const response = await fetch(`${healthUrl}/health`, { signal: AbortSignal.timeout(2000) })
    return said.parse(await response.json()).services.mesh.details.addresses
  } catch {
    return []
  }
}

function viewOf(home: string, now: () => number): ClusterView {
  const cluster = readCluster(home, now)
  if (cluster) return cluster.view
  throw new RuntimeError('ERR_RUNTIME_CLUSTER', `${home} is of no cluster: init --cluster, or join`)
}

function isCertificate(statement: Statement): statement is Certificate {
  return statement.type === 'bzzz-certificate'
}

function certificateOf(view: ClusterView, did: string, at: number): Certificate | undefined {
  return view
    .statements()
    .filter(isCertificate)
    .find((one) => one.did === did && view.check({ did, name: one.name, at }).status === 'valid')
}
