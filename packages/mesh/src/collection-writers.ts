import type { Directory } from './directory.ts'
import { MeshError } from './errors.ts'
import type { Membership } from './membership.ts'

/**
 * Whose records of a collection are taken: the `did:key` of its writer, `any` where the store's rules
 * say who may sign, `unknown` where nobody announced it yet.
 */
export type WriterOf = (collection: string) => Promise<string>

/**
 * Says who writes a collection, by its manifest in the DHT; each is looked up once. What a node hands
 * over of a collection that nobody announced could be anybody's, and stand in the true writer's way.
 */
export function collectionWriters(
  { membership, directory }: { readonly membership: Membership; readonly directory: Directory },
  signal: AbortSignal,
): WriterOf {
  const known = new Map<string, Promise<string>>()
  const lookUp = async (collection: string): Promise<string> => {
    if (membership.hasRules) return 'any'
    try {
      return (await directory.lookUp(collection, { signal })).manifest.writer
    } catch (error) {
      if (error instanceof MeshError && error.code === 'ERR_MESH_NOT_FOUND') return 'unknown'
      throw error
    }
  }
  return async (collection) => {
    const found = known.get(collection) ?? lookUp(collection)
    known.set(collection, found)
    return found
  }
}
