import { readFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { join, resolve } from 'node:path'
import { loadIdentity } from '@bzzz/identity'
import { Command } from 'commander'
import type { ApprovalPolicy } from './approval/policy.ts'
import { codeOf } from './errors.ts'
import { tokensOnly } from './http/authorize.ts'
import { addInstallCommands } from './install/commands.ts'
import { openMemory } from './memory/embedded.ts'
import type { Memory } from './memory/memory.ts'
import { serveOverStdio } from './server/stdio.ts'

// The outermost shell: the only place that reads the clock, the arguments, the environment and the signals.

interface Options {
  readonly data: string
  readonly node?: string
  readonly key?: string
  readonly as?: string
  readonly http?: string
  readonly host: string
  readonly allowHost?: readonly string[]
  readonly tokens?: string
  readonly approver?: readonly string[]
  readonly approverKey?: readonly string[]
  readonly approve: string
}

const { version } = JSON.parse(
  readFileSync(new URL('../package.json', import.meta.url), 'utf8'),
) as { version: string }

const program = new Command('bzzz-mcp')
  .description('A memory that agents and people share, and that can be cited: as an MCP server.')
  .version(version)
  .option(
    '-d, --data <folder>',
    'embedded: where key, contexts and graph are kept (BZZZ_DATA)',
    process.env['BZZZ_DATA'] ?? join(homedir(), '.bzzz'),
  )
  .option('--node <url>', 'attached: talk to the node that answers there (token: BZZZ_NODE_TOKEN)')
  .option('--key <file>', "attached: the node's identity.json, to sign decisions with")
  .option('--as <place>', 'where decisions go by default: agent:role@project:task')
  .option('--http <port>', 'serve streamable HTTP on this port, and not stdio')
  .option('--host <address>', 'address to listen on; all but loopback need --tokens', '127.0.0.1')
  .option('--allow-host <name...>', 'other names under which it may be asked')
  .option('--tokens <file>', 'Bearer tokens that are let in, one a line')
  .option('--approver <who...>', 'who approves before it is kept: ada, ada:lead, any:lead')
  .option('--approver-key <did...>', 'only what was signed with one of these keys counts')
  .option('--approve <what>', 'decisions, or writes too: all', 'decisions')
  .action(serve)
  .addHelpText(
    'after',
    `
Examples:
  bzzz-mcp --as claude:architect@shop:checkout
  bzzz-mcp --node http://127.0.0.1:8080 --key ~/.bzzz-agent/identity.json
  bzzz-mcp --http 8070 --tokens tokens.txt
  bzzz-mcp install claude-code
`,
  )

addInstallCommands(program, {
  home: homedir(),
  folder: process.cwd(),
  env: process.env,
  platform: process.platform,
  say: (line) => process.stdout.write(`${line}\n`),
})

try {
  await program.parseAsync()
} catch (error) {
  const code = codeOf(error)
  const message = error instanceof Error ? error.message : String(error)
  process.stderr.write(`bzzz-mcp: ${code === undefined ? '' : `${code}: `}${message}\n`)
  process.exitCode = 1
}

function onError(error: unknown): void {
  process.stderr.write(`bzzz-mcp: ${error instanceof Error ? error.message : String(error)}\n`)
}

async function serve(options: Options): Promise<void> {
  const memory = await memoryOf(options)
  const { as: place } = options
  const approval = approvalOf(options)
  const init = { memory, place, version, now: Date.now, onError, ...(approval && { approval }) }
  const stop = new AbortController()
  const onSignal = (): void => {
    if (stop.signal.aborted) process.exit(130)
    stop.abort()
  }
  process.on('SIGINT', onSignal).on('SIGTERM', onSignal)
  const stopped = new Promise<void>((done) => {
    stop.signal.addEventListener('abort', () => done())
  })
  try {
    if (options.http === undefined) {
      const door = serveOverStdio({ ...init, input: process.stdin, output: process.stdout })
      await Promise.race([door.closed, stopped])
      await door.close()
      process.stdin.destroy()
      return
    }
    const { http, host, allowHost = [], tokens } = options
    // Most hosts speak over stdio: they do not wait for what HTTP needs.
    const { serveOverHttp } = await import('./http/serve.ts')
    const authorize = tokens === undefined ? undefined : tokensOnly(linesIn(tokens))
    const door = await serveOverHttp({
      ...init,
      port: Number(http),
      host,
      allowHosts: allowHost,
      ...(authorize && { authorize }),
    })
    process.stderr.write(`bzzz-mcp: ${door.url}\n`)
    await stopped
    await door.close()
  } finally {
    await memory.close()
    process.off('SIGINT', onSignal).off('SIGTERM', onSignal)
  }
}

async function memoryOf({ data, node, key }: Options): Promise<Memory> {
  if (node === undefined) return openMemory({ folder: resolve(data), now: Date.now })
  const { attachMemory } = await import('./memory/attached.ts')
  const token = process.env['BZZZ_NODE_TOKEN']
  const identity = key === undefined ? undefined : await loadIdentity(resolve(key))
  return attachMemory({
    url: node,
    ...(token !== undefined && { token }),
    ...(identity && { identity }),
  })
}

function approvalOf({ approver, approverKey, approve }: Options): ApprovalPolicy | undefined {
  if (!approver) return undefined
  const tools = approve === 'all' ? ['decision_publish', 'ucxl_put'] : ['decision_publish']
  return { to: approver, tools, ...(approverKey && { keys: approverKey }) }
}

function linesIn(file: string): string[] {
  const lines = readFileSync(file, 'utf8').split('\n')
  return lines.map((line) => line.trim()).filter((line) => line !== '' && !line.startsWith('#'))
}
