import type { Host } from './host.ts'
import { sameBytes } from './host.ts'

/** A key of the network, and what stands under it. */
export interface FoundKey {
  readonly key: string
  /** The values that are held, each once; more than one where nodes do not agree. */
  readonly values: readonly { readonly value: Uint8Array; readonly holders: readonly string[] }[]
  /** Ids of the nodes that said they hold what the key names. */
  readonly providers: readonly string[]
}

/** What nodes hold that are up, by key. */
export function search(hosts: readonly Host[], pattern: string): FoundKey[] {
  const matches = matcherOf(pattern)
  const keys = new Map<string, { value: Uint8Array; holders: string[] }[]>()
  const providers = new Map<string, Set<string>>()
  for (const host of hosts) {
    if (host.state !== 'up') continue
    for (const key of host.storage.keys()) {
      if (!matches.test(key)) continue
      const held = host.value(key)
      const provided = host.storage.providers(key, host.now)
      if (!held && provided.length === 0) continue
      const values = keys.get(key) ?? []
      keys.set(key, values)
      const known = providers.get(key) ?? new Set()
      providers.set(key, known)
      for (const id of provided) known.add(id)
      if (!held) continue
      const same = values.find(({ value }) => sameBytes(value, held.bytes))
      if (same) same.holders.push(host.id)
      else values.push({ value: new Uint8Array(held.bytes), holders: [host.id] })
    }
  }
  return [...keys]
    .map(([key, values]) => ({
      key,
      values,
      providers: [...(providers.get(key) ?? [])].toSorted(),
    }))
    .toSorted((a, b) => (a.key < b.key ? -1 : 1))
}

function matcherOf(pattern: string): RegExp {
  // Runs of stars mean the same as one, and would take for ever to fail.
  return new RegExp(`^${pattern.split(/\*+/).map(literal).join('.*')}$`, 's')
}

function literal(text: string): string {
  return text.replaceAll(/[\\^$.*+?()[\]{}|]/g, String.raw`\$&`)
}
