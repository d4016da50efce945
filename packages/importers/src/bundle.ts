import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { chooseBranch, parseRefs } from './branches.ts'
import { ImportError } from './errors.ts'
import { runGit, type Git } from './git.ts'

/** How a git bundle begins (gitformat-bundle). */
export const BUNDLE_HEADER = /^# v[23] git bundle\n/

export interface BundleOptions {
  readonly path: string
  /** The beginning of the file. */
  readonly header: string
  readonly branch: string | undefined
  readonly signal: AbortSignal | undefined
}

export interface OpenBundle {
  readonly git: Git
  /** Id of the newest commit of the branch. */
  readonly tip: string
  close(): Promise<void>
}

/** Unpacks one branch of a bundle into a repository in a temporary folder, which `close` removes. */
export async function openBundle(options: BundleOptions): Promise<OpenBundle> {
  const { path, header, branch, signal } = options
  const folder = await mkdtemp(join(tmpdir(), 'bzzz-import-'))
  const close = (): Promise<void> => rm(folder, { recursive: true, force: true, maxRetries: 3 })
  try {
    // A repository of our own needs nothing of the user's configuration, its hooks least of all.
    const git: Git = { at: ['--git-dir', folder], userConfig: false, signal }
    const format = /^@object-format=(sha256)$/m.exec(header)
    await runGit({ ...git, at: [] }, [
      'init',
      '--quiet',
      '--bare',
      '--template=',
      ...(format ? ['--object-format=sha256'] : []),
      folder,
    ])
    const refs = parseRefs(await runGit(git, ['bundle', 'list-heads', path]))
    if (refs.length === 0) throw new ImportError('ERR_IMPORT_GIT', 'it names no branch')
    const chosen = chooseBranch(refs, branch)
    const refspec = `${chosen.name}:refs/heads/import`
    await runGit(git, ['fetch', '--quiet', '--no-tags', '--', path, refspec], {
      protocols: 'file',
    })
    return { git, tip: chosen.id, close }
  } catch (error) {
    await close()
    if (!ImportError.is(error, 'ERR_IMPORT_GIT')) throw error
    throw new ImportError(
      'ERR_IMPORT_GIT',
      `The bundle ${path} cannot be unpacked; is it whole, and not one that continues another? ${error.message}`,
      { cause: error },
    )
  }
}
