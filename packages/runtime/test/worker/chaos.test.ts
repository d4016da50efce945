import fc from 'fast-check'
import { expect, test } from 'vitest'
import { createRig, LEASE_MS, result } from './rig.ts'

const NAMES = ['a', 'b', 'c']

const event = fc.oneof(
  { weight: 3, arbitrary: fc.record({ type: fc.constant('finish' as const), at: fc.nat(9) }) },
  { weight: 1, arbitrary: fc.record({ type: fc.constant('fail' as const), at: fc.nat(9) }) },
  { weight: 2, arbitrary: fc.record({ type: fc.constant('part' as const), at: fc.nat(2) }) },
  { weight: 2, arbitrary: fc.record({ type: fc.constant('meet' as const), at: fc.nat(2) }) },
  { weight: 1, arbitrary: fc.record({ type: fc.constant('kill' as const), at: fc.nat(1) }) },
)
const story = fc.array(fc.tuple(event, fc.integer({ min: 1, max: 40 })), { maxLength: 12 })

test('whatever happens to agents, every task comes to an end, and all who live say the same of it', async () => {
  await fc.assert(
    fc.asyncProperty(story, async (events) => {
      const rig = createRig()
      const nodes = []
      for (const name of NAMES) nodes.push(await rig.add(name))
      // The last one is never killed: somebody has to be left.
      const [last] = nodes.slice(-1)
      for (const name of ['one', 'two']) await rig.post(last!, { title: name, attempts: 20 }, name)
      const dead = new Set<string>()
      for (const [{ type, at }, halfSeconds] of events) {
        const node = nodes[at % nodes.length]!
        const running = rig.calls.filter(({ options }) => !options.signal.aborted)
        const call = running[at % Math.max(1, running.length)]
        if (type === 'finish') call?.resolve(result(`by ${call.by}`))
        else if (type === 'fail') call?.reject(new Error('out of luck'))
        else if (type === 'kill') {
          node.die()
          dead.add(node.name)
        } else if (!dead.has(node.name)) node.isCutOff = type === 'part'
        await rig.pass(halfSeconds * 500)
      }
      const alive = nodes.filter(({ name }) => !dead.has(name))
      for (const node of alive) node.isCutOff = false
      for (let round = 0; round < 12; round++) {
        for (const call of rig.calls) {
          if (call.options.signal.aborted) call.reject(call.options.signal.reason)
          else call.resolve(result(`by ${call.by}`))
        }
        await rig.pass(LEASE_MS / 2)
      }
      for (const task of ['one', 'two']) {
        const all = await Promise.all(alive.map(async (node) => rig.state(node, task)))
        expect(all[0]).toMatchObject({ status: 'done' })
        for (const state of all) expect(state).toEqual(all[0])
      }
      // No two of those that live believe that they work on one task.
      for (const { worker } of alive) expect(worker.status().running).toEqual([])
      await rig.stop(dead)
    }),
    { numRuns: 15 },
  )
}, 60_000)
