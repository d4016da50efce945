import { spawn } from 'node:child_process'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { ParticipantConfiguration } from '@bzzz/runtime'
import { CommandError } from '../command-error.ts'
import { createPortal } from './create-portal.ts'
import { openSource } from './open-source.ts'
import type { Portal } from './portal.ts'
import { showScreen } from './screen.ts'

export interface StartInit {
  readonly configuration: ParticipantConfiguration
  readonly version: string
  /** Stays on the home's store, without a mesh. */
  readonly alone: boolean
  readonly now: () => number
  readonly stdin: NodeJS.ReadStream
  readonly stdout: NodeJS.WriteStream
  readonly environment: NodeJS.ProcessEnv
  readonly signal: AbortSignal
}

type Suspend = (work: () => Promise<void>) => Promise<void>

const SECOND = 1000

/** Shows the portal on a terminal until the person leaves. */
export async function startPortal(init: StartInit): Promise<void> {
  const { configuration, version, alone, now, stdin, stdout, environment, signal } = init
  const shown: { portal?: Portal; suspend?: Suspend } = {}
  const source = await openSource({
    configuration,
    version,
    alone,
    now,
    schedule,
    onStanding: () => shown.portal?.redraw(),
  })
  const portal = createPortal({
    source,
    now,
    schedule,
    edit: async (text) => {
      let edited = text
      await shown.suspend?.(async () => {
        edited = await editorOf(environment)(text)
      })
      return edited
    },
  })
  shown.portal = portal
  const unwatch = source.store.watch((changes) => portal.onChanges(changes))
  const clock = setInterval(() => portal.onSecond(), SECOND)
  portal.start()
  const isColourless = (environment['NO_COLOR'] ?? '') !== ''
  const lend = (suspend: Suspend): void => {
    shown.suspend = suspend
  }
  try {
    await showScreen({ portal, stdin, stdout, isColourless, lend }, signal)
  } finally {
    clearInterval(clock)
    unwatch()
    portal.stop()
    await source.close()
  }
}

/** Runs the person's editor on a file of its own. */
function editorOf(environment: NodeJS.ProcessEnv): (text: string) => Promise<string> {
  const usual = process.platform === 'win32' ? 'notepad' : 'vi'
  const command = environment['VISUAL'] ?? environment['EDITOR'] ?? usual
  return async (text) => {
    const folder = await mkdtemp(join(tmpdir(), 'bzzz-edit-'))
    const file = join(folder, 'text.md')
    try {
      await writeFile(file, text, { mode: 0o600 })
      // By a shell, since it may have options: EDITOR='code --wait'. The file's name is our own.
      const editor = spawn(`${command} "${file}"`, { shell: true, stdio: 'inherit' })
      const status = await new Promise((resolve, reject) => {
        editor.once('error', reject).once('exit', resolve)
      })
      if (status !== 0)
        throw new CommandError('ERR_HAP_EDITOR', `${command} ended with ${String(status)}`)
      return await readFile(file, 'utf8')
    } finally {
      await rm(folder, { recursive: true })
    }
  }
}

function schedule(run: () => void, ms: number): () => void {
  const timer = setTimeout(run, ms)
  return () => clearTimeout(timer)
}
