import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { loadIdentity, loadOrCreateIdentity, recipientOf, type Identity } from '@bzzz/identity'
import {
  createCluster,
  createNonces,
  openCluster,
  type Certificate,
  type ClusterAdmin,
  type Grant,
  type Nonces,
} from '@bzzz/identity/cluster'
import type { Admission } from '@bzzz/mesh'
import { RuntimeError } from '../errors.ts'
import { read, readStatements, replace, writeCluster } from './files.ts'
import { lockCluster } from './lock.ts'

const STATE_FILE = 'cluster-admin.json'
const KEY_FILE = 'cluster-admin-key.json'

/** What is needed to found a cluster. */
export interface Founding {
  readonly home: string
  /** What the cluster is called. */
  readonly name: string
  /** `closed`: only who was invited is anybody; `open`: names belong to the first key that uses them. */
  readonly mode: 'closed' | 'open'
  /** The first member: who founds it. */
  readonly member: Grant
  readonly identity: Identity
  readonly now: () => number
}

/**
 * Founds a cluster, with an admin key of its own in the home, and its founder as the first member.
 *
 * @returns the cluster's `did:key`.
 * @throws `ERR_RUNTIME_CLUSTER` where the home is of a cluster already.
 */
export async function foundCluster(founding: Founding): Promise<string> {
  const { home, name, mode, member, identity, now } = founding
  if (readStatements(home))
    throw new RuntimeError('ERR_RUNTIME_CLUSTER', `${home} is of a cluster already`)
  const admin = await loadOrCreateIdentity(join(home, KEY_FILE))
  const cluster = createCluster({ name, mode, admin, now })
  cluster.certify({ ...member, did: identity.did, recipient: recipientOf(identity) })
  save(home, cluster)
  return cluster.cluster
}

/** Whether a home has the admin key of its cluster. */
export function isAdmin(home: string): boolean {
  return existsSync(join(home, STATE_FILE))
}

/**
 * Does something as the admin, and keeps what came of it: one process at a time.
 *
 * @throws `ERR_RUNTIME_ADMIN_DENIED` where the home has no admin key; as the work.
 */
export async function asAdmin<Result>(
  home: string,
  { now, nonces }: { readonly now: () => number; readonly nonces?: Nonces },
  work: (admin: ClusterAdmin) => Result | Promise<Result>,
): Promise<Result> {
  if (!isAdmin(home)) {
    const why = `${home} does not have the admin key of a cluster: ask who founded it`
    throw new RuntimeError('ERR_RUNTIME_ADMIN_DENIED', why)
  }
  const lock = lockCluster(home)
  try {
    const admin = await loadIdentity(join(home, KEY_FILE))
    const cluster = openCluster(read(join(home, STATE_FILE)), {
      admin,
      now,
      ...(nonces && { nonces }),
    })
    const result = await work(cluster)
    save(home, cluster)
    return result
  } finally {
    lock.release()
  }
}

/** Lets those in who were invited, each at a desk of its own, with what is in the home at that moment. */
export function admissionOf(
  home: string,
  { now, onJoined }: { readonly now: () => number; readonly onJoined: (one: Certificate) => void },
): () => Admission {
  const nonces = createNonces()
  return () => ({
    challenge: async () => nonces.issue(now()),
    join: async (request) => {
      const joined = await asAdmin(home, { now, nonces }, (admin) => ({
        certificate: admin.join(request),
        charter: admin.view.charter,
      }))
      onJoined(joined.certificate)
      return [joined.charter, joined.certificate]
    },
  })
}

function save(home: string, admin: ClusterAdmin): void {
  replace(join(home, STATE_FILE), admin.toJSON())
  const known = readStatements(home)
  const { cluster, view } = admin
  // What this home heard of others stays, such as first uses by nobody here.
  const statements = [...view.statements(), ...(known?.statements ?? [])]
  const unique = new Map(statements.map((one) => [JSON.stringify(one), one]))
  writeCluster(home, { cluster, statements: [...unique.values()] })
}
