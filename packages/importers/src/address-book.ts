import { createAddress, keyOf, type Address } from '@bzzz/ucxl-address'
import type { FolderNames } from './contract.ts'
import type { Lineage } from './lineage.ts'
import { decodeUtf8 } from './text.ts'

/** The four names under which all records of an import stand. */
export interface Names {
  readonly agent: string
  readonly role: string
  readonly project: string
  readonly task: string
  /** Other projects and tasks, by folder. */
  readonly folders?: Readonly<Record<string, FolderNames>>
}

/** Where a record stands. */
export interface Place {
  readonly address: Address
  readonly key: string
}

const CONTROL = /\p{Cc}/gu
const NAME_LENGTH = 63
const COMMIT_LENGTH = 12

/**
 * The place of a file name, counted from the folder that is imported.
 *
 * @throws AddressError where no address is long enough for it.
 */
export function placeOf(names: Names, name: string): Place {
  // An address has no control characters, escaped or not; a file name may.
  const path = name.replaceAll(CONTROL, '\uFFFD').split('/')
  const { agent, role, project, task } = { ...names, ...folderNamesOf(names, name) }
  const address = createAddress({ agent, role, project, task, path })
  return { address, key: keyOf(address) }
}

/** What is said of the folders that a record is in: the longest one has the last word. */
function folderNamesOf({ folders = {} }: Names, name: string): FolderNames {
  const inside = Object.entries(folders)
    .map(([folder, names]) => [folder.replaceAll(/^\/+|\/+$/g, ''), names] as const)
    .filter(([folder]) => folder === '' || name.startsWith(`${folder}/`))
    .toSorted(([a], [b]) => a.length - b.length)
  return Object.assign({}, ...inside.map(([, names]) => names)) as FolderNames
}

/** A project's name for a source: what a name may not hold becomes `-`. */
export function projectName(source: string): string {
  const name = source
    .toLowerCase()
    .replaceAll(/[^a-z0-9._-]+/g, '-')
    .slice(0, NAME_LENGTH)
    .replaceAll(/^[._-]+|[._-]+$/g, '')
  return name === '' || name === 'any' ? 'records' : name
}

/** Text of a name that git gave byte for byte. */
export function textOfName(path: string): string {
  return decodeUtf8(Buffer.from(path, 'latin1'))
}

/** A name counted from a folder; undefined where it is not in it. */
export function nameWithin(folder: string, path: string): string | undefined {
  const name = textOfName(path)
  if (folder === '') return name
  return name.startsWith(`${folder}/`) ? name.slice(folder.length + 1) : undefined
}

/**
 * The name under which each file in a folder is addressed: its newest one. Where several files end
 * with the same name, the last to have it has it, and the others get the commit they began with.
 */
export function addressedNames(lineages: readonly Lineage[], folder: string): Map<Lineage, string> {
  const taken = new Set<string>()
  const names = new Map<Lineage, string>()
  const others = lineages.filter((lineage) => !lineage.ownsName)
  for (const lineage of [...lineages.filter((each) => each.ownsName), ...others]) {
    const newest = nameWithin(folder, lineage.path)
    if (newest === undefined) continue
    const first = lineage.steps[0]?.commit.id.slice(0, COMMIT_LENGTH) ?? ''
    let name = taken.has(newest) ? `${newest}@${first}` : newest
    for (let count = 2; taken.has(name); count++) name = `${newest}@${first}.${count}`
    taken.add(name)
    names.set(lineage, name)
  }
  return names
}
