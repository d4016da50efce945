import { createAddress, format, keyOf, parseKey, type Address } from '@bzzz/ucxl-address'
import type { Participant } from './recipients.ts'

// Where things stand. A collection has one writer, so that what somebody says to a thing is in a folder of
// their own which is named for it: `replies/<agent>/<role>/<path>` of the same project and task.

const MESSAGES = 'messages/'
const REPLIES = 'replies/'

export interface Place {
  readonly kind: 'message' | 'reply'
  /** Key of the message, or of what is replied to. */
  readonly of: string
}

/** What stands at a key, by its name alone; undefined where it is neither. */
export function placeOf(key: string): Place | undefined {
  // Most keys are neither: they are not parsed.
  if (!key.includes(`/${MESSAGES}`) && !key.includes(`/${REPLIES}`)) return undefined
  const { path, project, task } = parseKey(key)
  if (isMessagePath(path)) return { kind: 'message', of: key }
  if (!path.startsWith(REPLIES)) return undefined
  const [agent = '', role = '', ...rest] = path.slice(REPLIES.length).split('/')
  if (rest.length === 0) return undefined
  try {
    return {
      kind: 'reply',
      of: keyOf(createAddress({ agent, role, project, task, path: rest.join('/') })),
    }
  } catch {
    // No name of anybody.
    return undefined
  }
}

/** Patterns of all messages and replies of a project, or of all. */
export function patternsOf(project = 'any'): readonly string[] {
  const all = `ucxl://any:any@${project}:any`
  return [`${all}/${MESSAGES}*`, `${all}/${REPLIES}**`]
}

export function messageAddress(
  { name, role }: Participant,
  { project, task }: { readonly project: string; readonly task: string },
  id: string,
): Address {
  return createAddress({ agent: name, role, project, task, path: `${MESSAGES}${id}.json` })
}

/** Where somebody's reply to a thing is. */
export function replyAddress(to: string, { name, role }: Participant): Address {
  const { agent, role: other, project, task, path } = parseKey(to)
  return createAddress({
    agent: name,
    role,
    project,
    task,
    path: `${REPLIES}${agent}/${other}/${path}`,
  })
}

/** A pattern of all replies to a thing. */
export function repliesTo(to: string): string {
  return format(replyAddress(to, { name: 'any', role: 'any' }))
}

/** The address of one version: what is cited. */
export function pinned(key: string, version: number): string {
  return format(createAddress({ ...parseKey(key), temporal: { kind: 'version', number: version } }))
}

function isMessagePath(path: string): boolean {
  return path.startsWith(MESSAGES) && !path.slice(MESSAGES.length).includes('/')
}
