import { PublishError } from './errors.ts'
import {
  START,
  STATE_PAGE,
  type ListName,
  type OutboxState,
  type Placed,
  type Progress,
  type StateLists,
} from './state.ts'

/** A state that lives as long as its process: for tests, and for stores in memory. */
export function createMemoryState(): OutboxState {
  // A Map keeps the place of what is put again under its id.
  const lists: { readonly [Name in ListName]: Map<string, Placed<StateLists[Name]>> } = {
    dead: new Map(),
    again: new Map(),
    held: new Map(),
  }
  let progress: Progress = START
  let places = 0
  let open = true

  const ready = <Value>(value: () => Value): Value => {
    if (open) return value()
    throw new PublishError('ERR_PUBLISH_CLOSED', 'The state is closed')
  }

  const put = <Name extends ListName>(list: Name, entry: StateLists[Name]): void => {
    const place = lists[list].get(entry.id)?.place ?? ++places
    lists[list].set(entry.id, { place, entry })
  }

  return Object.freeze<OutboxState>({
    progress: async () => ready(() => progress),
    save: async (change) =>
      ready(() => {
        progress = change.progress ?? progress
        for (const { list, id } of change.remove ?? []) lists[list].delete(id)
        for (const { list, entry } of change.put ?? []) put(list, entry)
      }),
    get: async (list, id) => ready(() => lists[list].get(id)?.entry),
    page: async (list, { after = 0, limit = STATE_PAGE } = {}) =>
      ready(() => [...lists[list].values()].filter(({ place }) => place > after).slice(0, limit)),
    close: async () => {
      open = false
    },
  })
}
