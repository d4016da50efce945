import {
  botIdentities,
  createContext,
  createMessageBus,
  createRandom,
  createVirtualClock,
  type OwnContext,
} from '../src/index.ts'

/** A clock that stands still, a bus and chance, and contexts made of them. */
export function world() {
  const clock = createVirtualClock()
  const bus = createMessageBus({ clock })
  const random = createRandom(1)
  const context = (id = 'alice'): OwnContext =>
    createContext({ id, identity: botIdentities(1, 1)[0]!, clock, bus, random })
  return { clock, bus, random, context }
}
