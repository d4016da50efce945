import { readFileSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { Command, CommanderError, InvalidArgumentError, Option } from 'commander'
import { startSlurp } from './start-slurp.ts'
import type { DecisionStorage } from './storage.ts'
import { readTokens } from './tokens.ts'

/** What the command needs of the world. */
export interface World {
  /** Ends the service. */
  readonly signal: AbortSignal
  /** A database to keep decisions in, where the arguments name none: it may have a password in it. */
  readonly database?: string | undefined
  /** Writes what was asked for. */
  say(text: string): void
  /** Says what went wrong, in one line. */
  warn(line: string): void
  /** The exit status; 0 if it is never called. */
  fail(status: number): void
}

interface Options {
  readonly file?: string
  readonly database?: string
  readonly schema?: string
  readonly durability: 'normal' | 'full'
  readonly port: number
  readonly host: string
  readonly tokens?: string
  readonly allowHost?: string[]
  readonly allowOrigin?: string[]
  readonly json?: boolean
}

const { version } = JSON.parse(
  readFileSync(new URL('../package.json', import.meta.url), 'utf8'),
) as { version: string }
const FILE = 'decisions.db'
const PORT = 8090
const MAX_PORT = 65_535
const CANNOT = 1
const USAGE = 2

/** Runs the service until the signal. What goes wrong is one line: status 1, or 2 for wrong usage. */
export async function runProgram(world: World, args: readonly string[]): Promise<void> {
  try {
    await makeProgram(world).parseAsync(args, { from: 'user' })
  } catch (error) {
    // Commander has said it by then. To ask for help is no error.
    if (error instanceof CommanderError) return world.fail(error.exitCode === 0 ? 0 : USAGE)
    const { code, message } = error as { readonly code?: unknown; readonly message?: string }
    const words = message ?? String(error)
    world.warn(typeof code === 'string' && !words.includes(code) ? `${code}: ${words}` : words)
    world.fail(CANNOT)
  }
}

function makeProgram(world: World): Command {
  return new Command('bzzz-slurp')
    .description('Serves the graph of decisions: takes them in, says what rests on what, searches')
    .version(version)
    .configureOutput({
      writeOut: (text) => world.say(text),
      writeErr: (text) => world.warn(text.trimEnd()),
    })
    .showHelpAfterError('(bzzz-slurp --help tells more)')
    .exitOverride()
    .option('-f, --file <file>', `keep decisions in this file (default: ${FILE})`)
    .addOption(
      new Option(
        '-d, --database <url>',
        'keep them in PostgreSQL, with other services (BZZZ_SLURP_DATABASE)',
      ).conflicts('file'),
    )
    .option('--schema <name>', 'the schema in the database (default: slurp)')
    .addOption(
      new Option('--durability <how>', 'what an acknowledged decision survives: full, a power cut')
        .choices(['normal', 'full'])
        .default('normal'),
    )
    .option('-p, --port <port>', 'port to listen on; 0 takes any that is free', portOf, PORT)
    .option('--host <address>', 'address to listen on; all but loopback need --tokens', '127.0.0.1')
    .option('--tokens <file>', 'who is let in: lines of read, deliver or administer, and a token')
    .option('--allow-host <name...>', 'other names under which it may be asked: slurp.example')
    .option('--allow-origin <origin...>', 'origins whose pages may ask: https://portal.example')
    .option('--json', 'tell the address as JSON')
    .action(async (options: Options) => serve(world, options))
    .addHelpText(
      'after',
      `
Examples:
  bzzz-slurp                                     on ${FILE}, for this machine alone
  bzzz-slurp --file team.db --port 9000
  bzzz-slurp --host 0.0.0.0 --allow-host slurp.example:${PORT} --tokens tokens.txt
  bzzz-slurp --database postgres://slurp@db.example/decisions

Where agents deliver to it: slurp.url, and slurp.token, of their configuration.
Exit status: 0 ended by a signal, 1 it cannot run, 2 wrong usage, 130 given up by a second Ctrl-C.
`,
    )
}

async function serve(world: World, options: Options): Promise<void> {
  const { host, port, tokens, allowHost = [], allowOrigin = [] } = options
  const authorize = tokens === undefined ? undefined : readTokens(await readFile(tokens, 'utf8'))
  const storage = await openStorage(world, options)
  try {
    const service = await startSlurp({
      storage,
      host,
      port,
      allowHosts: allowHost,
      allowOrigins: allowOrigin,
      onError: (error) => world.warn(error instanceof Error ? error.message : String(error)),
      ...(authorize && { authorize }),
    })
    const { url } = service
    world.say(options.json ? `${JSON.stringify({ url })}\n` : `${url}\n`)
    await ended(world.signal)
    await service.close()
  } finally {
    await storage.close()
  }
}

async function openStorage(world: World, options: Options): Promise<DecisionStorage> {
  const { file, schema, durability } = options
  const database = options.database ?? (file === undefined ? world.database : undefined)
  if (database === undefined) {
    const { openSqliteStorage } = await import('./sqlite.ts')
    return openSqliteStorage({ file: file ?? FILE, durability })
  }
  const { openPostgresStorage } = await import('./postgres/index.ts').catch((cause: unknown) => {
    throw explained(cause)
  })
  return openPostgresStorage({ url: database, ...(schema !== undefined && { schema }) })
}

/** Most keep a file: the client of PostgreSQL is not installed with this package. */
function explained(cause: unknown): unknown {
  if ((cause as NodeJS.ErrnoException).code !== 'ERR_MODULE_NOT_FOUND') return cause
  return new Error('The client of PostgreSQL is not installed: npm install postgres', { cause })
}

function portOf(text: string): number {
  const port = Number(text)
  if (/^\d+$/.test(text) && port <= MAX_PORT) return port
  throw new InvalidArgumentError(`Expected a port from 0 to ${MAX_PORT}.`)
}

async function ended(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return
  await new Promise<void>((done) => {
    signal.addEventListener('abort', () => done(), { once: true })
  })
}
