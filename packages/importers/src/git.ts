import { spawn, type ChildProcessByStdio } from 'node:child_process'
import type { Readable, Writable } from 'node:stream'
import { ImportError } from './errors.ts'

/** One repository that git commands are run in. */
export interface Git {
  /** What comes before the command: `-C <folder>` or `--git-dir <folder>`. */
  readonly at: readonly string[]
  /** Whether the user's git configuration counts: it says which repositories of others to trust. */
  readonly userConfig: boolean
  readonly signal?: AbortSignal | undefined
}

export interface GitProcess {
  readonly stdin: Writable
  /**
   * What it prints, to its end.
   *
   * @throws ImportError `ERR_IMPORT_GIT_MISSING`; `ERR_IMPORT_GIT` where it ends with an error; the
   *   signal's reason.
   */
  readonly output: AsyncIterable<Buffer>
  /** Ends it, and waits until it is gone: nothing holds its files open then. */
  stop(): Promise<void>
}

// Settings of the repository or the user that would start a program or change what is read.
const OVERRIDES = [
  'core.hooksPath=/dev/null',
  'core.fsmonitor=false',
  'gc.auto=0',
  'maintenance.auto=false',
  'log.showRoot=true',
].flatMap((setting) => ['-c', setting])

// The environment of a hook or of another git call names other repositories; these name none.
const KEPT = new Set([
  'GIT_EXEC_PATH',
  'GIT_CONFIG_GLOBAL',
  'GIT_CONFIG_SYSTEM',
  'GIT_CONFIG_NOSYSTEM',
])
const STDERR_CHARACTERS = 2000

export interface GitOptions {
  /** What may be fetched by: `file`, for a bundle; nothing if left out. */
  readonly protocols?: string
  /** Exit codes that are no failure; 0 if left out. */
  readonly exits?: readonly (number | string)[]
}

/** Starts git without a shell. */
export function startGit(git: Git, args: readonly string[], options: GitOptions = {}): GitProcess {
  const { protocols = 'none', exits = [0] } = options
  git.signal?.throwIfAborted()
  const child = spawn('git', ['--no-pager', ...git.at, ...OVERRIDES, ...args], {
    env: environment(git.userConfig, protocols),
    stdio: ['pipe', 'pipe', 'pipe'],
    windowsHide: true,
  })
  let stderr = ''
  child.stderr.setEncoding('utf8')
  child.stderr.on('data', (text: string) => {
    stderr = (stderr + text).slice(0, STDERR_CHARACTERS)
  })
  // A process that ended early is known by its exit code; its broken pipe says nothing more.
  child.stdin.on('error', () => {})
  const abort = (): void => {
    child.kill()
  }
  git.signal?.addEventListener('abort', abort, { once: true })
  const ended = exitOf(child).finally(() => git.signal?.removeEventListener('abort', abort))
  // Who reads the output sees the error; a caller that failed before does not.
  ended.catch(() => {})
  async function* read(): AsyncGenerator<Buffer> {
    try {
      yield* child.stdout as AsyncIterable<Buffer>
    } catch {
      // Its end says why, in words.
    }
    const exit = await ended
    git.signal?.throwIfAborted()
    if (!exits.includes(exit)) throw failure(args, exit, stderr)
  }
  return {
    stdin: child.stdin,
    output: read(),
    async stop() {
      child.kill()
      child.stdout.destroy()
      child.stdin.destroy()
      await ended.catch(() => {})
    },
  }
}

/** Runs git to its end. @returns what it printed. @throws as {@link GitProcess.output}. */
export async function runGit(
  git: Git,
  args: readonly string[],
  options?: GitOptions,
): Promise<string> {
  const child = startGit(git, args, options)
  try {
    child.stdin.end()
    const chunks: Buffer[] = []
    for await (const chunk of child.output) chunks.push(chunk)
    return Buffer.concat(chunks).toString('utf8')
  } finally {
    await child.stop()
  }
}

async function exitOf(
  child: ChildProcessByStdio<Writable, Readable, Readable>,
): Promise<number | string> {
  const { promise, resolve, reject } = Promise.withResolvers<number | string>()
  child.once('error', (cause) => {
    reject(
      'code' in cause && cause.code === 'ENOENT'
        ? new ImportError(
            'ERR_IMPORT_GIT_MISSING',
            'Expected git on the PATH, found none: install it (https://git-scm.com/downloads), then run the import again. Without git, a plain folder of records can be imported as it stands.',
            { cause },
          )
        : new ImportError('ERR_IMPORT_GIT', `git could not be started: ${cause.message}`, {
            cause,
          }),
    )
  })
  child.once('close', (code, killedBy) => resolve(code ?? killedBy ?? 'no exit code'))
  return promise
}

function environment(userConfig: boolean, protocols: string): NodeJS.ProcessEnv {
  const inherited = Object.entries(process.env).filter(
    ([name]) => !name.toUpperCase().startsWith('GIT_') || KEPT.has(name),
  )
  return {
    ...Object.fromEntries(inherited),
    ...(userConfig ? {} : { GIT_CONFIG_NOSYSTEM: '1', GIT_CONFIG_GLOBAL: '/dev/null' }),
    GIT_TERMINAL_PROMPT: '0',
    GIT_ALLOW_PROTOCOL: protocols,
    GIT_NO_LAZY_FETCH: '1',
    GIT_NO_REPLACE_OBJECTS: '1',
    GIT_OPTIONAL_LOCKS: '0',
    // Its messages are told apart, and shown, in one language.
    LC_ALL: 'C',
    LANGUAGE: 'C',
  }
}

function failure(args: readonly string[], exit: number | string, stderr: string): ImportError {
  const said = stderr.trim() || 'without a message'
  const advice = /dubious ownership|unsafe repository/.test(stderr)
    ? '. The repository belongs to another user: if you trust it, run the git config command above, or import a bundle of it (git bundle create records.bundle --all)'
    : ''
  return new ImportError('ERR_IMPORT_GIT', `git ${args[0]} failed (${exit}): ${said}${advice}`)
}
