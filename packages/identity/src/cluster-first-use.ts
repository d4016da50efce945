import { IdentityError } from './errors.ts'

/** Which key was the first to use a name here, and when (ms since 1970). Plain JSON. */
export interface FirstUse {
  readonly name: string
  readonly did: string
  readonly at: number
}

/** The table of an open cluster: names belong to the first key that signed with them. */
export interface FirstUses {
  claim(name: string, did: string, at: number): { readonly added: boolean; readonly isOwn: boolean }
  ownerOf(name: string): string | undefined
  namesOf(did: string): readonly string[]
  list(): FirstUse[]
}

/** @throws `ERR_IDENTITY_LIMIT`, from `claim`, where there are too many names. */
export function createFirstUses(known: Iterable<FirstUse>, limit: number): FirstUses {
  const byName = new Map<string, FirstUse>()
  const byDid = new Map<string, string[]>()
  const note = (use: FirstUse): void => {
    byName.set(use.name, Object.freeze({ ...use }))
    byDid.set(use.did, [...(byDid.get(use.did) ?? []), use.name])
  }
  for (const use of known) if (!byName.has(use.name)) note(use)
  return {
    claim: (name, did, at) => {
      const owner = byName.get(name)?.did
      if (owner !== undefined) return { added: false, isOwn: owner === did }
      if (byName.size >= limit) {
        const message = `Expected at most ${limit} names by first use, got one more`
        throw new IdentityError('ERR_IDENTITY_LIMIT', message)
      }
      note({ name, did, at })
      return { added: true, isOwn: true }
    },
    ownerOf: (name) => byName.get(name)?.did,
    namesOf: (did) => byDid.get(did) ?? [],
    list: () => [...byName.values()],
  }
}
