/** What a configuration takes for itself alone, or must share with the others. */
export interface Claims {
  /** What it is called: its file. */
  readonly name: string
  /** Ports that it listens on, by the setting; 0 is any free one, and clashes with none. */
  readonly ports: Readonly<Record<string, { readonly host: string; readonly port: number }>>
  /** Folders that it has to itself, by the setting. */
  readonly folders: Readonly<Record<string, string>>
  /** `did:key` of who it is, where that is known. */
  readonly identity?: string
  /** The cluster that it is of; none where left out. */
  readonly cluster?: string
}

const ANYWHERE = new Set(['0.0.0.0', '::', ''])

/** Why several configurations cannot run together; empty where they can. Each says what to change. */
export function findClashes(all: readonly Claims[]): string[] {
  const clashes: string[] = []
  for (const [place, one] of all.entries()) {
    clashes.push(...portClashes(one, one))
    for (const other of all.slice(place + 1)) {
      clashes.push(...portClashes(one, other), ...folderClashes(one, other))
      if (one.identity !== undefined && one.identity === other.identity)
        clashes.push(`${one.name} and ${other.name} have one identity: give each a key of its own`)
      if (one.cluster !== other.cluster)
        clashes.push(
          `${one.name} is of ${clusterOf(one)} and ${other.name} of ${clusterOf(other)}: they would not talk`,
        )
    }
  }
  return clashes
}

function portClashes(one: Claims, other: Claims): string[] {
  const isSame = one === other
  return Object.entries(one.ports).flatMap(([setting, { host, port }], place) =>
    Object.entries(other.ports)
      .filter((_, at) => !isSame || at > place)
      .filter(([, claimed]) => port !== 0 && claimed.port === port && overlap(host, claimed.host))
      .map(
        ([theirs]) =>
          `${one.name} (${setting}) and ${other.name} (${theirs}) both listen on ${port}: change one of them`,
      ),
  )
}

function folderClashes(one: Claims, other: Claims): string[] {
  return Object.entries(one.folders).flatMap(([setting, folder]) =>
    Object.entries(other.folders)
      .filter(([, claimed]) => claimed === folder)
      .map(
        ([theirs]) =>
          `${one.name} (${setting}) and ${other.name} (${theirs}) both use ${folder}: change one of them`,
      ),
  )
}

function overlap(one: string, other: string): boolean {
  return one === other || ANYWHERE.has(one) || ANYWHERE.has(other)
}

function clusterOf({ cluster }: Claims): string {
  return cluster === undefined ? 'no cluster' : `the cluster ${cluster}`
}
