import { open, stat } from 'node:fs/promises'
import { existsSync } from 'node:fs'
import { basename, dirname, join, posix, resolve } from 'node:path'
import { chooseBranch, parseRefs } from './branches.ts'
import { BUNDLE_HEADER, openBundle } from './bundle.ts'
import type { ImportSourceOptions } from './contract.ts'
import { ImportError } from './errors.ts'
import { runGit, type Git } from './git.ts'

/** A history to read. */
export interface HistorySource {
  readonly kind: 'bundle' | 'repository'
  /** What a person calls it: `peps` for `peps.bundle`. */
  readonly name: string
  readonly git: Git
  /** Id of the newest commit. */
  readonly tip: string
  /** Only what is under this folder of the repository; '' for all. */
  readonly folder: string
  readonly notes: readonly string[]
  /** Removes what was made for reading it. */
  close(): Promise<void>
}

/** Files without a history. */
export interface FolderSource {
  readonly kind: 'folder'
  readonly name: string
  /** The folder that names are counted from. */
  readonly path: string
  readonly notes: readonly string[]
  close(): Promise<void>
}

/** Nothing was made for reading what is a folder already. */
const close = async (): Promise<void> => {}
const TAKES = 'a git bundle, a git repository or a folder'

/** Finds out what is at a path, and makes it ready to be read. The caller closes it. */
export async function openSource(
  options: ImportSourceOptions,
  signal: AbortSignal | undefined,
): Promise<HistorySource | FolderSource> {
  signal?.throwIfAborted()
  const path = resolve(options.path)
  const unreadable = (cause: unknown): never => {
    const message = `Expected ${TAKES}, found nothing that can be read at ${path}`
    throw new ImportError('ERR_IMPORT_NOT_FOUND', message, { cause })
  }
  const found = await stat(path).catch(unreadable)
  const folder = normalFolder(options.folder ?? '')
  if (found.isDirectory()) return await openFolder(path, folder, options.branch, signal)
  const header = found.isFile() ? await beginningOf(path).catch(unreadable) : ''
  if (!BUNDLE_HEADER.test(header)) {
    throw new ImportError(
      'ERR_IMPORT_NOT_A_REPOSITORY',
      `Expected ${TAKES}, found ${path}, which is none: for a single record, name the folder that it is in`,
    )
  }
  const bundle = await openBundle({ path, header, branch: options.branch, signal })
  return { kind: 'bundle', name: nameOf(path), folder, notes: [], ...bundle }
}

async function openFolder(
  path: string,
  folder: string,
  branch: string | undefined,
  signal: AbortSignal | undefined,
): Promise<HistorySource | FolderSource> {
  const git: Git = { at: ['-C', path], userConfig: true, signal }
  let facts: string
  try {
    facts = await runGit(git, ['rev-parse', '--is-inside-work-tree', '--is-shallow-repository'])
  } catch (error) {
    const note = whyNoHistory(error, path)
    if (note === undefined) throw error
    const root = join(path, folder)
    return { kind: 'folder', name: nameOf(path), path: root, notes: [note], close }
  }
  const [inWorkTree, shallow] = facts.split('\n')
  const root = await runGit(git, [
    'rev-parse',
    inWorkTree === 'true' ? '--show-toplevel' : '--absolute-git-dir',
  ])
  const prefix = await runGit(git, ['rev-parse', '--show-prefix'])
  // Its exit code is 1 where there is no ref.
  const refs = await runGit(git, ['show-ref', '--head'], { exits: [0, 1] })
  return {
    kind: 'repository',
    name: nameOf(root.slice(0, -1)),
    git,
    tip: chooseBranch(parseRefs(refs), branch).id,
    folder: normalFolder(posix.join(prefix.slice(0, -1), folder)),
    notes:
      shallow === 'true'
        ? ['The repository is a shallow clone: its history begins where the clone was cut.']
        : [],
    close,
  }
}

/** Why a folder is taken as it stands; undefined where it has a history that can't be read. */
function whyNoHistory(error: unknown, path: string): string | undefined {
  if (ImportError.is(error, 'ERR_IMPORT_GIT_MISSING')) {
    return 'git is not installed: each record was imported as it stands, without its history.'
  }
  if (!ImportError.is(error, 'ERR_IMPORT_GIT') || existsSync(join(path, '.git'))) return undefined
  return error.message.includes('not a git repository')
    ? 'The folder is in no git repository: each record was imported as it stands, with the time of its file.'
    : undefined
}

/** A folder as git names it: no `.`, no slash at either end; '' for the top. */
function normalFolder(folder: string): string {
  const normal = posix.normalize(folder.replaceAll('\\', '/')).replaceAll(/^\/+|\/+$/g, '')
  if (normal === '..' || normal.startsWith('../')) {
    throw new ImportError(
      'ERR_IMPORT_NOT_FOUND',
      `Expected a folder inside the source, such as docs/decisions, got ${JSON.stringify(folder)}`,
    )
  }
  return normal === '.' ? '' : normal
}

function nameOf(path: string): string {
  const name = basename(path)
  return name === '.git' ? nameOf(dirname(path)) : name.replace(/\.(?:bundle|git)$/i, '')
}

async function beginningOf(path: string): Promise<string> {
  const file = await open(path)
  try {
    const { bytesRead, buffer } = await file.read(Buffer.alloc(1024), 0, 1024, 0)
    return buffer.toString('latin1', 0, bytesRead)
  } finally {
    await file.close()
  }
}
