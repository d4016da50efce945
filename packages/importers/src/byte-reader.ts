/** Reads a stream of bytes piece by piece, holding no more of it than the piece and one chunk. */
export interface ByteReader {
  /** The bytes up to a delimiter, without it; undefined where the stream ends before one. */
  until(delimiter: number): Promise<Buffer | undefined>
  /** The next `count` bytes, copied; undefined where the stream has fewer. */
  take(count: number): Promise<Buffer | undefined>
  /** Passes over `count` bytes without holding them; false where the stream has fewer. */
  skip(count: number): Promise<boolean>
}

export function byteReader(source: AsyncIterable<Buffer>): ByteReader {
  const chunks = source[Symbol.asyncIterator]()
  let chunk: Buffer = Buffer.alloc(0)
  let at = 0

  /** Goes on to the next chunk once this one is used up; false at the end. */
  async function more(): Promise<boolean> {
    while (at === chunk.length) {
      const next = await chunks.next()
      if (next.done) return false
      chunk = next.value
      at = 0
    }
    return true
  }

  return {
    async until(delimiter) {
      const parts: Buffer[] = []
      while (at < chunk.length || (await more())) {
        const end = chunk.indexOf(delimiter, at)
        const part = chunk.subarray(at, end < 0 ? chunk.length : end)
        at += part.length
        if (end >= 0) {
          at += 1
          return parts.length === 0 ? part : Buffer.concat([...parts, part])
        }
        parts.push(part)
      }
      return undefined
    },
    async take(count) {
      const bytes = Buffer.allocUnsafeSlow(count)
      let filled = 0
      while (filled < count) {
        if (!(await more())) return undefined
        const copied = chunk.copy(bytes, filled, at)
        at += copied
        filled += copied
      }
      return bytes
    },
    async skip(count) {
      let left = count
      while (left > 0) {
        if (!(await more())) return false
        const passed = Math.min(left, chunk.length - at)
        at += passed
        left -= passed
      }
      return true
    },
  }
}
