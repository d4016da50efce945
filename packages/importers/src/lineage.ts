import type { Change, Commit, CommitChanges } from './git-log.ts'

/** What one commit made of one file. */
export interface Step {
  readonly commit: Commit
  /** The name then, byte for byte, as latin1 text. */
  readonly path: string
  /** Id of the content; undefined where the file was deleted. */
  readonly blob: string | undefined
}

/** One file through all changes of its name. */
export interface Lineage {
  /** Oldest first; never empty. */
  readonly steps: readonly Step[]
  /** The newest name, as latin1 text. */
  readonly path: string
  /** The newest content there was, of a deleted file too. */
  readonly newestBlob: string | undefined
  readonly alive: boolean
  /** Whether the newest name is its own: a name that another file took later is that one's. */
  readonly ownsName: boolean
}

/** Follows files through the commits of one line, given oldest first. */
export interface LineageTracker {
  add(changes: CommitChanges): void
  /** All lineages there were, in the order in which they began. */
  lineages(): Lineage[]
}

export function trackLineages(): LineageTracker {
  const all: Step[][] = []
  /** Who has, or had last, a name. */
  const holders = new Map<string, Step[]>()

  function begin(path: string): Step[] {
    const steps: Step[] = []
    all.push(steps)
    holders.set(path, steps)
    return steps
  }

  /** A file that comes back under its name goes on; there is no other that it could be. */
  function stepsOf({ path }: Change): Step[] {
    return holders.get(path) ?? begin(path)
  }

  return {
    add({ commit, changes }) {
      // All renamed files leave their names before any takes its new one: names can be exchanged.
      const moved = new Map<Change, Step[]>()
      for (const change of changes) {
        const steps = change.from === change.path ? undefined : holders.get(change.from)
        if (!steps) continue
        moved.set(change, steps)
        holders.delete(change.from)
      }
      for (const [change, steps] of moved) holders.set(change.path, steps)
      for (const change of changes) {
        const { path, blob } = change
        if (blob === undefined && !holders.get(path)?.at(-1)?.blob) continue
        ;(moved.get(change) ?? stepsOf(change)).push({ commit, path, blob })
      }
    },
    lineages() {
      return all.map((steps) => toLineage(steps, holders))
    },
  }
}

function toLineage(steps: readonly Step[], holders: Map<string, readonly Step[]>): Lineage {
  const path = steps.at(-1)?.path ?? ''
  return {
    steps,
    path,
    newestBlob: steps.findLast((step) => step.blob !== undefined)?.blob,
    alive: steps.at(-1)?.blob !== undefined,
    ownsName: holders.get(path) === steps,
  }
}
