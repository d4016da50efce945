import type { CompleteResourceTemplateCallback } from '@modelcontextprotocol/server'
import { parseKey, safeParse } from '@bzzz/ucxl-address'
import type { Memory } from '../memory/memory.ts'

/** Contexts that are looked at for one completion, and what is offered, at most. */
const LOOKED_AT = 2000
const OFFERED = 100
const NAMES = ['agent', 'role', 'project', 'task'] as const
type Name = (typeof NAMES)[number]

type Completers = Record<string, CompleteResourceTemplateCallback>

/** Completes the parts of an address by what is there, as far as the others are known. */
export function completersFor(memory: Memory): Completers {
  const names = NAMES.map((name) => [name, partsOf(memory, name)] as const)
  return {
    ...Object.fromEntries(names),
    path: partsOf(memory, 'path'),
    temporal: (value) => ['*%5E', '*~', '~~1'].filter((token) => token.startsWith(value)),
  }
}

function partsOf(memory: Memory, part: Name | 'path'): CompleteResourceTemplateCallback {
  return async (value, context) => {
    const pattern = patternOf(part, value, context?.arguments ?? {})
    if (!safeParse(pattern).success) return []
    const offered = new Set<string>()
    let left = LOOKED_AT
    for await (const { key } of memory.query({ pattern, alive: true })) {
      const found = parseKey(key)[part]
      if (found.startsWith(value.toLowerCase()) || found.startsWith(value)) offered.add(found)
      if (offered.size === OFFERED || --left === 0) break
    }
    return [...offered].toSorted()
  }
}

/** What is known of the address, and of this part how it begins. */
function patternOf(
  part: Name | 'path',
  value: string,
  known: Readonly<Record<string, string>>,
): string {
  const [agent, role, project, task] = NAMES.map((name) => {
    if (name === part) return value === '' ? 'any' : `${value}*`
    return known[name] || 'any'
  })
  return `ucxl://${agent}:${role}@${project}:${task}/**`
}

/** The addresses that begin with a text: for arguments of prompts. */
export async function addressesFor(memory: Memory, value: string): Promise<string[]> {
  const offered: string[] = []
  let left = LOOKED_AT
  for await (const { key } of memory.query({ alive: true })) {
    const address = `ucxl://${key}`
    if (address.startsWith(value)) offered.push(address)
    if (offered.length === OFFERED || --left === 0) break
  }
  return offered
}
