import { closeSync, createReadStream, openSync, writeSync } from 'node:fs'
import { z } from 'zod'
import { BotError } from './errors.ts'

const BUFFER_CHARACTERS = 64 * 1024
const MOST_LINE = 64 * 1024

const operation = z.object({
  type: z.literal('operation'),
  behavior: z.string(),
  bot: z.string(),
  phase: z.string().exactOptional(),
  intendedAt: z.number(),
  startedAt: z.number(),
  endedAt: z.number(),
  error: z.string().exactOptional(),
  measures: z.record(z.string(), z.number()).exactOptional(),
})
const dropped = z.object({
  type: z.literal('dropped'),
  behavior: z.string(),
  count: z.int().nonnegative(),
  at: z.number(),
})
const note = z.object({
  type: z.literal('note'),
  at: z.number(),
  what: z.string(),
  details: z.record(z.string(), z.unknown()),
})
const logEvent = z.discriminatedUnion('type', [operation, dropped, note])

/** One line of the log. */
export type LogEvent = z.infer<typeof logEvent>

/** A log to which events are added, and in which none is changed. */
export interface EventLog {
  /** Adds an event. @throws `ERR_BOT_LOG` where it cannot be written; `ERR_BOT_CLOSED`. */
  append(event: LogEvent): void
  /** Writes what is still in memory. @throws `ERR_BOT_LOG`. */
  flush(): void
  /** Flushes and closes. */
  close(): void
}

/**
 * Opens a file of NDJSON to add to; it is made where there is none. At most 64 KiB are in memory: what was
 * appended since the last flush is lost in a crash, and a line that is torn then is skipped when it is read.
 *
 * @throws `ERR_BOT_LOG`.
 */
export function openEventLog(path: string): EventLog {
  return new FileLog(path)
}

class FileLog implements EventLog {
  readonly #path: string
  #file: number | undefined
  #buffer = ''

  constructor(path: string) {
    this.#path = path
    this.#file = this.#try(() => openSync(path, 'a'))
  }

  append(event: LogEvent): void {
    if (this.#file === undefined) throw new BotError('ERR_BOT_CLOSED', 'The log was closed')
    this.#buffer += `${JSON.stringify(event)}\n`
    if (this.#buffer.length >= BUFFER_CHARACTERS) this.flush()
  }

  flush(): void {
    const file = this.#file
    if (file === undefined || this.#buffer === '') return
    const bytes = Buffer.from(this.#buffer)
    this.#buffer = ''
    this.#try(() => {
      for (let place = 0; place < bytes.length;) place += writeSync(file, bytes, place)
    })
  }

  close(): void {
    const file = this.#file
    if (file === undefined) return
    try {
      this.flush()
    } finally {
      this.#file = undefined
      closeSync(file)
    }
  }

  #try<T>(run: () => T): T {
    try {
      return run()
    } catch (error) {
      const { message } = error as Error
      throw new BotError('ERR_BOT_LOG', `${this.#path} cannot be written: ${message}`, {
        cause: error,
      })
    }
  }
}

/**
 * The events of a log, in the order in which they were added.
 *
 * @param options `onSkip` is told of each line that is no event, by its number from 1: the last one of a
 * process that crashed, most often.
 * @throws `ERR_BOT_LOG` where the file cannot be read.
 */
export async function* readEventLog(
  path: string,
  options: { readonly onSkip?: (line: number) => void } = {},
): AsyncGenerator<LogEvent, void, undefined> {
  let number = 0
  for await (const line of linesOf(path)) {
    number++
    const event = line === undefined ? undefined : parse(line)
    if (event) yield event
    else options.onSkip?.(number)
  }
}

function parse(line: string): LogEvent | undefined {
  try {
    return logEvent.parse(JSON.parse(line))
  } catch {
    return undefined
  }
}

/** Lines, undefined for one that is too long to be an event. */
async function* linesOf(path: string): AsyncGenerator<string | undefined, void, undefined> {
  let rest = ''
  let tooLong = false
  try {
    for await (const chunk of createReadStream(path, 'utf8') as AsyncIterable<string>) {
      const [first = '', ...others] = chunk.split('\n')
      rest += first
      for (const line of others) {
        yield tooLong || rest.length > MOST_LINE ? undefined : rest
        tooLong = false
        rest = line
      }
      if (rest.length > MOST_LINE) {
        tooLong = true
        rest = ''
      }
    }
  } catch (error) {
    const { message } = error as Error
    throw new BotError('ERR_BOT_LOG', `${path} cannot be read: ${message}`, { cause: error })
  }
  if (tooLong || rest !== '') yield tooLong ? undefined : rest
}
