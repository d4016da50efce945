import { once } from 'node:events'
import { heldOff, refusedAs } from './attack.ts'
import { inPath, type NodeActor, type NodeRole, type NodeStage } from './node.ts'
import { dial } from './raw.ts'

const NAME = 'a slow client'
const STEP_MS = 50
/** What a node takes at most, twice: more than sockets hold on the way. */
const LARGE = 16 * 1024 * 1024
const TIMES = 2

const largeIn = ({ project }: NodeStage): string =>
  `ucxl://slow-reader:bot@${project}:big/large.bin`

/** Begins a request and goes on byte by byte: the node has to end it before long. */
async function trickle({ stage }: NodeActor, begin: string, signal: AbortSignal) {
  const socket = await dial(stage.url, signal)
  try {
    socket.resume().write(begin)
    for (let spent = 0; spent < stage.patienceMs && !socket.destroyed; spent += STEP_MS) {
      await stage.sleep(STEP_MS, signal)
      if (socket.writable) socket.write('x')
    }
    return refusedAs(stage, NAME, socket.destroyed ? 408 : 200)
  } finally {
    socket.destroy()
  }
}

export const slowReader: NodeRole = {
  about: 'sends byte by byte, and does not read what it asked for',
  async setup({ stage, client }) {
    if (stage.facts.has('large')) return
    stage.facts.set('large', true)
    await client.put(largeIn(stage), new Uint8Array(LARGE))
  },
  behaviors: {
    headers: async (actor, signal) =>
      trickle(actor, `GET /ucxi/health HTTP/1.1\r\n${actor.stage.head}X-Slow: `, signal),
    body: async (actor, signal) => {
      const path = inPath(`ucxl://${actor.id}:bot@${actor.stage.project}:slow/never.md`)
      const head = `PUT /ucxl/${path} HTTP/1.1\r\n${actor.stage.head}Content-Length: 100000\r\n\r\n`
      return trickle(actor, head, signal)
    },
    async unread({ stage }, signal) {
      const socket = await dial(stage.url, signal)
      try {
        let taken = 0
        const get = `GET /ucxl/${inPath(largeIn(stage))} HTTP/1.1\r\n${stage.head}`
        socket.write(`${get}\r\n`.repeat(TIMES - 1) + `${get}Connection: close\r\n\r\n`)
        await stage.sleep(stage.patienceMs, signal)
        // What was on the way when the node gave up still comes; all of it only where it did not.
        socket.on('data', (piece: Buffer) => (taken += piece.length))
        if (!socket.destroyed) await once(socket, 'close', { signal })
        return refusedAs(stage, NAME, taken < LARGE * TIMES ? 408 : 200)
      } finally {
        socket.destroy()
      }
    },
  },
  conditions: async (stage) => heldOff(stage, NAME),
}
