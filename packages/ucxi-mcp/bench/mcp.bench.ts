// A call as an agent makes it, beside the official memory server in the same run. Needs the built program
// (`pnpm build`): a host starts that, and not sources.
import { existsSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client'
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio'
import { encode } from 'gpt-tokenizer/encoding/o200k_base'
import { openMemory, serveOverHttp } from '@bzzz/ucxi-mcp'
import { median, type Bench, type Figure } from '../../../scripts/bench-harness.ts'
import { programOf } from '../conformance/suite.ts'

const PROGRAM = join(import.meta.dirname, '..', 'dist', 'main.js')
const MEMORY_SERVER = programOf('@modelcontextprotocol/server-memory', 'dist/index.js')
/** What both hold before anything is timed: contexts, or entities, of 1 KB. */
const HELD = 100
/** More of them: theirs are read anew for each call. */
const MANY = 1000
const CALLS = 500
const STARTS = 7
const WRITES = 150
const KILOBYTE = 'Never store card numbers. '.repeat(40).slice(0, 1024)

/** One of the two servers, as a client sees it. */
interface Side {
  readonly name: string
  start(folder: string): Promise<Client>
  write(client: Client, writer: string, index: number): Promise<unknown>
  read(client: Client, writer: string, index: number): Promise<unknown>
  count(client: Client, writers: readonly string[], each: number): Promise<number>
}

const OURS: Side = {
  name: 'bzzz-mcp',
  start: async (folder) => connect([PROGRAM, '--data', folder]),
  write: async (client, writer, index) =>
    call(client, 'ucxl_put', { address: addressOf(writer, index), body: KILOBYTE }),
  read: async (client, writer, index) =>
    call(client, 'ucxl_get', { address: addressOf(writer, index) }),
  count: async (client, writers, each) => {
    let count = 0
    for (const writer of writers)
      for (let index = 0; index < each; index++)
        if (!(await call(client, 'ucxl_get', { address: addressOf(writer, index) })).isError)
          count++
    return count
  },
}

const THEIRS: Side = {
  name: 'server-memory',
  start: async (folder) =>
    connect([MEMORY_SERVER], { MEMORY_FILE_PATH: join(folder, 'memory.jsonl') }),
  write: async (client, writer, index) =>
    call(client, 'create_entities', {
      entities: [{ name: nameOf(writer, index), entityType: 'note', observations: [KILOBYTE] }],
    }),
  read: async (client, writer, index) =>
    call(client, 'open_nodes', { names: [nameOf(writer, index)] }),
  count: async (client, writers, each) => {
    const { structuredContent, isError, content } = await call(client, 'read_graph', {})
    // A file that both wrote over at once may be no JSON any more.
    if (isError) return 0
    const text = content[0]?.type === 'text' ? content[0].text : '{}'
    const graph = (structuredContent ?? JSON.parse(text)) as { entities: { name: string }[] }
    const names = new Set(graph.entities.map(({ name }) => name))
    const wanted = writers.flatMap((writer) =>
      Array.from({ length: each }, (_, index) => nameOf(writer, index)),
    )
    return wanted.filter((name) => names.has(name)).length
  },
}

const addressOf = (writer: string, index: number): string =>
  `ucxl://${writer}:bench@shop:checkout/note-${index}.md`
const nameOf = (writer: string, index: number): string => `${writer}-${index}`

async function call(client: Client, name: string, args: Record<string, unknown>) {
  return client.callTool({ name, arguments: args })
}

async function connect(args: readonly string[], env: Record<string, string> = {}): Promise<Client> {
  const transport = new StdioClientTransport({
    command: process.execPath,
    args: ['--disable-warning=ExperimentalWarning', ...args],
    env: { ...(process.env as Record<string, string>), ...env },
    stderr: 'ignore',
  })
  // The line that both of them speak.
  const client = new Client(
    { name: 'bench', version: '1' },
    { versionNegotiation: { mode: 'legacy' } },
  )
  await client.connect(transport)
  return client
}

async function inFolder<Result>(work: (folder: string) => Promise<Result>): Promise<Result> {
  const folder = await mkdtemp(join(tmpdir(), 'bzzz-bench-'))
  try {
    return await work(folder)
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

/** Milliseconds of each call, sorted. */
async function timed(count: number, once: (index: number) => Promise<unknown>): Promise<number[]> {
  for (let index = 0; index < count / 5; index++) await once(index)
  const times: number[] = []
  for (let index = 0; index < count; index++) {
    const start = performance.now()
    await once(index)
    times.push(performance.now() - start)
  }
  return times.toSorted((a, b) => a - b)
}

const at = (times: readonly number[], share: number): number =>
  times[Math.min(times.length - 1, Math.floor(times.length * share))] ?? Number.NaN

async function overStdio(side: Side, held: number): Promise<number[]> {
  return inFolder(async (folder) => {
    const client = await side.start(folder)
    for (let index = 0; index < held; index++) await side.write(client, 'a', index)
    const times = await timed(CALLS, async (index) => side.read(client, 'a', index % held))
    await client.close()
    return times
  })
}

async function calls(): Promise<Figure[]> {
  const ours = await overStdio(OURS, HELD)
  const theirs = await overStdio(THEIRS, HELD)
  const [oursOfMany, theirsOfMany] = [await overStdio(OURS, MANY), await overStdio(THEIRS, MANY)]
  const http = await inFolder(async (folder) => {
    const memory = await openMemory({ folder })
    const door = await serveOverHttp({ memory, place: undefined, version: '0', now: Date.now })
    const client = new Client({ name: 'bench', version: '1' })
    await client.connect(new StreamableHTTPClientTransport(new URL(door.url)))
    for (let index = 0; index < HELD; index++) await OURS.write(client, 'a', index)
    const found = await timed(CALLS, async (index) => OURS.read(client, 'a', index % HELD))
    await client.close()
    await door.close()
    await memory.close()
    return found
  })
  const shares = [
    ['p50', 0.5],
    ['p99', 0.99],
  ] as const
  const of = (what: string, one: readonly number[], other: readonly number[]): Figure[] =>
    shares.map(([name, share]) => beside(`${what}, ${name}`, at(one, share), at(other, share)))
  return [
    ...of(`get of 1 KB, of ${HELD}, stdio`, ours, theirs),
    ...of(`get of 1 KB, of ${MANY}, stdio`, oursOfMany, theirsOfMany),
    ...of(`get of 1 KB, of ${HELD}, HTTP`, http, theirs),
  ]
}

function beside(what: string, value: number, reference: number): Figure {
  const isTail = what.endsWith('p99')
  return {
    what,
    value,
    unit: 'ms',
    reference: { what: 'server-memory, stdio, open_nodes', value: reference },
    ratio: reference / value,
    ...(isTail && { goal: 'under 20 ms', met: value < 20 }),
  }
}

async function starts(): Promise<Figure> {
  const first = async (side: Side): Promise<number> =>
    inFolder(async (folder) => {
      const times: number[] = []
      for (let index = 0; index < STARTS; index++) {
        const start = performance.now()
        const client = await side.start(folder)
        await side.read(client, 'a', 0)
        times.push(performance.now() - start)
        await client.close()
      }
      return median(times)
    })
  const [value, reference] = [await first(OURS), await first(THEIRS)]
  return {
    what: 'start to first answer, embedded',
    value,
    unit: 'ms',
    reference: { what: 'server-memory', value: reference },
    ratio: reference / value,
    goal: 'under 500 ms',
    met: value < 500,
  }
}

async function cost(): Promise<Figure> {
  const tokens = async (side: Side): Promise<number> =>
    inFolder(async (folder) => {
      const client = await side.start(folder)
      const { tools } = await client.listTools()
      await client.close()
      return encode(JSON.stringify(tools)).length
    })
  const [value, reference] = [await tokens(OURS), await tokens(THEIRS)]
  return {
    what: 'tokens of the tool list (o200k)',
    value,
    unit: 'tokens',
    reference: { what: 'server-memory', value: reference },
    ratio: reference / value,
    goal: 'under 2500',
    met: value < 2500,
  }
}

/** What is left after two processes wrote to one store, both of them acknowledged each write. */
async function left(): Promise<Figure> {
  const share = async (side: Side): Promise<number> =>
    inFolder(async (folder) => {
      const writers = ['a', 'b']
      const clients = await Promise.all(writers.map(async () => side.start(folder)))
      let acknowledged = 0
      await Promise.all(
        clients.map(async (client, place) => {
          for (let index = 0; index < WRITES; index++) {
            const result = await side.write(client, writers[place] ?? '', index)
            if (!(result as { isError?: boolean }).isError) acknowledged++
          }
        }),
      )
      await Promise.all(clients.map(async (client) => client.close()))
      const client = await side.start(folder)
      const found = await side.count(client, writers, WRITES)
      await client.close()
      return (found / acknowledged) * 100
    })
  const [value, reference] = [await share(OURS), await share(THEIRS)]
  return {
    what: `acknowledged writes that are left, 2 processes x ${WRITES}`,
    value,
    unit: '%',
    reference: { what: 'server-memory', value: reference },
    goal: '100 %',
    met: value === 100,
  }
}

const bench: Bench = {
  package: 'ucxi-mcp',
  async run() {
    if (!existsSync(PROGRAM)) throw new Error(`${PROGRAM} is not there: pnpm build`)
    return [...(await calls()), await starts(), await cost(), await left()]
  },
}

export default bench
