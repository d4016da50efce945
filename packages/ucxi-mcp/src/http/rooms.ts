import type { Grant } from '@bzzz/ucxi'
import { createRoom, type Room, type RoomInit } from './room.ts'

/** A room for each party. */
export interface Rooms {
  of(grant: Grant): Room
  /** Ends what was silent since that time. */
  sweep(idleSince: number): Promise<void>
  close(): Promise<void>
}

export interface RoomsInit extends RoomInit {
  readonly maxRooms: number
}

/** Keeps parties apart: their sessions, their subscriptions, and what they may see. */
export function createRooms(init: RoomsInit): Rooms {
  const rooms = new Map<string, Room>()
  const { memory, maxRooms, now, onError } = init

  const end = (principal: string): void => {
    const room = rooms.get(principal)
    rooms.delete(principal)
    room?.close().catch(onError)
  }

  return {
    of(grant) {
      const known = rooms.get(grant.principal)
      if (known) {
        known.used = now()
        return known
      }
      if (rooms.size >= maxRooms) {
        const [oldest] = [...rooms].toSorted(([, a], [, b]) => a.used - b.used)
        if (oldest) end(oldest[0])
      }
      const own = init.authorize === undefined ? memory : memory.restrictedTo(grant)
      const room = createRoom(init, own)
      rooms.set(grant.principal, room)
      return room
    },
    async sweep(idleSince) {
      for (const [principal, room] of rooms)
        if (room.used < idleSince && !room.isOpen()) end(principal)
      await Promise.all([...rooms.values()].map(async (room) => room.sweep(idleSince)))
    },
    async close() {
      const all = [...rooms.values()]
      rooms.clear()
      await Promise.all(all.map(async (room) => room.close()))
    },
  }
}
