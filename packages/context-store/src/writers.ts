import { StoreError } from './errors.ts'

/** A version that somebody signed, or is about to sign. */
export interface Signing {
  /** `did:key` of the signer. */
  readonly writer: string
  /** Whose timeline: `agent:role@project:task/path`. */
  readonly key: string
  /** The version's time, in milliseconds since 1970. */
  readonly at: number
  readonly operation: 'write' | 'delete'
}

/**
 * Who may sign which timelines: asked for every version that is written here or comes from others.
 * Without such rules a timeline belongs to the key that began it.
 */
export interface WriterRules {
  /** Why this version may not be signed by this key, in a sentence; undefined where it may. */
  refusal(signing: Signing): string | undefined
}

/** What a cluster decides: `createPolicy` of `@bzzz/identity/cluster` makes one. */
export interface WriterPolicy {
  decide(question: {
    readonly did: string
    readonly operation: 'write' | 'delete'
    readonly key: string
    readonly at: number
  }): { readonly allowed: boolean; readonly reason: string }
}

/** The names of an open cluster: `createClusterView` of `@bzzz/identity/cluster` makes them. */
export interface FirstUseNames {
  readonly mode: 'closed' | 'open'
  claim(use: { readonly name: string; readonly did: string; readonly at: number }): boolean
}

/**
 * The rules of a cluster for a store. In an open one, a name that nobody used becomes that of the key
 * that signs with it first.
 */
export function clusterWriters(cluster: {
  readonly policy: WriterPolicy
  readonly view: FirstUseNames
}): WriterRules {
  const { policy, view } = cluster
  return {
    refusal({ writer, key, at, operation }) {
      const { allowed, reason } = policy.decide({ did: writer, operation, key, at })
      if (!allowed) return reason
      const [name = ''] = key.split(':', 1)
      const isOwn = view.mode === 'closed' || view.claim({ name, did: writer, at })
      return isOwn ? undefined : `the name ${name} belongs to another key`
    },
  }
}

/** @throws `ERR_STORE_WRITER` where the rules refuse it. */
export function assertMaySign(writers: WriterRules | undefined, signing: Signing): void {
  const reason = writers?.refusal(signing)
  if (reason === undefined) return
  throw new StoreError(
    'ERR_STORE_WRITER',
    `${signing.writer} may not sign a version of ${signing.key}: ${reason}`,
  )
}
