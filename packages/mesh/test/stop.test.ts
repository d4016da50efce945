import { createMemoryStore } from '@bzzz/context-store'
import { identityFromSeed } from '@bzzz/identity'
import { expect, test, vi } from 'vitest'
import { createMesh } from '../src/index.ts'

test('what stopping a node sets for later is gone with it, and holds up no process', async () => {
  const identity = identityFromSeed(new Uint8Array(32).fill(1))
  const store = createMemoryStore({ writer: identity })
  const mesh = await createMesh({ identity, store })
  const set = vi.spyOn(globalThis, 'setTimeout')
  const clear = vi.spyOn(globalThis, 'clearTimeout')
  try {
    await mesh.stop()
    const later = set.mock.results.flatMap(({ value }, place) =>
      (set.mock.calls[place]?.[1] ?? 0) >= 1000 ? [value as NodeJS.Timeout] : [],
    )
    // libp2p notes that it listens nowhere any more: where it does not, there is nothing to see here.
    expect(later.length).toBeGreaterThan(0)
    const cleared = clear.mock.calls.map(([timer]) => timer)
    expect(later.filter((timer) => !cleared.includes(timer))).toEqual([])
  } finally {
    vi.restoreAllMocks()
    await store.close()
  }
})
