import { mkdir, writeFile } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import { loadOrCreateIdentity } from '@bzzz/identity'
import type { Setting } from '../configuration/settings.ts'
import { templateOf } from '../configuration/template.ts'
import type { Kind } from '../participant/configuration.ts'
import type { Output } from '../progress.ts'

export interface InitOptions {
  /** Folder of the key and the contexts. */
  readonly home: string
  /** Where the configuration is written. */
  readonly file: string
  /** Take the place of a file that is there. */
  readonly force?: boolean
  readonly name?: string | undefined
  readonly roles?: readonly string[] | undefined
  /** Projects that it takes part in. */
  readonly projects?: readonly string[] | undefined
  /** Multiaddrs of nodes to join. */
  readonly bootstrap?: readonly string[] | undefined
}

/** What was made. */
export interface Initialised {
  readonly did: string
  readonly home: string
  readonly configuration: string
}

/**
 * Makes a key, and a configuration in which every setting stands with its default, to be changed.
 *
 * @throws `EEXIST` where there is a configuration already.
 */
export async function initParticipant(
  { home, file, force = false, name, roles, projects, bootstrap }: InitOptions,
  {
    kind,
    settings,
    program,
  }: { readonly kind: Kind; readonly settings: readonly Setting[]; readonly program: string },
): Promise<Initialised> {
  const folder = resolve(home)
  await mkdir(folder, { recursive: true, mode: 0o700 })
  await mkdir(dirname(resolve(file)), { recursive: true })
  const given = {
    kind,
    home: folder,
    name,
    'about.roles': roles,
    'mesh.bootstrap': bootstrap,
    // An agent follows those whose tasks it takes; a person reads along.
    ...(kind === 'agent'
      ? { 'worker.projects': projects }
      : { 'mesh.follow': projects?.map((project) => `ucxl://any:any@${project}:any/**`) }),
  }
  const title = `${program} config print shows what is in force.`
  await writeFile(file, templateOf(settings, { given, title }), { flag: force ? 'w' : 'wx' })
  const { did } = await loadOrCreateIdentity(join(folder, 'identity.json'))
  return { did, home: folder, configuration: file }
}

/** Says what was made. */
export function tellInitialised(
  made: Initialised,
  {
    output,
    json,
    next,
  }: { readonly output: Output; readonly json: boolean; readonly next: string },
): void {
  if (json) output.write(`${JSON.stringify(made)}\n`)
  else
    output.write(
      `Made ${made.configuration} and a key in ${made.home}.\nThis participant is ${made.did}.\n\nNext: ${next}\n`,
    )
}
