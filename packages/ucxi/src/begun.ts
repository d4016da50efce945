/**
 * A stream whose first piece was read: what goes wrong at its beginning rejects here, while it can
 * still be answered.
 */
export async function begun(source: AsyncIterable<Uint8Array>): Promise<AsyncIterable<Uint8Array>> {
  const iterator = source[Symbol.asyncIterator]()
  const first = await iterator.next()
  return {
    async *[Symbol.asyncIterator]() {
      try {
        let next = first
        while (!next.done) {
          yield next.value
          next = await iterator.next()
        }
      } finally {
        await iterator.return?.()
      }
    },
  }
}
