import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Client } from '@modelcontextprotocol/client'
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio'
import { onTestFinished } from 'vitest'
import { callerOf, PLACE, type TestClient } from './world.ts'

/** How the program is started from its source. */
export const PROGRAM = [
  '--conditions=@bzzz/source',
  '--disable-warning=ExperimentalWarning',
  join(import.meta.dirname, '..', 'src', 'main.ts'),
]

/** A folder that is gone after the test. */
export async function temporaryFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'bzzz-mcp-'))
  onTestFinished(async () => rm(folder, { recursive: true, force: true, maxRetries: 5 }))
  return folder
}

/** Starts the program as a host does, and connects to it over its standard streams. */
export async function startProgram(
  args: readonly string[],
  { legacy = false, env = {} }: { legacy?: boolean; env?: Record<string, string> } = {},
): Promise<TestClient> {
  const transport = new StdioClientTransport({
    command: process.execPath,
    args: [...PROGRAM, '--as', PLACE, ...args],
    env: { ...(process.env as Record<string, string>), ...env },
    stderr: 'inherit',
  })
  const mode = legacy ? 'legacy' : 'auto'
  const client = new Client({ name: 'test', version: '1' }, { versionNegotiation: { mode } })
  await client.connect(transport)
  onTestFinished(async () => client.close())
  return { client, call: callerOf(client) }
}
