import type { Certificate, Revocation } from './cluster-schema.ts'
import { endOf, entryOf, isAfter, type End, type Entry } from './cluster-verdict.ts'

/** Certificates by key and by name, revocations by what they end. */
export interface StatementIndex {
  add(statement: Certificate | Revocation): void
  ofKey(did: string): readonly Entry[]
  ofName(name: string): readonly Entry[]
  /** Every revocation of the certificate's serial or key. */
  endsOf(certificate: Certificate): readonly End[]
  all(): Entry[]
}

export function createStatementIndex(): StatementIndex {
  const byKey = new Map<string, Entry[]>()
  const byName = new Map<string, Entry[]>()
  const ends = new Map<string | number, End[]>()
  return {
    add: (statement) => {
      if (statement.type === 'bzzz-revocation') {
        const target = statement.did ?? statement.serial ?? ''
        ends.set(target, [...(ends.get(target) ?? []), endOf(statement)])
        return
      }
      const entry = entryOf(statement)
      insert(byKey, statement.did, entry)
      insert(byName, statement.name, entry)
    },
    ofKey: (did) => byKey.get(did) ?? [],
    ofName: (name) => byName.get(name) ?? [],
    endsOf: ({ did, serial }) => {
      const [ofKey, ofSerial] = [ends.get(did), ends.get(serial)]
      return ofKey && ofSerial ? [...ofKey, ...ofSerial] : (ofKey ?? ofSerial ?? [])
    },
    all: () => [...byKey.values()].flat(),
  }
}

/** Keeps the list in an order that does not depend on the one in which statements came. */
function insert(map: Map<string, Entry[]>, key: string, entry: Entry): void {
  const list = map.get(key) ?? []
  const place = list.findIndex((other) => isAfter(other, entry))
  list.splice(place === -1 ? list.length : place, 0, entry)
  map.set(key, list)
}
