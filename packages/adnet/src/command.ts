import { execFile } from 'node:child_process'
import { z } from 'zod'
import { AdnetError } from './errors.ts'
import { address, amount, hash, height, lots, pair, price, side, spent, token } from './values.ts'

const MOST_OUTPUT = 1 << 20
const receipt = z.object({ transaction: hash })

/** The commands of the Adnet program that are used here: words, flags, and the JSON that they print. */
const COMMANDS = {
  newAccount: {
    words: ['account', 'new'],
    flags: {},
    output: z.object({ address, publicKey: hash }),
  },
  account: {
    words: ['account', 'get'],
    flags: { address },
    output: z.object({ address, balances: z.partialRecord(token, amount) }),
  },
  transfer: {
    words: ['account', 'transfer'],
    flags: { to: address, token, amount: spent },
    output: receipt,
  },
  order: {
    words: ['trade', 'order'],
    flags: { pair, side, price, size: lots },
    output: receipt.extend({ order: hash, filled: z.int() }),
  },
  cancel: { words: ['trade', 'cancel'], flags: { order: hash }, output: receipt },
  validator: {
    words: ['validator', 'info'],
    flags: { address },
    output: z.object({ address, stake: amount, height }),
  },
  claimRewards: { words: ['rewards', 'claim'], flags: {}, output: receipt.extend({ amount }) },
} as const satisfies Readonly<Record<string, Command>>

interface Command {
  readonly words: readonly string[]
  readonly flags: Readonly<Record<string, z.ZodType>>
  readonly output: z.ZodType
}

type Flags<C extends Command> = z.output<z.ZodObject<C['flags']>>

export interface RunOptions {
  readonly signal?: AbortSignal
  /** Milliseconds. 30,000 if left out. */
  readonly timeoutMs?: number
}

/** The Adnet program: a function for each command. */
export type Adnet = {
  readonly [N in keyof typeof COMMANDS]: (
    flags: Flags<(typeof COMMANDS)[N]>,
    options?: RunOptions,
  ) => Promise<z.output<(typeof COMMANDS)[N]['output']>>
}

export interface AdnetInit {
  /** Where the program is: a path, or a name on the PATH. `adnet` if left out. */
  readonly program?: string
  /** What comes before the words of each command. None if left out. */
  readonly args?: readonly string[]
  /** Its environment; that of this process if left out. */
  readonly env?: Readonly<Record<string, string>>
}

/**
 * Wraps the Adnet program. It is started without a shell, with `--json`, and its output is checked.
 *
 * Its functions throw `ERR_ADNET_INPUT` for flags that cannot be, `ERR_ADNET_COMMAND` where it cannot be
 * started or ends with another status than 0, `ERR_ADNET_RESPONSE` for an output that is not as expected,
 * `ERR_ADNET_TIMEOUT`, `ERR_ADNET_TOO_LARGE` beyond 1 MiB, and the reason of the signal.
 */
export function createAdnet(init: AdnetInit = {}): Adnet {
  const run =
    (name: string, command: Command) =>
    async (flags: unknown, options: RunOptions = {}) => {
      const args = [
        ...(init.args ?? []),
        ...command.words,
        '--json',
        ...argumentsOf(name, command, flags),
      ]
      const text = await output(name, init, args, options)
      let json: unknown
      try {
        json = JSON.parse(text)
      } catch (cause) {
        throw new AdnetError('ERR_ADNET_RESPONSE', `${name} printed no JSON`, { cause })
      }
      const result = command.output.safeParse(json)
      if (result.success) return result.data
      throw new AdnetError('ERR_ADNET_RESPONSE', `${name} printed something else than expected`, {
        cause: result.error,
      })
    }
  const commands = Object.entries(COMMANDS).map(([name, command]) => [name, run(name, command)])
  return Object.fromEntries(commands) as Adnet
}

function argumentsOf(name: string, command: Command, flags: unknown): string[] {
  const result = z.safeEncode(z.strictObject(command.flags), flags as Record<string, unknown>)
  if (!result.success) {
    const [issue] = result.error.issues
    throw new AdnetError('ERR_ADNET_INPUT', `${name}: ${issue?.path.join('.')} ${issue?.message}`)
  }
  return Object.entries(result.data).flatMap(([flag, value]) => [`--${flag}`, String(value)])
}

async function output(
  name: string,
  init: AdnetInit,
  args: string[],
  options: RunOptions,
): Promise<string> {
  const { program = 'adnet', env } = init
  const { signal, timeoutMs = 30_000 } = options
  signal?.throwIfAborted()
  return new Promise((resolve, reject) => {
    execFile(
      program,
      args,
      {
        timeout: timeoutMs,
        killSignal: 'SIGKILL',
        maxBuffer: MOST_OUTPUT,
        ...(signal && { signal }),
        ...(env && { env: { ...env } }),
      },
      (error, stdout, stderr) => {
        if (!error) return resolve(stdout)
        if (signal?.aborted) return reject(signal.reason as Error)
        reject(commandError(name, error, stderr, timeoutMs))
      },
    )
  })
}

function commandError(
  name: string,
  error: Error & { code?: unknown; killed?: boolean },
  stderr: string,
  timeoutMs: number,
): AdnetError {
  if (error.code === 'ERR_CHILD_PROCESS_STDIO_MAXBUFFER') {
    return new AdnetError('ERR_ADNET_TOO_LARGE', `${name} printed over ${MOST_OUTPUT} bytes`)
  }
  if (error.killed) {
    return new AdnetError('ERR_ADNET_TIMEOUT', `${name} took over ${timeoutMs} ms`, {
      cause: error,
    })
  }
  const said = stderr.trim().split('\n').at(-1)?.slice(0, 500)
  const message = `${name} ended with ${String(error.code)}${said ? `: ${said}` : ''}`
  return new AdnetError('ERR_ADNET_COMMAND', message, { cause: error })
}
