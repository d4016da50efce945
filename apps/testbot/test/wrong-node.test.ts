import { createUcxi, type Ucxi } from '@bzzz/ucxi'
import { describe, expect, test } from 'vitest'
import { newStore, runOn, serve } from './play-on.ts'
import { changed, firstOpened, listing } from './wrong.ts'

describe('a node that is wrong is found out', () => {
  test('where it forgets what it has acknowledged', async () => {
    let [current, writes] = [createUcxi({ store: newStore() }), 0]
    const forgetful = changed(() => current, {
      put: async (...args) => {
        if (++writes === 15) current = createUcxi({ store: newStore() })
        return current.put(...args)
      },
    })
    const { verdicts, passed } = await runOn(
      await serve(forgetful),
      'author, bots: 1, behaviors: { put: 1, change: 4 }',
    )
    expect(passed).toBe(false)
    const { detail } = verdicts.find(({ name }) => name === 'no acknowledged write is lost')!
    expect(detail).toMatch(/^[1-9]\d* of 20$/)
  })

  test('where versions are missing', async () => {
    const sound = createUcxi({ store: newStore() })
    const holes = changed(() => sound, {
      timeline: async (...args) => {
        const page = await sound.timeline(...args)
        return { ...page, versions: page.versions.toSpliced(0, 1) }
      },
    })
    const { verdicts } = await runOn(
      await serve(holes),
      'author, bots: 2, behaviors: { put: 1, change: 4 }',
    )
    const wrong = verdicts.filter(({ ok }) => !ok).map(({ name }) => name)
    expect(wrong).toEqual(['no acknowledged write is lost', 'timelines have no gap'])
  })

  test.each(['author', 'browser', 'decider', 'time-traveller'])(
    'by %s, where it keeps something else than was sent',
    async (role) => {
      const sound = createUcxi({ store: newStore() })
      const other = changed(() => sound, {
        put: async (address, input, options) =>
          sound.put(address, { ...input, content: new TextEncoder().encode('else') }, options),
      })
      const { passed, summary, verdicts } = await runOn(await serve(other), `${role}, bots: 2`)
      expect(passed).toBe(false)
      expect(verdicts.find(({ name }) => name === 'no answer was wrong')?.ok).toBe(false)
      expect(summary.total.errors['wrong-answer']).toBeGreaterThan(5)
    },
  )

  test.each<[string, string, (sound: Ucxi) => Partial<Ucxi>]>([
    ['browser', 'read', firstOpened],
    ['browser', 'revalidate', firstOpened],
    ['browser', 'list', listing((versions) => [...versions, ...versions])],
    ['browser', 'list', listing((versions) => versions.slice(1))],
    ['browser', 'search', listing(() => [])],
    ['hoarder', 'page', listing((versions) => versions.slice(1))],
    [
      'hoarder',
      'no-limit',
      (sound) => ({ query: async (options) => sound.query({ limit: 1000, ...options }) }),
    ],
    ['time-traveller', 'back', firstOpened],
    ['time-traveller', 'forward', firstOpened],
    ['time-traveller', 'as-of', firstOpened],
    ['time-traveller', 'compare', firstOpened],
    [
      'time-traveller',
      'timemap',
      (sound) => ({
        timeline: async (...args) => {
          const page = await sound.timeline(...args)
          return { ...page, versions: page.versions.toReversed() }
        },
      }),
    ],
    [
      'time-traveller',
      'timegate',
      (sound) => ({ nearest: async (address) => sound.nearest(address, 0) }),
    ],
  ])('by %s in %s', async (role, behavior, other) => {
    const sound = createUcxi({ store: newStore() })
    const played = `${role}, bots: 1, behaviors: { "${behavior}": 1 }`
    const well = await runOn(await serve(sound), played)
    expect(well.summary.total.errors).toEqual({})
    const ill = await runOn(await serve(changed(() => sound, other(sound))), played)
    expect(ill.summary.total.errors['wrong-answer']).toBeGreaterThan(0)
  })

  test('where something mangled is kept', async () => {
    const sound = createUcxi({ store: newStore() })
    await sound.put('ucxl://mangler:bot@shop:mangled/x', { content: new Uint8Array(1) })
    const keeping = changed(() => sound, { query: async () => sound.query({}) })
    const { verdicts } = await runOn(await serve(keeping), 'mangler, bots: 1')
    expect(verdicts).toContainEqual({
      name: 'nothing that was mangled is kept',
      ok: false,
      detail: '1 kept',
    })
  })

  test.each(['headers', 'body', 'unread'])(
    'where it has patience with who is slow: %s',
    async (behavior) => {
      const url = await serve(createUcxi({ store: newStore() }))
      const { passed, verdicts } = await runOn(
        url,
        `slow-reader, bots: 1, behaviors: { ${behavior}: 1 }`,
        { perBot: 1 },
      )
      expect(passed).toBe(false)
      expect(verdicts.find(({ name }) => name === 'a slow client was refused')?.detail).toBe(
        '1 got through',
      )
    },
  )
})
