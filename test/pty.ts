import { existsSync } from 'node:fs'
import { resolve } from 'node:path'
import type { IPty } from '@lydell/node-pty'
import xterm from '@xterm/headless'
import { root } from './workspace.ts'

/** The program of an app as it is published. */
export function builtOf(app: string): string {
  return resolve(root, `apps/${app}/dist/main.js`)
}

const KEYS: Readonly<Record<string, string>> = {
  enter: '\r',
  escape: '\u001b',
  tab: '\t',
  backspace: '\u007f',
  up: '\u001b[A',
  down: '\u001b[B',
  left: '\u001b[D',
  right: '\u001b[C',
  'page-down': '\u001b[6~',
  'ctrl-c': '\u0003',
  'ctrl-d': '\u0004',
}

export interface PtyInit {
  /** A built program. */
  readonly program: string
  readonly args: readonly string[]
  readonly env?: Readonly<Record<string, string>>
  readonly columns?: number
  readonly rows?: number
}

/** A program on a pseudo-terminal, and the screen that a person would see. */
export class Terminal {
  readonly exited: Promise<number>
  /** All bytes that came. */
  raw = ''
  readonly #pty: IPty
  readonly #terminal: xterm.Terminal
  readonly #looking = new Set<() => void>()

  constructor(pty: IPty, { columns, rows }: { readonly columns: number; readonly rows: number }) {
    this.#pty = pty
    this.#terminal = new xterm.Terminal({ cols: columns, rows, allowProposedApi: true })
    pty.onData((data) => {
      this.raw += data
      this.#terminal.write(data, () => {
        for (const look of this.#looking) look()
      })
    })
    this.exited = new Promise((done) => {
      pty.onExit(({ exitCode }) => done(exitCode))
    })
  }

  get pid(): number {
    return this.#pty.pid
  }

  /** What stands on the screen, line by line. */
  screen(): string {
    const { active } = this.#terminal.buffer
    const lines = Array.from({ length: this.#terminal.rows }, (_, row) =>
      active.getLine(active.baseY + row)?.translateToString(true),
    )
    return lines.join('\n')
  }

  /** All that stands in the terminal, with what was scrolled away. */
  scrollback(): string {
    const { active } = this.#terminal.buffer
    const lines = Array.from({ length: active.length }, (_, row) =>
      active.getLine(row)?.translateToString(true),
    )
    return lines.join('\n')
  }

  /** True while the program has the screen for itself. */
  get isFullScreen(): boolean {
    return this.#terminal.buffer.active.type === 'alternate'
  }

  /** Presses keys: names, or texts that are typed as they are. */
  press(...keys: readonly string[]): void {
    for (const key of keys) this.#pty.write(KEYS[key] ?? key)
  }

  resize(columns: number, rows: number): void {
    this.#terminal.resize(columns, rows)
    this.#pty.resize(columns, rows)
  }

  /** The screen, as soon as it has something. @throws with the screen, where that does not come. */
  async until(wanted: string | RegExp, ms = 20_000): Promise<string> {
    const isThere = (screen: string): boolean =>
      typeof wanted === 'string' ? screen.includes(wanted) : wanted.test(screen)
    return new Promise((done, fail) => {
      const look = (): void => {
        const screen = this.screen()
        if (!isThere(screen)) return
        clearTimeout(timer)
        this.#looking.delete(look)
        done(screen)
      }
      const late = (): void => {
        this.#looking.delete(look)
        fail(new Error(`${String(wanted)} did not come:\n${this.screen()}`))
      }
      const timer = setTimeout(late, ms)
      this.#looking.add(look)
      look()
    })
  }

  kill(): void {
    this.#pty.kill('SIGKILL')
  }
}

/** Starts the built program on a pseudo-terminal. */
export async function startOnPty({
  program,
  args,
  env,
  columns = 80,
  rows = 24,
}: PtyInit): Promise<Terminal> {
  const { spawn } = await import('@lydell/node-pty')
  // Where tests run for themselves, nobody has a terminal: here somebody does.
  const { CI: _, ...inherited } = process.env
  const pty = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', program, ...args], {
    cols: columns,
    rows,
    name: 'xterm-256color',
    env: { ...inherited, TERM: 'xterm-256color', NO_COLOR: '', ...env },
  })
  return new Terminal(pty, { columns, rows })
}

/** Why there is nothing to test here; undefined where there is. */
export async function whyNoPty(program: string): Promise<string | undefined> {
  if (!existsSync(program)) return `${program} is not built: pnpm build`
  try {
    const { spawn } = await import('@lydell/node-pty')
    const pty = spawn(process.execPath, ['--version'], {})
    await new Promise<void>((done) => {
      pty.onExit(() => done())
    })
    return undefined
  } catch (error) {
    return `no pseudo-terminal can be opened: ${String(error)}`
  }
}
