import type { ContextStore, StoredVersion } from '@bzzz/context-store'
import type { Address } from '@bzzz/ucxl-address'
import { nameWithin, placeOf, type Names, type Place } from './address-book.ts'
import type { ImportSkip } from './contract.ts'
import type { Lineage, Step } from './lineage.ts'
import { provenancePath } from './version.ts'

/** A record and where it stands. */
export interface PlacedRecord extends Place {
  readonly lineage: Lineage
  /** Its newest name, for people. */
  readonly name: string
}

/** One version that is to be written. */
export interface PlannedVersion {
  readonly place: Place
  /** The record's newest name. */
  readonly name: string
  readonly step: Step
  /** Set on the tombstone that ends an address whose record has another name now. */
  readonly closes?: boolean
  /** Where the record of a closed address is now, if it is imported. */
  readonly movedTo?: Address
}

export interface Plan {
  /** In the order of their commits. */
  readonly versions: readonly PlannedVersion[]
  /** Number of the newest version of each timeline that is written to. */
  readonly heads: ReadonlyMap<string, number>
  /** How many versions are there already. */
  readonly unchanged: number
  readonly diverged: readonly ImportSkip[]
}

export interface PlanInit {
  readonly store: ContextStore
  readonly names: Names
  readonly folder: string
  /** All files of the history, whether records or not. */
  readonly lineages: readonly Lineage[]
  readonly records: readonly PlacedRecord[]
  readonly signal: AbortSignal | undefined
}

/** Compares a history with what a store has of it, and says what is to be written. */
export async function planImport(init: PlanInit): Promise<Plan> {
  const { store, records, signal } = init
  const versions: PlannedVersion[] = []
  const heads = new Map<string, number>()
  const diverged: ImportSkip[] = []
  let unchanged = 0
  const options = signal ? { signal } : {}
  const ownerOf = ownersIn(init.lineages)
  const placeOfLineage = new Map(records.map((record) => [record.lineage, record]))

  // A record that was renamed since the last run has its whole history at its new address; the one
  // it had is closed, and free for a record that takes the name.
  for (const [path, place] of formerPlaces(init)) {
    const head = await store.head(place.key, options)
    const owner = head && ownerOf(head)
    if (!head || !owner) continue
    const now = placeOfLineage.get(owner.lineage)
    if (now?.key === place.key || isNameOf(owner.lineage, path)) continue
    heads.set(place.key, head.record.version)
    if (head.record.content === null) continue
    const step = owner.lineage.steps[owner.at + 1] ?? owner.lineage.steps[owner.at]
    if (!step) continue
    const movedTo = now ? { movedTo: now.address } : {}
    const name = provenancePath(owner.lineage.path)
    versions.push({ place, name, step, closes: true, ...movedTo })
  }
  const closed = new Set(heads.keys())

  for (const { lineage, name, address, key } of records) {
    const place = { address, key }
    const head = await store.head(key, options)
    const here = head && stepsUpTo(lineage, head)
    if (head && here === undefined && !closed.has(key)) {
      diverged.push({
        path: name,
        code: 'ERR_IMPORT_DIVERGED',
        reason: `what the store has at ${key} does not end with a commit of this history: it was rewritten, or the versions are not of this repository; choose another project or agent`,
      })
      continue
    }
    const done = here ?? 0
    unchanged += done
    heads.set(key, head?.record.version ?? 0)
    for (const step of lineage.steps.slice(done)) versions.push({ place, name, step })
  }
  versions.sort((a, b) => a.step.commit.place - b.step.commit.place)
  return { versions, heads, unchanged, diverged }
}

/** The addresses that records would have had under their earlier names. */
function formerPlaces({ lineages, names, folder }: PlanInit): Map<string, Place> {
  const former = new Set<string>()
  for (const lineage of lineages) {
    for (const { path } of lineage.steps) {
      if (!isNameOf(lineage, path)) former.add(path)
    }
  }
  const places = new Map<string, Place>()
  for (const path of former) {
    const name = nameWithin(folder, path)
    if (name === undefined) continue
    try {
      places.set(path, placeOf(names, name))
    } catch {
      // A name that no address can hold was never imported.
    }
  }
  return places
}

/** Whether a file has a name now, or had it last: it need not be a record any more. */
function isNameOf(lineage: Lineage, path: string): boolean {
  return lineage.ownsName && lineage.path === path
}

/** How many steps of a lineage a timeline has; undefined where it is not this lineage's. */
function stepsUpTo(lineage: Lineage, { record }: StoredVersion): number | undefined {
  const at = lineage.steps.findLastIndex((step) => mark(step) === markOf(record.provenance))
  return at < 0 ? undefined : at + 1
}

/** Finds the file, and its step, that a version was made of. */
function ownersIn(
  lineages: readonly Lineage[],
): (head: StoredVersion) => { readonly lineage: Lineage; readonly at: number } | undefined {
  // Made when first asked: a first import asks for none.
  let owners: Map<string, { readonly lineage: Lineage; readonly at: number }> | undefined
  return ({ record }) => {
    owners ??= new Map(
      lineages.flatMap((lineage) =>
        lineage.steps.map((step, at) => [mark(step), { lineage, at }] as const),
      ),
    )
    return owners.get(markOf(record.provenance) ?? '')
  }
}

/** One commit changes a file of one name once. */
function mark({ commit, path }: Step): string {
  return `${commit.id} ${provenancePath(path)}`
}

function markOf(provenance: Readonly<Record<string, string>> | undefined): string | undefined {
  return provenance && `${provenance['commit']} ${provenance['path']}`
}
