import { Readable } from 'node:stream'
import { byteReader } from './byte-reader.ts'
import { ImportError } from './errors.ts'
import { startGit, type Git } from './git.ts'

/** A content of the repository. */
export type Blob =
  | { readonly bytes: Uint8Array }
  /** Why it can't be had. */
  | { readonly missing: string }

const LINE_FEED = 10

/** Contents by their ids, in the order asked for, one at a time; of over `limit` bytes, none. */
export async function* readBlobs(
  git: Git,
  ids: Iterable<string>,
  limit: number,
): AsyncGenerator<Blob> {
  const child = startGit(git, ['cat-file', '--batch', '--buffer'])
  try {
    Readable.from(lines(ids)).pipe(child.stdin)
    const reader = byteReader(child.output)
    for (;;) {
      const header = (await reader.until(LINE_FEED))?.toString('latin1')
      if (header === undefined) return
      const [, type, length] = header.split(' ')
      const size = Number(length)
      if (type === 'missing') {
        yield { missing: 'its content is not in this repository (a partial clone?)' }
      } else if (size > limit) {
        if (!(await reader.skip(size + 1))) throw cutShort()
        yield { missing: `it has ${size} bytes, more than ${limit}` }
      } else {
        const bytes = await reader.take(size)
        if (!bytes || !(await reader.skip(1))) throw cutShort()
        yield { bytes }
      }
    }
  } finally {
    await child.stop()
  }
}

/** The content asked for next. */
export async function nextBlob(blobs: AsyncGenerator<Blob>): Promise<Blob> {
  const next = await blobs.next()
  if (next.done)
    throw new ImportError('ERR_IMPORT_GIT', 'git cat-file ended before the last content')
  return next.value
}

/** A write for each few hundred ids: a write for each id costs more than the id's content. */
function* lines(ids: Iterable<string>): Generator<string> {
  let text = ''
  for (const id of ids) {
    text += `${id}\n`
    if (text.length > 16_384) {
      yield text
      text = ''
    }
  }
  yield text
}

function cutShort(): ImportError {
  return new ImportError('ERR_IMPORT_GIT', 'git cat-file ended in the middle of a content')
}
