import type { QueryPage, Ucxi } from '@bzzz/ucxi'

/** The operations of a node, some of which are done in another way. */
export const changed = (of: () => Ucxi, other: Partial<Ucxi> = {}): Ucxi =>
  new Proxy({} as Ucxi, {
    get: (_, name) => {
      const value: unknown = Reflect.get(other, name) ?? Reflect.get(of(), name)
      return typeof value === 'function' ? (value.bind(of()) as unknown) : value
    },
  })

/** Whatever is opened, it is what was opened first. */
export const firstOpened = (sound: Ucxi): Partial<Ucxi> => {
  let opened: ReturnType<Ucxi['open']> | undefined
  return { open: async (...args) => (opened ??= sound.open(...args)) }
}

/** What is found is listed in another way. */
export const listing = (change: (versions: QueryPage['versions']) => QueryPage['versions']) => {
  return (sound: Ucxi): Partial<Ucxi> => ({
    query: async (options) => {
      const page = await sound.query(options)
      return { ...page, versions: change(page.versions) }
    },
  })
}
