import type { Call } from './client-call.ts'
import type { Content } from './client-types.ts'

/** What is sent for a content, and its media type. */
export function bodyOf(
  content: Content,
  contentType: string | undefined,
): Required<Pick<Call, 'body' | 'repeatable'>> & { readonly type: string } {
  const type =
    contentType ??
    (typeof content === 'string' ? 'text/plain; charset=utf-8' : 'application/octet-stream')
  if (typeof content === 'string') return { type, body: () => content, repeatable: true }
  if (content instanceof Uint8Array) {
    return { type, body: () => content as Uint8Array<ArrayBuffer>, repeatable: true }
  }
  if (typeof content === 'function') {
    return { type, body: () => streamOf(content()), repeatable: true }
  }
  return { type, body: () => streamOf(content), repeatable: false }
}

/** `ReadableStream.from` is not in every browser. */
function streamOf(source: AsyncIterable<Uint8Array>): ReadableStream<Uint8Array> {
  const iterator = source[Symbol.asyncIterator]()
  return new ReadableStream<Uint8Array>({
    pull: async (controller) => {
      const { done, value } = await iterator.next()
      if (done) controller.close()
      else controller.enqueue(value)
    },
    cancel: async () => {
      await iterator.return?.()
    },
  })
}
