import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { clusterWriters, type WriterRules } from '@bzzz/context-store'
import {
  createClusterView,
  createPolicy,
  OPEN_RULES,
  type ClusterView,
  type Policy,
  type PolicyRules,
} from '@bzzz/identity/cluster'
import { z } from 'zod'
import { RuntimeError } from '../errors.ts'

/** What a home knows of its cluster. */
export interface HomeCluster {
  readonly view: ClusterView
  readonly policy: Policy
}

const FILE = 'cluster.json'
const RULES_FILE = 'rules.json'
const fileSchema = z.strictObject({ cluster: z.string(), statements: z.array(z.unknown()) })

/** The rules of a closed cluster that has none of its own: members read everything, and write under their names. */
const MEMBER_RULES: PolicyRules = {
  version: 1,
  roles: {},
  members: [...(OPEN_RULES.members ?? []), ...(OPEN_RULES.everyone ?? [])],
}

/** Where a home keeps what it knows of its cluster. */
export function clusterFile(home: string): string {
  return join(home, FILE)
}

/**
 * The cluster that a home is of: `cluster.json`, and where there are rules of its own, `rules.json`. Undefined
 * where it is of none.
 *
 * @param now milliseconds since 1970.
 * @throws `ERR_RUNTIME_CLUSTER` where a file is not what it should be.
 */
export function readCluster(home: string, now: () => number): HomeCluster | undefined {
  const known = readStatements(home)
  if (!known) return undefined
  try {
    const view = createClusterView(known)
    const own = read(join(home, RULES_FILE))
    const rules = (own ?? (view.mode === 'closed' ? MEMBER_RULES : OPEN_RULES)) as PolicyRules
    return { view, policy: createPolicy({ view, rules, now }) }
  } catch (cause) {
    throw damaged(home, cause)
  }
}

/** Who may sign what in a store: the rules of the cluster, where there is one. */
export function writersOf(cluster: HomeCluster | undefined): { readonly writers?: WriterRules } {
  return cluster ? { writers: clusterWriters(cluster) } : {}
}

/** As they stand in the file, not checked. @throws `ERR_RUNTIME_CLUSTER` */
export function readStatements(home: string): z.output<typeof fileSchema> | undefined {
  const value = read(clusterFile(home))
  if (value === undefined) return undefined
  const { data, error } = fileSchema.safeParse(value)
  if (data) return data
  throw damaged(home, error)
}

/** Keeps what is known of a cluster: whole, or as it was before. */
export function writeCluster(
  home: string,
  { cluster, statements }: { readonly cluster: string; readonly statements: readonly unknown[] },
): void {
  replace(clusterFile(home), { cluster, statements })
}

/** Writes JSON in the place of a file, in one step. */
export function replace(file: string, value: unknown): void {
  mkdirSync(join(file, '..'), { recursive: true, mode: 0o700 })
  const draft = `${file}.${process.pid}`
  writeFileSync(draft, `${JSON.stringify(value)}\n`, { mode: 0o600, flush: true })
  renameSync(draft, file)
}

/** Reads JSON; undefined where there is no such file. @throws `ERR_RUNTIME_CLUSTER` */
export function read(file: string): unknown {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as unknown
  } catch (cause) {
    if (cause instanceof Error && 'code' in cause && cause.code === 'ENOENT') return undefined
    throw damaged(file, cause)
  }
}

function damaged(where: string, cause: unknown): RuntimeError {
  const why = cause instanceof Error ? cause.message : String(cause)
  return new RuntimeError('ERR_RUNTIME_CLUSTER', `The cluster of ${where} cannot be read: ${why}`, {
    cause,
  })
}
