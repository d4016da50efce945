import { fork, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import type { Commands, NodeSettings, ToldEvent } from './child-mesh-node.ts'

type Remote = {
  readonly [Name in keyof Commands]: (
    ...args: Parameters<Commands[Name]>
  ) => ReturnType<Commands[Name]>
}

/** A node of the mesh in a process of its own. */
export interface NodeProcess {
  readonly number: number
  readonly file: string
  readonly peerId: string
  /** Where it can be dialled, with its peer id at the end. */
  readonly address: string
  readonly port: number
  /** All that it told so far. */
  readonly events: readonly ToldEvent[]
  /** What it can be asked to do. */
  readonly ask: Remote
  /** Ends it as a power failure would. */
  kill(): Promise<void>
}

interface Answer {
  readonly id?: number
  readonly result?: unknown
  readonly error?: string
  readonly event?: ToldEvent
  readonly ready?: { readonly peerId: string; readonly address: string }
}

const FLAGS = ['--conditions=@bzzz/source', '--disable-warning=ExperimentalWarning', '--expose-gc']
const running = new Set<NodeProcess>()
const folders: string[] = []

/** A folder that {@link killAll} removes. */
export async function temporaryFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'bzzz-mesh-'))
  folders.push(folder)
  return folder
}

/** Starts a node in a process of its own; its store is in a folder that is removed with it, if left out. */
export async function startProcess(
  settings: Omit<NodeSettings, 'file'> & { readonly file?: string },
): Promise<NodeProcess> {
  const file = settings.file ?? join(await temporaryFolder(), 'store.db')
  const script = resolve(import.meta.dirname, 'child-mesh-node.ts')
  const child = fork(script, [JSON.stringify({ ...settings, file })], {
    execArgv: FLAGS,
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    // Reading the sources is most of what a start takes.
  })
  const events: ToldEvent[] = []
  const waiting = new Map<number, PromiseWithResolvers<unknown>>()
  const ready = Promise.withResolvers<{ peerId: string; address: string }>()
  child.on('message', (message: Answer) => {
    if (message.event) events.push(message.event)
    if (message.ready) ready.resolve(message.ready)
    const asked = waiting.get(message.id ?? -1)
    if (message.error === undefined) asked?.resolve(message.result)
    else asked?.reject(new Error(message.error))
    waiting.delete(message.id ?? -1)
  })
  child.once('exit', () => {
    const gone = new Error(`The process of node ${settings.number} has ended`)
    ready.reject(gone)
    for (const { reject } of waiting.values()) reject(gone)
  })
  let id = 0
  const call = async (name: string, args: readonly unknown[]): Promise<unknown> => {
    const answer = Promise.withResolvers<unknown>()
    waiting.set(++id, answer)
    child.send({ id, name, args })
    return answer.promise
  }
  const kill = async (): Promise<void> => {
    running.delete(node)
    await end(child)
  }
  const node: NodeProcess = {
    number: settings.number,
    file,
    peerId: '',
    address: '',
    port: 0,
    events,
    ask: new Proxy({} as Remote, {
      get:
        (_, name) =>
        async (...args: unknown[]) =>
          call(String(name), args),
    }),
    kill,
  }
  running.add(node)
  const { peerId, address } = await ready.promise
  const port = Number(/\/tcp\/(\d+)/.exec(address)?.[1])
  return Object.assign(node, { peerId, address, port })
}

/** Ends all processes, and removes what they left. */
export async function killAll(): Promise<void> {
  await Promise.all([...running].map(async (node) => node.kill()))
  for (const folder of folders.splice(0)) await rm(folder, { recursive: true, force: true })
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const exit = once(child, 'exit')
  child.kill('SIGKILL')
  await exit
}
