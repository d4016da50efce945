import { createParser } from 'eventsource-parser'

interface ReadEvent {
  readonly id: string | undefined
  readonly event: string | undefined
  readonly data: { address: string; version: number; content: string | null }
}

/** Reads an event stream as a browser would: what it gave, and the last id that it named. */
export interface EventReader {
  /** Resolves with the next events, so many of them. */
  take(count: number): Promise<ReadEvent[]>
  readonly lastId: () => string | undefined
  readonly comments: string[]
  close(): Promise<void>
}

export function readEvents(response: Response): EventReader {
  const events: ReadEvent[] = []
  const comments: string[] = []
  let lastId: string | undefined
  const parser = createParser({
    onId: (id) => {
      lastId = id
    },
    onComment: (comment) => comments.push(comment),
    onEvent: ({ id, event, data }) => {
      events.push({ id, event, data: JSON.parse(data) as ReadEvent['data'] })
    },
  })
  const reader = (response.body as ReadableStream<Uint8Array>)
    .pipeThrough(new TextDecoderStream())
    .getReader()
  return {
    take: async (count) => {
      while (events.length < count) {
        const { done, value } = await reader.read()
        if (done) throw new Error(`the stream ended after ${events.length} events`)
        parser.feed(value)
      }
      return events.splice(0, count)
    },
    lastId: () => lastId,
    comments,
    close: async () => reader.cancel(),
  }
}
