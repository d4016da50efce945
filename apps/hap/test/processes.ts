import { execFile, spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { appArguments } from '../../../test/app.ts'

// Agents and portals as processes of their own, all in one folder.

/** One that is ready. */
export interface Running {
  readonly child: ChildProcess
  readonly url: string
  readonly health: string
  readonly addresses: readonly string[]
}

export interface Outcome {
  readonly status: number
  readonly stdout: string
  readonly stderr: string
}

export interface Processes {
  readonly folder: string
  /** Starts an app; resolves when it is ready. */
  start(app: 'agent' | 'hap', ...args: string[]): Promise<Running>
  /** Runs a command of an app to its end. */
  run(app: 'agent' | 'hap', ...args: string[]): Promise<Outcome>
  /** Ends one at once, as if it had crashed. */
  kill(one: Pick<Running, 'child'>): Promise<void>
  /** Ends all of them, and removes the folder. */
  end(): Promise<void>
}

export function processes(name: string): Processes {
  const folder = mkdtempSync(join(tmpdir(), `bzzz-${name}-`))
  const running = new Set<ChildProcess>()
  const { PATH, NODE_COMPILE_CACHE } = process.env
  const env = { PATH, NODE_COMPILE_CACHE, HOME: folder }

  async function kill({ child }: Pick<Running, 'child'>): Promise<void> {
    running.delete(child)
    if (child.exitCode !== null || child.signalCode !== null) return
    child.kill('SIGKILL')
    await once(child, 'exit')
  }

  return {
    folder,
    kill,
    async start(app, ...args) {
      const options = { env, cwd: folder, stdio: 'pipe' } as const
      const child = spawn(process.execPath, [...appArguments(app), ...args], options)
      running.add(child)
      const said: string[] = []
      return new Promise((found, failed) => {
        child.once('exit', () =>
          failed(new Error(`It ended before it was ready: ${said.join('\n')}`)),
        )
        // Read on to the end: what nobody reads would hold it up.
        createInterface({ input: child.stderr }).on('line', (line) => {
          if (said.length < 100) said.push(line)
          if (!line.startsWith('{')) return
          const entry = JSON.parse(line) as Omit<Running, 'child'> & { readonly msg: string }
          if (entry.msg === 'ready') found({ ...entry, child })
        })
      })
    },
    async run(app, ...args) {
      const all = [...appArguments(app), ...args]
      return new Promise((done) => {
        execFile(process.execPath, all, { env, cwd: folder }, (error, stdout, stderr) => {
          const status = typeof error?.code === 'number' ? error.code : error ? -1 : 0
          done({ status, stdout, stderr })
        })
      })
    },
    async end() {
      for (const child of running) await kill({ child })
      rmSync(folder, { recursive: true, force: true })
    },
  }
}
