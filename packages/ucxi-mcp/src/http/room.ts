import type { IncomingMessage, ServerResponse } from 'node:http'
import {
  toNodeHandler,
  toWebRequest,
  type NodeIncomingMessageLike,
} from '@modelcontextprotocol/node'
import { createMcpHandler, isLegacyRequest } from '@modelcontextprotocol/server'
import type { Authorize } from '@bzzz/ucxi'
import type { Memory } from '../memory/memory.ts'
import { createServer, type DoorInit } from '../server/create-server.ts'
import { createHub } from '../server/hub.ts'
import { createSessions } from './sessions.ts'

/** What one party is served with: nothing of it is shared with another. */
export interface Room {
  /** When it was asked last. */
  used: number
  /** Whether something is under way, such as a stream of changes. */
  isOpen(): boolean
  handle(request: IncomingMessage, response: ServerResponse, body: unknown): Promise<void>
  sweep(idleSince: number): Promise<void>
  close(): Promise<void>
}

export interface RoomInit extends DoorInit {
  /** Absent where everybody may do everything. */
  readonly authorize?: Authorize
  readonly newId: () => string
  readonly maxSessions: number
  readonly onError: (error: unknown) => void
}

/** Both lines of the specification over HTTP, on one memory. */
export function createRoom(init: RoomInit, memory: Memory): Room {
  const { newId, maxSessions, onError, now } = init
  const door = { ...init, memory }
  const hub = createHub(memory, onError)
  const modern = createMcpHandler((context) => createServer(door, context), {
    legacy: 'reject',
    onerror: onError,
  })
  const handleModern = toNodeHandler(modern, { onerror: onError })
  hub.tell(modern.notify)
  const sessions = createSessions({
    newId,
    max: maxSessions,
    now,
    create: () => {
      const server = createServer(door, { era: 'legacy' })
      hub.join(server, 'legacy')
      return server
    },
  })
  let open = 0
  return {
    used: now(),
    isOpen: () => open > 0,
    async handle(request, response, body) {
      open++
      response.once('close', () => open--)
      const asked = request as NodeIncomingMessageLike
      const isOld = await isLegacyRequest(await toWebRequest(asked, body ?? null), body)
      if (isOld) await sessions.handle(request, response, body)
      else await handleModern(asked, response, body)
    },
    sweep: async (idleSince) => sessions.sweep(idleSince),
    async close() {
      await sessions.close()
      await modern.close()
      await hub.close()
    },
  }
}
