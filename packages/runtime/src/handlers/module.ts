import { pathToFileURL } from 'node:url'
import { Worker } from 'node:worker_threads'
import type { Schedule } from '@bzzz/context-store'
import { RuntimeError } from '../errors.ts'
import type { FromThread, ThreadData, ToThread } from '../module-thread.ts'
import { flood, inputAsJson, outcomeOf, workAsJson } from './answer.ts'
import type { Ask, Handler, HandleOptions, Result, Work } from './handler.ts'

export interface ModuleInit {
  /** Path of a JavaScript module that exports `handle(work, { signal, read })`. */
  readonly path: string
  /** Bytes of its answer and of what it prints, together, at most. */
  readonly outputBytes: number
  /** Memory for its objects, in MiB; 512 if left out. */
  readonly memoryMiB?: number
  readonly schedule: Schedule
}

// From being asked to end until it is ended.
const END_MS = 1000
const MEMORY_MIB = 512

/**
 * A JavaScript module, in a thread of its own for each task: what never returns is ended with it. A thread is
 * no sandbox: the module may do what this process may.
 */
export function moduleHandler(init: ModuleInit): Handler {
  return {
    handle: async (work, options) => {
      options.signal.throwIfAborted()
      return new Run(init, options).run(work)
    },
  }
}

/** The thread's file: beside this one's folder in the sources, beside all of them in the package. */
function threadFile(): URL {
  const isSource = import.meta.url.endsWith('.ts')
  return new URL(isSource ? '../module-thread.ts' : './module-thread.js', import.meta.url)
}

class Run {
  readonly #init: ModuleInit
  readonly #options: HandleOptions
  readonly #answered = Promise.withResolvers<Result | Ask>()
  #bytes = 0
  #thread: Worker | undefined

  constructor(init: ModuleInit, options: HandleOptions) {
    this.#init = init
    this.#options = options
  }

  async run(work: Work): Promise<Result | Ask> {
    const { signal } = this.#options
    const { path, outputBytes, memoryMiB = MEMORY_MIB, schedule } = this.#init
    const workerData: ThreadData = {
      module: pathToFileURL(path).href,
      work: workAsJson(work),
      outputBytes,
    }
    const thread = new Worker(threadFile(), {
      workerData,
      stdout: true,
      stderr: true,
      resourceLimits: { maxOldGenerationSizeMb: memoryMiB },
    })
    this.#thread = thread
    for (const stream of [thread.stdout, thread.stderr])
      stream.on('data', (chunk: Buffer) => this.#print(chunk))
    thread.on('message', (message: FromThread) => void this.#hear(message))
    thread.on('error', (error) => this.#fail(`It failed: ${messageOf(error)}`, error))
    thread.on('exit', (code) => this.#fail(`It ended with ${code}, and answered nothing`))
    const cancels: (() => void)[] = []
    const onAbort = (): void => {
      this.#say({ type: 'abort' })
      cancels.push(schedule(() => this.#answered.reject(signal.reason), END_MS))
    }
    signal.addEventListener('abort', onAbort, { once: true })
    try {
      const result = await this.#answered.promise
      signal.throwIfAborted()
      return result
    } catch (error) {
      throw signal.aborted ? signal.reason : error
    } finally {
      signal.removeEventListener('abort', onAbort)
      for (const cancel of cancels) cancel()
      await thread.terminate()
    }
  }

  async #hear(message: FromThread): Promise<void> {
    if (message.type === 'too-large') this.#answered.reject(flood(this.#init.outputBytes))
    else if (message.type === 'failed') this.#fail(message.reason)
    else if (message.type === 'answer') {
      try {
        const answer = typeof message.json === 'string' ? JSON.parse(message.json) : undefined
        this.#answered.resolve(outcomeOf(typeof answer === 'string' ? { result: answer } : answer))
      } catch (error) {
        this.#answered.reject(error)
      }
    } else {
      const { id, address } = message
      try {
        const input = inputAsJson(await this.#options.read(address))
        this.#say({ type: 'read', id, input })
      } catch (error) {
        this.#say({ type: 'unread', id, reason: messageOf(error) })
      }
    }
  }

  #print(chunk: Buffer): void {
    this.#bytes += chunk.length
    if (this.#bytes > this.#init.outputBytes) this.#answered.reject(flood(this.#init.outputBytes))
    else this.#options.log(chunk.toString())
  }

  #fail(why: string, cause?: unknown): void {
    const reason = why.slice(0, 2000)
    this.#answered.reject(new RuntimeError('ERR_RUNTIME_HANDLER', reason, { cause }))
  }

  #say(message: ToThread): void {
    this.#thread?.postMessage(message)
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
