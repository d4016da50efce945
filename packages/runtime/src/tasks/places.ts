import { createAddress, format, keyOf, parseKey, type Address } from '@bzzz/ucxl-address'

// Where things stand. A collection has one writer: the poster writes the task, and each agent what it says of
// it, under its own name. Two posters may call their tasks the same, so that an agent's part is in a folder
// that is named for the poster.

const TASK_FILE = 'task.json'
const CLAIM_FILE = 'claim.json'

/** Who works: its name and role in addresses. */
export interface WorkerName {
  readonly agent: string
  readonly role: string
}

/** What a key is to tasks: a task, or what an agent says of one. */
export interface TaskPlace {
  readonly kind: 'task' | 'claim'
  /** Key of the task. */
  readonly task: string
}

/** What stands at a key, by its name alone; undefined where it is neither a task nor a claim. */
export function placeOf(key: string): TaskPlace | undefined {
  // Most keys are neither: they are not parsed.
  if (key.endsWith(`/${TASK_FILE}`)) {
    return parseKey(key).path === TASK_FILE ? { kind: 'task', task: key } : undefined
  }
  if (!key.endsWith(`/${CLAIM_FILE}`)) return undefined
  const { path, project, task } = parseKey(key)
  const [agent = '', role = '', file, ...rest] = path.split('/')
  if (file !== CLAIM_FILE || rest.length > 0) return undefined
  try {
    const poster = createAddress({ agent, role, project, task, path: TASK_FILE })
    return { kind: 'claim', task: keyOf(poster) }
  } catch {
    // No name of a poster.
    return undefined
  }
}

/** Patterns of all tasks and claims of a project. */
export function patternsOf(project: string): readonly string[] {
  const all = `ucxl://any:any@${project}:any`
  return [`${all}/${TASK_FILE}`, `${all}/*/*/${CLAIM_FILE}`]
}

/** Where a worker keeps a file of its work on a task. */
export function fileOf(taskKey: string, { agent, role }: WorkerName, file: string): Address {
  const { agent: poster, role: posterRole, project, task } = parseKey(taskKey)
  return createAddress({ agent, role, project, task, path: `${poster}/${posterRole}/${file}` })
}

/** Where a worker says how it stands to a task. */
export function claimOf(taskKey: string, worker: WorkerName): Address {
  return fileOf(taskKey, worker, CLAIM_FILE)
}

/** The address of one version: what is cited. */
export function pinned(key: string, version: number): string {
  return format(createAddress({ ...parseKey(key), temporal: { kind: 'version', number: version } }))
}
