import { StoreError, type Access } from '@bzzz/context-store'
import { keyOf, parse } from '@bzzz/ucxl-address'
import type { VersionView } from '@bzzz/ucxi'
import type { Memory } from './memory.ts'
import { createScan } from './scan.ts'

/** A memory of which one party may see a part: for one whose store is elsewhere. */
export function restricted(memory: Memory, access: Access): Memory {
  const may = (operation: Parameters<Access['may']>[0], address: string): void => {
    const key = keyOf(parse(address))
    if (access.may(operation, key)) return
    throw new StoreError('ERR_STORE_DENIED', `No rule allows to ${operation} ${key}`)
  }
  async function* readable<View extends VersionView>(
    views: AsyncIterable<View>,
  ): AsyncGenerator<View> {
    for await (const view of views) if (access.may('read', view.key)) yield view
  }
  const part: Memory = {
    ...memory,
    async entry(address, options) {
      may('read', address)
      return memory.entry(address, options)
    },
    async resolve(address, options) {
      may('read', address)
      return memory.resolve(address, options)
    },
    async put(address, content, write) {
      may('write', address)
      return memory.put(address, content, write)
    },
    async post(folder, content, write) {
      may('write', folder)
      return memory.post(folder, content, write)
    },
    async *timeline(address, options) {
      may('read', address)
      yield* memory.timeline(address, options)
    },
    query: (options) => readable(memory.query(options)),
    async announce(address, options) {
      may('announce', address)
      return memory.announce(address, options)
    },
    changes: (options) => readable(memory.changes(options)),
    impact: async (start, options) => createScan(part).impact(start, options),
    restrictedTo: (inner) => restricted(part, inner),
    close: async () => {},
  }
  return Object.freeze(part)
}
