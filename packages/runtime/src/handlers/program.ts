import { spawn, type ChildProcessWithoutNullStreams } from 'node:child_process'
import type { Schedule } from '@bzzz/context-store'
import { RuntimeError } from '../errors.ts'
import { flood, outcomeOf, workAsJson } from './answer.ts'
import type { Ask, Handler, HandleOptions, Result, Work } from './handler.ts'

export interface ProgramInit {
  /** The program, by its path or found by PATH; no shell reads it. */
  readonly command: string
  readonly args: readonly string[]
  /** Its environment. */
  readonly environment: Readonly<Record<string, string | undefined>>
  /** Bytes on standard output and standard error together, at most. */
  readonly outputBytes: number
  readonly schedule: Schedule
}

// From being asked to end until it is ended.
const KILL_MS = 1000
const SAID = 500

/**
 * A program: the work as JSON on standard input; the answer as JSON on standard output, whole or as the last of
 * several lines, of which others may be `{"log": "…"}`. What it prints on standard error is kept. It is ended
 * with all processes of its group.
 */
export function programHandler(init: ProgramInit): Handler {
  return {
    handle: async (work, options) => {
      options.signal.throwIfAborted()
      return new Run(init, options).run(work)
    },
  }
}

class Run {
  readonly #init: ProgramInit
  readonly #options: HandleOptions
  readonly #child: ChildProcessWithoutNullStreams
  readonly #said: Buffer[] = []
  #bytes = 0
  #lastWords = ''
  #ended: { readonly reason: unknown } | undefined
  #cancelKill: (() => void) | undefined

  constructor(init: ProgramInit, options: HandleOptions) {
    this.#init = init
    this.#options = options
    const { command, args, environment } = init
    const env = { ...environment }
    // Its own group: what it starts ends with it.
    this.#child = spawn(command, [...args], { env, detached: true, stdio: 'pipe' })
  }

  async run(work: Work): Promise<Result | Ask> {
    const { signal } = this.#options
    const onAbort = (): void => this.#end(signal.reason)
    signal.addEventListener('abort', onAbort, { once: true })
    try {
      const status = await this.#untilClosed(work)
      if (this.#ended) throw this.#ended.reason
      if (status !== 0) {
        const words = this.#lastWords.trim()
        const why = `It ended with ${status}${words === '' ? '' : `: ${words}`}`
        throw new RuntimeError('ERR_RUNTIME_HANDLER', why)
      }
      return outcomeOf(this.#answer())
    } finally {
      signal.removeEventListener('abort', onAbort)
      this.#cancelKill?.()
      // What it left running ends with it.
      this.#kill('SIGKILL')
      for (const stream of this.#child.stdio) stream?.destroy()
    }
  }

  async #untilClosed(work: Work): Promise<number | string> {
    const child = this.#child
    const closed = Promise.withResolvers<number | string>()
    child.on('error', (cause) => {
      const why = `It could not be run: ${cause.message}`
      closed.reject(new RuntimeError('ERR_RUNTIME_HANDLER', why, { cause }))
    })
    child.on('close', (code, signal) => closed.resolve(code ?? String(signal)))
    // A descendant that has left the group may hold the pipes open: nobody waits for it.
    child.on('exit', (code, signal) => {
      const late = this.#init.schedule(() => closed.resolve(code ?? String(signal)), KILL_MS)
      child.on('close', late)
    })
    child.stdout.on('data', (chunk: Buffer) => {
      if (this.#take(chunk)) this.#said.push(chunk)
    })
    const decoder = new TextDecoder()
    child.stderr.on('data', (chunk: Buffer) => {
      if (!this.#take(chunk)) return
      const text = decoder.decode(chunk, { stream: true })
      this.#lastWords = `${this.#lastWords}${text}`.slice(-SAID)
      this.#options.log(text)
    })
    // A program that does not read what it is given may be right all the same.
    child.stdin.on('error', () => {})
    child.stdin.end(JSON.stringify(workAsJson(work)))
    return closed.promise
  }

  #take({ length }: Buffer): boolean {
    this.#bytes += length
    if (this.#bytes > this.#init.outputBytes) this.#end(flood(this.#init.outputBytes), 'SIGKILL')
    return this.#ended === undefined
  }

  #end(reason: unknown, how: 'SIGTERM' | 'SIGKILL' = 'SIGTERM'): void {
    if (this.#ended) return
    this.#ended = { reason }
    this.#kill(how)
    if (how === 'SIGKILL') return
    this.#cancelKill = this.#init.schedule(() => this.#kill('SIGKILL'), KILL_MS)
  }

  #kill(how: NodeJS.Signals): void {
    const { pid } = this.#child
    if (pid === undefined) return
    try {
      process.kill(-pid, how)
    } catch {
      // None of the group is left; where there are no groups, the program itself is ended.
      this.#child.kill(how)
    }
  }

  #answer(): unknown {
    const text = Buffer.concat(this.#said).toString('utf8').trim()
    const whole = jsonIn(text)
    if (whole !== undefined) return whole
    let answer: unknown
    for (const line of text.split('\n').filter((one) => one.trim() !== '')) {
      const said = jsonIn(line)
      if (typeof said !== 'object' || said === null) {
        const begin = JSON.stringify(line.slice(0, 60))
        throw new RuntimeError('ERR_RUNTIME_HANDLER_ANSWER', `Expected JSON, got ${begin}`)
      }
      if ('log' in said) this.#options.log(`${String(said.log)}\n`)
      else answer = said
    }
    return answer
  }
}

function jsonIn(text: string): unknown {
  try {
    return JSON.parse(text) as unknown
  } catch {
    return undefined
  }
}
