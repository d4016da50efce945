import { parentPort, workerData } from 'node:worker_threads'

// Runs in a thread of its own: imports a module, and hands it one piece of work.

export interface ThreadData {
  /** URL of the module. */
  readonly module: string
  readonly work: unknown
  /** Bytes of an answer, at most. */
  readonly outputBytes: number
}

export type FromThread =
  | { readonly type: 'answer'; readonly json: string | undefined }
  | { readonly type: 'too-large' }
  | { readonly type: 'failed'; readonly reason: string }
  | { readonly type: 'read'; readonly id: number; readonly address: string }

export type ToThread =
  | { readonly type: 'abort' }
  | { readonly type: 'read'; readonly id: number; readonly input: unknown }
  | { readonly type: 'unread'; readonly id: number; readonly reason: string }

const { module, work, outputBytes } = workerData as ThreadData
const stop = new AbortController()
const waiting = new Map<number, PromiseWithResolvers<unknown>>()
let reads = 0

parentPort?.on('message', (message: ToThread) => {
  if (message.type === 'abort') stop.abort()
  else if (message.type === 'read') waiting.get(message.id)?.resolve(message.input)
  else waiting.get(message.id)?.reject(new Error(message.reason))
})

/** Reads a context, which can be cited then. */
async function read(address: string): Promise<unknown> {
  const id = ++reads
  const answer = Promise.withResolvers<unknown>()
  waiting.set(id, answer)
  say({ type: 'read', id, address })
  try {
    return await answer.promise
  } finally {
    waiting.delete(id)
  }
}

function say(message: FromThread): void {
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- A thread, no window.
  parentPort?.postMessage(message)
}

try {
  const { handle } = (await import(module)) as { readonly handle?: unknown }
  if (typeof handle !== 'function') throw new TypeError('It exports no function called handle')
  const json = JSON.stringify(await handle(work, { signal: stop.signal, read })) as
    | string
    | undefined
  const isLarge = json !== undefined && json.length > outputBytes
  say(isLarge ? { type: 'too-large' } : { type: 'answer', json })
} catch (error) {
  const reason = error instanceof Error ? error.message : String(error)
  say({ type: 'failed', reason: reason.slice(0, 2000) })
}
