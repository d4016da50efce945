import { byteReader, type ByteReader } from './byte-reader.ts'
import { EXTENSIONS } from './classify.ts'
import { startGit, type Git } from './git.ts'
import { cut, decodeUtf8 } from './text.ts'

export interface Commit {
  readonly id: string
  /** How many commits of the line that changed a text come before it. */
  readonly place: number
  /** The committer's time, in milliseconds since 1970. */
  readonly time: number
  /** The author's time, in milliseconds since 1970. */
  readonly authored: number
  readonly author: string
  /** First line of the message, at most 200 characters. */
  readonly subject: string
}

/** What a commit did to one file. */
export interface Change {
  /** Byte for byte, as latin1 text: names that are not UTF-8 stay distinct. */
  readonly path: string
  /** The name before; the same as `path` where it was not renamed. */
  readonly from: string
  /** Id of the new content; undefined where there is no such file any more. */
  readonly blob: string | undefined
}

export interface CommitChanges {
  readonly commit: Commit
  readonly changes: readonly Change[]
}

const LOG = [
  'log',
  '--first-parent',
  '--diff-merges=first-parent',
  '--reverse',
  '--raw',
  '-z',
  '-M',
  // As many as git compares by default, whatever the configuration says.
  '-l1000',
  '-O/dev/null',
  '--no-abbrev',
  '--no-relative',
  '--no-color',
  '--no-ext-diff',
  '--no-textconv',
  '--no-show-signature',
  '--no-notes',
  '--encoding=UTF-8',
  '--format=%H%n%ct%n%at%n%an%n%s',
]
const NUL = 0
const LAST_TIME = Date.UTC(9999, 11, 31)
const SUBJECT_LENGTH = 200

/** The commits of a first-parent line that changed a text, oldest first. */
export async function* readLog(git: Git, tip: string): AsyncGenerator<CommitChanges> {
  const texts = EXTENSIONS.map((extension) => `:(top,icase)*.${extension}`)
  const child = startGit(git, [...LOG, tip, '--', ...texts])
  try {
    child.stdin.end()
    yield* parseLog(byteReader(child.output))
  } finally {
    await child.stop()
  }
}

/** Reads what `git log --raw -z` prints with the format above. */
async function* parseLog(reader: ByteReader): AsyncGenerator<CommitChanges> {
  let token = await reader.until(NUL)
  for (let place = 0; token; place++) {
    const commit = parseCommit(decodeUtf8(token), place)
    const changes: Change[] = []
    // A line feed stands between a commit and its first change.
    while ((token = await reader.until(NUL))) {
      const text = token.toString('latin1').trimStart()
      if (!text.startsWith(':')) break
      const [, mode = '', , blob = '', status = ''] = text.split(' ')
      const from = (await reader.until(NUL))?.toString('latin1') ?? ''
      // `R100` and `C075` name the file before and after.
      const path = /^[RC]/.test(status)
        ? ((await reader.until(NUL))?.toString('latin1') ?? '')
        : from
      changes.push({
        path,
        from: status.startsWith('C') ? path : from,
        // Links and submodules are no files: one that becomes either is gone.
        blob: mode.startsWith('100') ? blob : undefined,
      })
    }
    yield { commit, changes }
  }
}

function parseCommit(text: string, place: number): Commit {
  const [id = '', time = '', authored = '', author = '', ...subject] = text.split('\n')
  return {
    id,
    place,
    time: milliseconds(time),
    authored: milliseconds(authored),
    author,
    subject: cut(subject.join(' '), SUBJECT_LENGTH),
  }
}

/** A broken clock can put a commit past what a calendar holds; it is held to the year 9999. */
function milliseconds(seconds: string): number {
  return Math.min(Number.parseInt(seconds, 10) * 1000 || 0, LAST_TIME)
}
