import { ImportError } from './errors.ts'

/** A name in a repository and the commit it stands for; `HEAD` is one. */
export interface Ref {
  readonly name: string
  readonly id: string
}

const LISTED = 20

/** Reads what `git show-ref` and `git bundle list-heads` print. */
export function parseRefs(text: string): Ref[] {
  return text
    .split('\n')
    .filter((line) => line.includes(' '))
    .map((line) => {
      const space = line.indexOf(' ')
      return { id: line.slice(0, space), name: line.slice(space + 1) }
    })
}

/**
 * The branch that is read: the one that is wanted, else HEAD, `main`, `master` or the only one.
 *
 * @throws ImportError `ERR_IMPORT_BRANCH` naming the branches there are; `ERR_IMPORT_NO_RECORDS` where
 *   there is no commit at all.
 */
export function chooseBranch(refs: readonly Ref[], wanted?: string): Ref {
  if (refs.length === 0) {
    throw new ImportError(
      'ERR_IMPORT_NO_RECORDS',
      'Expected a history, found a repository without a commit',
    )
  }
  const branches = refs.filter(({ name }) => name.startsWith('refs/heads/'))
  const names =
    wanted === undefined
      ? ['HEAD', 'refs/heads/main', 'refs/heads/master']
      : [`refs/heads/${wanted}`, `refs/tags/${wanted}`, `refs/remotes/${wanted}`, wanted]
  for (const name of names) {
    const found = refs.find((ref) => ref.name === name)
    if (found) return found
  }
  const [only] = branches
  if (wanted === undefined && only && branches.length === 1) return only
  throw new ImportError(
    'ERR_IMPORT_BRANCH',
    `Expected ${wanted === undefined ? 'HEAD, main, master or a single branch' : `a branch ${JSON.stringify(wanted)}`}, found ${listed(branches)}`,
  )
}

function listed(branches: readonly Ref[]): string {
  if (branches.length === 0) return 'no branch'
  const names = branches.slice(0, LISTED).map(({ name }) => name.replace('refs/heads/', ''))
  const more = branches.length > LISTED ? ` and ${branches.length - LISTED} more` : ''
  return `${names.join(', ')}${more}: choose one`
}
