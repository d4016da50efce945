import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { resolve } from 'node:path'
import { createMemoryStore } from '@bzzz/context-store'
import { identityFromSeed } from '@bzzz/identity'
import { expect, test } from 'vitest'
import { createMesh } from '../src/index.ts'
import { until } from './network.ts'

const ADDRESS = 'ucxl://writer:architect@shop:checkout/*^/plan.md'
const text = (content: Uint8Array): string => new TextDecoder().decode(content)

test('a node reads from one in another process, and keeps what it read when that one is killed', async () => {
  const flags = ['--conditions=@bzzz/source', '--disable-warning=ExperimentalWarning']
  const other = spawn(process.execPath, [...flags, resolve(import.meta.dirname, 'child-node.ts')], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const clock = { now: Date.now() }
  const identity = identityFromSeed(new Uint8Array(32).fill(2))
  const store = createMemoryStore({ writer: identity, now: () => clock.now })
  const mesh = await createMesh({ identity, store, now: () => clock.now })
  try {
    const [line] = (await once(other.stdout, 'data')) as [Buffer]
    await mesh.join(String(line).trim())
    // The other one announces in the background.
    await until('the collection is announced', async () =>
      mesh.collection('writer@shop').then(
        () => true,
        () => false,
      ),
    )
    expect(text((await mesh.get(ADDRESS)).content)).toBe('three')

    other.kill('SIGKILL')
    await until('the other one is gone', () => mesh.peers().length === 0)
    clock.now += 31_000
    expect(await mesh.get(ADDRESS)).toMatchObject({ source: 'local', fresh: false })
  } finally {
    other.kill('SIGKILL')
    await mesh.stop()
    await store.close()
  }
})
