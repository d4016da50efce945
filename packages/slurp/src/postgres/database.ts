import postgres, { type ParameterOrJSON, type Sql, type TransactionSql } from 'postgres'
import { SlurpError, type SlurpErrorCode } from '../errors.ts'
import { storable } from './values.ts'
import { prepareSchema } from './schema.ts'

export interface PostgresStorageInit {
  /**
   * The database: `postgres://user@host:5432/name`. What it leaves out is as for `psql`: the variables
   * `PGPASSWORD` and the like, which are the better place for secrets.
   */
  readonly url: string
  /**
   * The schema that the tables are in, of lower-case letters, digits and `_`; made where it is missing.
   * `slurp` if left out.
   */
  readonly schema?: string
  /** How many connections there are at most; 8 if left out. */
  readonly connections?: number
}

export type Value = string | number | boolean | null

/** What may be asked of a database, by itself or inside a transaction. */
export interface Queries {
  /** @param signal ends the wait for it */
  all<Row>(sql: string, values?: readonly Value[], signal?: AbortSignal): Promise<Row[]>
  get<Row>(sql: string, values?: readonly Value[], signal?: AbortSignal): Promise<Row | undefined>
  /** @returns how many rows it was about */
  run(sql: string, values?: readonly Value[]): Promise<number>
}

const CONNECTIONS = 8
const CONNECT_SECONDS = 10
const CLOSE_SECONDS = 5
const LOCK_MS = 10_000
const QUERY_MS = 60_000
const SCHEMA = /^[a-z_][a-z0-9_]{0,62}$/
const BIGINT = 20
// https://www.postgresql.org/docs/current/errcodes-appendix.html, and those of the client.
const CODES: Readonly<Record<string, SlurpErrorCode>> = {
  '40001': 'ERR_SLURP_BUSY',
  '40P01': 'ERR_SLURP_BUSY',
  '53100': 'ERR_SLURP_FULL',
  '53300': 'ERR_SLURP_BUSY',
  '55P03': 'ERR_SLURP_BUSY',
  '57014': 'ERR_SLURP_BUSY',
  '57P01': 'ERR_SLURP_BUSY',
  '57P02': 'ERR_SLURP_BUSY',
  '57P03': 'ERR_SLURP_BUSY',
  CONNECT_TIMEOUT: 'ERR_SLURP_BUSY',
  CONNECTION_CLOSED: 'ERR_SLURP_BUSY',
  CONNECTION_DESTROYED: 'ERR_SLURP_CLOSED',
  CONNECTION_ENDED: 'ERR_SLURP_CLOSED',
  ECONNREFUSED: 'ERR_SLURP_BUSY',
  ECONNRESET: 'ERR_SLURP_BUSY',
  EPIPE: 'ERR_SLURP_BUSY',
}

/** @throws SlurpError `ERR_SLURP_BUSY`, `ERR_SLURP_FILE` */
export async function openDatabase(init: PostgresStorageInit): Promise<Database> {
  const { url, schema = 'slurp', connections = CONNECTIONS } = init
  if (!/^postgres(ql)?:\/\//.test(url) || !URL.canParse(url)) {
    // Without the address itself: it may have a password in it.
    throw new SlurpError('ERR_SLURP_FILE', 'Expected postgres://user@host/database')
  }
  if (!SCHEMA.test(schema)) {
    throw new SlurpError(
      'ERR_SLURP_FILE',
      `Expected a schema of lower-case letters, digits and _, got ${schema.slice(0, 64)}`,
    )
  }
  const sql = postgres(url, {
    max: connections,
    connect_timeout: CONNECT_SECONDS,
    // All numbers here are far below 2^53.
    types: { bigint: { to: BIGINT, from: [BIGINT], parse: Number, serialize: String } },
    fetch_types: false,
    onnotice: () => {},
    connection: {
      application_name: 'slurp',
      search_path: schema,
      lock_timeout: LOCK_MS,
      statement_timeout: QUERY_MS,
      // To compile a query takes longer than any of these runs.
      jit: false,
    },
  }) as unknown as Sql
  const database = new Database(sql)
  try {
    await database.transaction(async (queries) => prepareSchema(queries, schema))
    return database
  } catch (error) {
    await database.close()
    throw error
  }
}

/** A database, with the errors of this package. */
export class Database implements Queries {
  readonly #sql: Sql
  #isClosed = false

  constructor(sql: Sql) {
    this.#sql = sql
  }

  async all<Row>(sql: string, values?: readonly Value[], signal?: AbortSignal): Promise<Row[]> {
    return this.#coded(async () => queriesOf(this.#sql).all<Row>(sql, values, signal))
  }

  async get<Row>(
    sql: string,
    values?: readonly Value[],
    signal?: AbortSignal,
  ): Promise<Row | undefined> {
    return this.#coded(async () => queriesOf(this.#sql).get<Row>(sql, values, signal))
  }

  async run(sql: string, values?: readonly Value[]): Promise<number> {
    return this.#coded(async () => queriesOf(this.#sql).run(sql, values))
  }

  /** All of it or nothing. */
  async transaction<Result>(body: (queries: Queries) => Promise<Result>): Promise<Result> {
    return this.#coded(
      async () => (await this.#sql.begin(async (sql) => body(queriesOf(sql)))) as Result,
    )
  }

  async close(): Promise<void> {
    this.#isClosed = true
    await this.#sql.end({ timeout: CLOSE_SECONDS })
  }

  async #coded<Result>(body: () => Promise<Result>): Promise<Result> {
    if (this.#isClosed) throw new SlurpError('ERR_SLURP_CLOSED', 'The storage is closed')
    try {
      return await body()
    } catch (error) {
      throw coded(error)
    }
  }
}

function queriesOf(sql: Sql | TransactionSql): Queries {
  async function all<Row>(
    text: string,
    values: readonly Value[] = [],
    signal?: AbortSignal,
  ): Promise<Row[] & { readonly count: number }> {
    signal?.throwIfAborted()
    const query = sql.unsafe(text, values.map(storable) as ParameterOrJSON<never>[], {
      prepare: true,
    })
    const rows = signal ? untilAborted(query, signal) : query
    return (await rows) as unknown as Row[] & { count: number }
  }
  return {
    all,
    async get<Row>(text: string, values?: readonly Value[], signal?: AbortSignal) {
      const [row] = await all<Row>(text, values, signal)
      return row
    },
    async run(text, values) {
      const { count } = await all(text, values)
      return count
    },
  }
}

/**
 * What is asked goes on at the server, where it has its time. The client's own `cancel()` gives nobody the
 * promise of its attempt: where the server cannot be reached, that would end the process.
 */
async function untilAborted<Result>(
  query: PromiseLike<Result>,
  signal: AbortSignal,
): Promise<Result> {
  const aborted = Promise.withResolvers<never>()
  const abort = (): void => aborted.reject(signal.reason)
  signal.addEventListener('abort', abort)
  try {
    return await Promise.race([query, aborted.promise])
  } finally {
    signal.removeEventListener('abort', abort)
  }
}

/** What the server or the connection threw, with a code; other errors stay as they are. */
function coded(error: unknown): unknown {
  if (!(error instanceof Error && 'code' in error) || SlurpError.is(error)) return error
  const own = String(error.code)
  const isServers = error.name === 'PostgresError'
  const code = CODES[own] ?? (isServers ? 'ERR_SLURP_FILE' : undefined)
  if (code === undefined && !/^E[A-Z]+$/.test(own)) return error
  return new SlurpError(code ?? 'ERR_SLURP_FILE', `The database failed: ${error.message}`, {
    cause: error,
  })
}
