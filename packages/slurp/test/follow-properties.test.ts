import { decisionBytes } from '@bzzz/decision-schema'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { createAuthor, type Published } from './author.ts'
import { arrive, bring, createNode, RETRY_MS } from './follow-bench.ts'

const AGENTS = ['ada', 'bob', 'eve']

/** What happens to a node, one thing after the other. */
const happens = fc.oneof(
  fc.record({ what: fc.constant('publish'), agent: fc.nat(2), bytes: fc.boolean() }),
  fc.record({ what: fc.constant('bring'), which: fc.nat(20) }),
  fc.constant({ what: 'retry' } as const),
  fc.constant({ what: 'settle' } as const),
  fc.constant({ what: 'restart' } as const),
)

test('whatever comes when, and wherever it is ended, each is taken once, in the order of its agent', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(happens, { maxLength: 40 }),
      fc.boolean(),
      async (story, isFetching) => {
        const { store, timers, follow, log } = createNode()
        const authors = AGENTS.map((agent) => createAuthor(agent))
        const published: { name: string; agent: number }[] = []
        const elsewhere = new Map<string, Published>()
        // Half of what is missing can be had from others.
        const fetch = async (address: string): Promise<Uint8Array | undefined> => {
          const found = elsewhere.get(address)
          return found && address.length % 2 === 0 ? decisionBytes(found.node) : undefined
        }
        const begin = (after: number) =>
          follow({ after, maxWaiting: 2, concurrency: 1, ...(isFetching ? { fetch } : {}) })
        let follower = begin(0)
        for (const step of story) {
          if ('agent' in step) {
            const name = `n${'x'.repeat(published.length)}`
            const one = await authors[step.agent]!.publish(name)
            published.push({ name, agent: step.agent })
            if (step.bytes) await arrive(store, one)
            else {
              await store.append([one.record])
              elsewhere.set(one.node.ucxl_address.replace('*^', '*~'), one)
            }
          } else if ('which' in step) {
            const [one] = [...elsewhere].slice(step.which)
            if (one) await bring(store, one[1])
          } else if (step.what === 'retry') timers.run(RETRY_MS)
          else if (step.what === 'settle') await follower.settled()
          else {
            await follower.close()
            follower = begin(follower.position)
          }
        }
        for (const one of elsewhere.values()) await bring(store, one)
        while (follower.position < published.length) {
          timers.run(RETRY_MS)
          await follower.settled()
        }
        await follower.close()
        for (const agent of AGENTS.keys()) {
          const own = published.filter((one) => one.agent === agent).map(({ name }) => `+${name} 1`)
          expect(log.filter((entry) => own.includes(entry))).toEqual(own)
        }
        expect(log).toHaveLength(published.length)
        expect(timers.due()).toEqual([])
      },
    ),
    { numRuns: 60 },
  )
})
