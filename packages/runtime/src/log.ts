import { pino, type Logger } from 'pino'
import type { Output } from './progress.ts'

export type LogLevel = 'debug' | 'info' | 'warn' | 'error' | 'silent'

export interface LogInit {
  readonly output: Output
  /** What is left out is not even put together; `info` if left out. */
  readonly level?: LogLevel
  /** JSON lines, or lines for people; for people on a terminal if left out, else JSON. */
  readonly format?: 'json' | 'text'
  /** Milliseconds since 1970; the system's clock if left out. */
  readonly now?: () => number
  /** Paths of what is not shown, such as `token` or `*.passphrase`, besides those that never are. */
  readonly secrets?: readonly string[]
}

/** Where what happens is told. Give each part its own: `log.child({ part: 'mesh' })`. */
export type Log = Logger

const SECRETS = ['authorization', 'passphrase', 'password', 'privateKey', 'secret', 'seed', 'token']
const SHOWN = { 20: 'debug', 30: 'info', 40: 'warn', 50: 'error' } as const

/** Makes a log. */
export function createLog({
  output,
  level = 'info',
  format,
  now = Date.now,
  secrets = [],
}: LogInit): Log {
  const isText = (format ?? (output.isTTY ? 'text' : 'json')) === 'text'
  const hidden = SECRETS.flatMap((name) => [name, `*.${name}`])
  return pino(
    {
      level,
      base: null,
      timestamp: () => `,"time":"${new Date(now()).toISOString()}"`,
      redact: { paths: [...hidden, ...secrets], censor: '***' },
      serializers: { error: (error: unknown) => describe(error) },
    },
    { write: (line) => void output.write(isText ? textOf(line) : line) },
  )
}

/** An error with its code and what caused it. */
function describe(error: unknown): unknown {
  if (!(error instanceof Error)) return error
  const { message, cause } = error
  const code = 'code' in error ? error.code : undefined
  return {
    ...(code !== undefined && { code }),
    message,
    ...(cause !== undefined && { cause: describe(cause) }),
  }
}

function textOf(line: string): string {
  const { level, time, msg, part, ...rest } = JSON.parse(line) as Record<string, unknown>
  const name = SHOWN[level as keyof typeof SHOWN] ?? String(level)
  const fields = Object.entries(rest).map(([key, value]) => `${key}=${short(value)}`)
  const said = [part, msg].filter((word) => typeof word === 'string')
  return `${[String(time).slice(11, 19), name.padEnd(5), ...said, ...fields].join(' ')}\n`
}

function short(value: unknown): string {
  const text = typeof value === 'string' ? value : JSON.stringify(value)
  return /[\s"]/.test(text) && typeof value === 'string' ? JSON.stringify(text) : text
}
