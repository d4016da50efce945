import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { chownSync, existsSync, globSync, mkdtempSync, rmSync } from 'node:fs'
import { createServer, type AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { afterAll, beforeAll } from 'vitest'
import { openPostgresStorage } from '../src/postgres/index.ts'
import type { DecisionStorage } from '../src/storage.ts'

/** A PostgreSQL server of the tests' own. */
export interface PostgresServer {
  readonly url: string
  /** Stops the server, and leaves its data. */
  stop(): Promise<void>
  start(): Promise<void>
  /** Stops it, and removes its data. */
  remove(): Promise<void>
}

// The server refuses to run as root: then it runs as `nobody`.
const NOBODY = 65_534
const isRoot = process.getuid?.() === 0
const owner = isRoot ? { uid: NOBODY, gid: NOBODY } : {}
const READY = 'ready to accept connections'

/** Storages in a server that starts with the tests of a file, and ends with them. */
export interface PostgresStorages {
  /** Why there are none; undefined where there are. */
  readonly problem: string | undefined
  /** An empty one. */
  readonly open: () => Promise<DecisionStorage>
  readonly server: PostgresServer
}

export function postgresStorages(): PostgresStorages {
  const programs = findPostgres()
  let server: PostgresServer | undefined
  let schemas = 0
  const started = (): PostgresServer => {
    if (server) return server
    throw new Error('The server has not started yet')
  }
  if (programs !== undefined) {
    beforeAll(async () => {
      server = await startPostgres(programs)
    }, 60_000)
    afterAll(async () => server?.remove())
  }
  return {
    problem: programs === undefined ? 'There is no initdb: install postgresql' : undefined,
    open: async () => openPostgresStorage({ url: started().url, schema: `s${++schemas}` }),
    get server() {
      return started()
    },
  }
}

/** The folder of the server's programs, or undefined where it is not installed. */
export function findPostgres(): string | undefined {
  const debian = globSync('/usr/lib/postgresql/*/bin').toSorted().toReversed()
  const folders = [...(process.env['PATH'] ?? '').split(delimiter), ...debian]
  return folders.find((folder) => existsSync(join(folder, 'initdb')))
}

/** Starts a server with an empty database, on a port of its own of the loopback. */
export async function startPostgres(programs: string): Promise<PostgresServer> {
  const folder = mkdtempSync(join(tmpdir(), 'bzzz-postgres-'))
  if (isRoot) chownSync(folder, NOBODY, NOBODY)
  const data = join(folder, 'data')
  execFileSync(
    join(programs, 'initdb'),
    ['-D', data, '-U', 'slurp', '--auth=trust', '--no-sync', '--encoding=UTF8', '--locale=C'],
    { ...owner, cwd: folder, stdio: ['ignore', 'ignore', 'inherit'] },
  )
  const port = await freePort()
  let stop = async (): Promise<void> => {}

  async function start(): Promise<void> {
    const settings = {
      listen_addresses: '127.0.0.1',
      port: String(port),
      unix_socket_directories: '',
      fsync: 'off',
      max_connections: '60',
    }
    const flags = Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`])
    const child = spawn(join(programs, 'postgres'), ['-D', data, ...flags], {
      ...owner,
      cwd: folder,
      stdio: ['ignore', 'ignore', 'pipe'],
    })
    const ended = once(child, 'exit')
    // At once, whoever is connected; also where this process ends before it has stopped the server.
    const end = (): void => void child.kill('SIGINT')
    process.once('exit', end)
    stop = async () => {
      process.off('exit', end)
      end()
      await ended
    }
    let said = ''
    await new Promise<void>((resolve, reject) => {
      child.stderr.setEncoding('utf8').on('data', (text: string) => {
        said = `${said}${text}`.slice(-4000)
        if (said.includes(READY)) resolve()
      })
      ended.then(() => reject(new Error(`The server ended: ${said}`)), reject)
    })
  }

  await start()
  return {
    url: `postgres://slurp@127.0.0.1:${port}/postgres`,
    start,
    stop: async () => stop(),
    async remove() {
      await stop()
      rmSync(folder, { recursive: true })
    },
  }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  await once(server, 'close')
  return port
}
