import type { Decision } from '@bzzz/decision-schema'
import { createUcxi, type Ucxi } from '@bzzz/ucxi'
import { format, type Address } from '@bzzz/ucxl-address'
import { expect, test } from 'vitest'
import { newStore, runOn, serve } from './play-on.ts'
import { changed, firstOpened, listing } from './wrong.ts'

// Nodes that are wrong in what they show of decisions.

const addressText = (address: unknown): string =>
  typeof address === 'string' ? address : format(address as Address)

const besideDecider = (role: string): string => `decider, bots: 1 }\n  - { role: ${role}`
const isDecision = (address: unknown): boolean => /:decisions\//.test(addressText(address))
const isEvidence = (address: unknown): boolean => /:evidence\//.test(addressText(address))
/** Decisions that it hands out say something else than those that it took, under ids of their own. */
const retelling = (tell: (decision: Decision, all: Decision[]) => object) => {
  return (sound: Ucxi): Partial<Ucxi> => {
    const told = createUcxi({ store: newStore() })
    const all: Decision[] = []
    return {
      put: async (address, input, options) => {
        if (isDecision(address)) {
          all.push(JSON.parse(new TextDecoder().decode(input.content as Uint8Array)) as Decision)
          const said = new TextEncoder().encode(JSON.stringify(tell(all.at(-1)!, all)))
          await told.put(address, { ...input, content: said })
        }
        return sound.put(address, input, options)
      },
      open: async (address, ...rest) => (isDecision(address) ? told : sound).open(address, ...rest),
      resolve: async (address, ...rest) =>
        (isDecision(address) ? told : sound).resolve(address, ...rest),
    }
  }
}
test.each<[string, string, (sound: Ucxi) => Partial<Ucxi>]>([
  ['gives another decision', 'approve', firstOpened],
  ['loses a citation', 'approve', retelling((one) => ({ ...one, citations: [] }))],
  [
    'gives the citations of another decision',
    'object',
    retelling((one, all) => ({ ...one, citations: all[0]!.citations })),
  ],
  [
    'leads elsewhere than to what is cited',
    'supersede',
    (sound) => {
      let led: string | Address | undefined
      return {
        resolve: async (address, ...rest) =>
          sound.resolve(isEvidence(address) ? (led ??= address) : address, ...rest),
      }
    },
  ],
  [
    'calls what is cited another version',
    'approve',
    (sound) => ({
      resolve: async (address, ...rest) => {
        const found = await sound.resolve(address, ...rest)
        if (!isEvidence(address)) return found
        return { ...found, record: { ...found.record, version: found.record.version + 1 } }
      },
      open: async (address, ...rest) =>
        sound.open(
          addressText(address).replace('*~2', isEvidence(address) ? '*~' : '*~2'),
          ...rest,
        ),
    }),
  ],
  [
    'gives other bytes than those of what is cited',
    'approve',
    (sound) => {
      let led: string | Address | undefined
      return {
        open: async (address, ...rest) =>
          sound.open(isEvidence(address) ? (led ??= address) : address, ...rest),
      }
    },
  ],
  [
    'has lost what is cited',
    'approve',
    (sound) => ({
      resolve: async (address, ...rest) =>
        sound.resolve(
          isEvidence(address) ? addressText(address).replace('day', 'night') : address,
          ...rest,
        ),
    }),
  ],
  [
    'has lost a decision',
    'approve',
    (sound) => ({
      resolve: async (address, ...rest) =>
        sound.resolve(
          isDecision(address) ? addressText(address).replace('day', 'night') : address,
          ...rest,
        ),
    }),
  ],
  ['does not list a decision', 'survey', listing((versions) => versions.slice(1))],
  ['lists one twice', 'survey', listing((versions) => [...versions, ...versions])],
  [
    'lists one as it was before',
    'survey',
    (sound) => ({
      query: async (options) => {
        const page = await sound.query(options)
        const oldest = async ({ record }: (typeof page.versions)[number]) =>
          sound.resolve(`ucxl://${record.key.replace('/', '/*~1/')}`)
        return { ...page, versions: await Promise.all(page.versions.map(oldest)) }
      },
    }),
  ],
])('by a reviewer, where it %s: %s', async (_how, behavior, other) => {
  const played = besideDecider(`reviewer, bots: 1, behaviors: { ${behavior}: 1 }`)
  const well = await runOn(await serve(createUcxi({ store: newStore() })), played)
  expect(well.summary.total.errors).toEqual({})
  const sound = createUcxi({ store: newStore() })
  const ill = await runOn(await serve(changed(() => sound, other(sound))), played)
  expect(ill.summary.behaviors[behavior]!.errors['wrong-answer']).toBeGreaterThan(0)
})

test.each<[string, RegExp, (sound: Ucxi) => Partial<Ucxi>]>([
  [
    'no review among who cites',
    /^20 of 20 astray$/,
    listing((versions) => versions.filter(({ record }) => !record.key.includes(':reviews/'))),
  ],
  [
    'a review that leads elsewhere',
    /^(?!0)\d+ of 20 astray$/,
    (sound) => ({
      open: async (address, ...rest) =>
        sound.open(addressText(address).replace(/review-\d+/, 'review-1'), ...rest),
    }),
  ],
])('by what it shows afterwards: %s', async (_how, astray, other) => {
  const sound = createUcxi({ store: newStore() })
  const { verdicts, passed } = await runOn(
    await serve(changed(() => sound, other(sound))),
    besideDecider('reviewer, bots: 1, behaviors: { approve: 1 }'),
  )
  expect(passed).toBe(false)
  expect(verdicts.filter(({ ok }) => !ok)).toEqual([
    {
      name: 'who cites a decision is found, and each review leads back to it',
      ok: false,
      detail: expect.stringMatching(astray),
    },
  ])
})

test('where it forgets decisions that it has acknowledged', async () => {
  let [current, writes] = [createUcxi({ store: newStore() }), 0]
  const forgetful = changed(() => current, {
    put: async (...args) => {
      if (++writes === 15) current = createUcxi({ store: newStore() })
      return current.put(...args)
    },
  })
  const { verdicts } = await runOn(await serve(forgetful), 'decider, bots: 1')
  const { detail } = verdicts.find(({ name }) => name === 'no acknowledged decision is lost')!
  expect(detail).toMatch(/^[1-9]\d* of 21$/)
})
