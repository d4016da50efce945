import { createMemoryStore, type ContextStore } from '@bzzz/context-store'
import { createDecision, type Decision, type DecisionDraft } from '@bzzz/decision-schema'
import { generateIdentity, type Identity } from '@bzzz/identity'
import type { Ask, Handler, HandleOptions, Result, Work } from '../../src/handlers/handler.ts'
import { parseClaim, type Claim } from '../../src/tasks/claim.ts'
import { patternsOf, placeOf } from '../../src/tasks/places.ts'
import { stateOf, type TaskState } from '../../src/tasks/state.ts'
import { parseTask } from '../../src/tasks/task.ts'
import { createInbox, type Inbox } from '@bzzz/inbox'
import { Desk } from '../../src/worker/desk.ts'
import { Questions } from '../../src/worker/questions.ts'
import { Worker, type WorkerEvent, type WorkerInit } from '../../src/worker/worker.ts'
import { fakeSchedule } from '../fake-schedule.ts'

const START = Date.UTC(2026, 0, 1)
export const LEASE_MS = 30_000
export const SETTLE_MS = 2000
const STEP_MS = 500

/** One call of a handler: the test says how it ends. */
interface Call extends PromiseWithResolvers<Result | Ask> {
  readonly by: string
  readonly work: Work
  readonly options: HandleOptions
}

export interface Node {
  readonly name: string
  readonly identity: Identity
  readonly did: string
  readonly store: ContextStore
  readonly worker: Worker
  readonly inbox: Inbox
  readonly events: WorkerEvent[]
  readonly decisions: Decision[]
  /** Nothing comes to it or goes from it, while true. */
  isCutOff: boolean
  /** Its timers do not go off any more. */
  die(): void
}

export function result(text: string, more: Partial<Result> = {}): Result {
  return { content: Buffer.from(text), contentType: 'text/plain', ...more }
}

/** Several agents, each with a store of its own, on a network and a clock that the test moves. */
export function createRig() {
  const nodes: Node[] = []
  const clocks: ReturnType<typeof fakeSchedule>[] = []
  const calls: Call[] = []
  const told = new Map<string, number>()
  let time = START
  const now = (): number => time

  /** All that one node has and another one has not. */
  async function copy(from: Node, to: Node): Promise<void> {
    const pair = `${from.name}>${to.name}`
    for (const change of await from.store.changes({ after: told.get(pair) ?? 0, limit: 1000 })) {
      told.set(pair, change.sequence)
      if ((await to.store.append([change.record])) === 0 || change.record.content === null) continue
      const content = await from.store.content(change.record.content)
      if (content) await to.store.addContent(change.record.content, content)
    }
  }

  async function sync(): Promise<void> {
    for (const from of nodes)
      for (const to of nodes)
        if (from !== to && !from.isCutOff && !to.isCutOff) await copy(from, to)
  }

  async function settle(): Promise<void> {
    for (let round = 0; round < 30; round++) await new Promise((resolve) => setImmediate(resolve))
  }

  return {
    calls,
    settle,
    now,

    /** Adds an agent; it starts at once. One that died may start again, with what it had. */
    async add(name: string, over: Partial<WorkerInit> = {}, again?: Node): Promise<Node> {
      const identity = again?.identity ?? generateIdentity()
      const store = again?.store ?? createMemoryStore({ writer: identity, now })
      const clock = fakeSchedule()
      clocks.push(clock)
      const events: WorkerEvent[] = []
      const decisions: Decision[] = []
      const publish = async (draft: Decision | DecisionDraft) => {
        const decision = createDecision(draft as DecisionDraft, { now })
        decisions.push(decision)
        const content = Buffer.from(JSON.stringify(decision))
        const stored = await store.put({ address: decision.ucxl_address, content })
        return { status: 'published' as const, ...stored, decision, citations: [], known: false }
      }
      const handler: Handler = {
        handle: async (work, options) => {
          const call = { by: name, work, options, ...Promise.withResolvers<Result | Ask>() }
          calls.push(call)
          return call.promise
        },
      }
      let isDead = false
      const schedule: WorkerInit['schedule'] = (run, ms) =>
        clock.schedule(() => (isDead ? undefined : run()), ms)
      const self = { name, roles: ['coder'] } as const
      const inbox = createInbox({ store, self, projects: ['shop'], schedule })
      const worker = new Worker({
        store,
        handler,
        desk: new Desk({
          store,
          decisions: { publish },
          announce: () => {},
          name: { agent: name, role: 'coder' },
        }),
        read: async (address, options) => store.get(address, options),
        did: identity.did,
        projects: ['shop'],
        roles: ['coder'],
        capabilities: ['typescript'],
        posters: [],
        parallel: 1,
        timeLimitMs: 600_000,
        leaseMs: LEASE_MS,
        settleMs: SETTLE_MS,
        now,
        schedule,
        questions: new Questions({ store, inbox, did: identity.did }),
        random: () => 0,
        onEvent: (event) => events.push(event),
        ...over,
      })
      const node: Node = {
        name,
        identity,
        did: identity.did,
        store,
        worker,
        inbox,
        events,
        decisions,
        isCutOff: false,
        die: () => {
          isDead = true
          node.isCutOff = true
        },
      }
      if (again) nodes.splice(nodes.indexOf(again), 1)
      nodes.push(node)
      await worker.start({ signal: new AbortController().signal })
      await settle()
      return node
    },

    /** Lets time pass; what is written meanwhile comes to the others within half a second. */
    async pass(ms: number): Promise<void> {
      for (let left = ms; left > 0; left -= STEP_MS) {
        const step = Math.min(left, STEP_MS)
        time += step
        for (const clock of clocks) clock.advance(step)
        await settle()
        await sync()
        await settle()
      }
    },

    /** Writes a task, as whoever uses a node does. */
    async post(node: Node, task: object, name = 'fix'): Promise<string> {
      const address = `ucxl://ada:lead@shop:${name}/task.json`
      await node.store.put({ address, content: Buffer.from(JSON.stringify(task)) })
      await settle()
      await sync()
      await settle()
      return `ada:lead@shop:${name}/task.json`
    },

    /** What each agent says of a task, as one node sees it. */
    async claims(node: Node, name = 'fix'): Promise<Map<string, Claim>> {
      const task = `ada:lead@shop:${name}/task.json`
      const found = new Map<string, Claim>()
      for await (const { record } of node.store.list(patternsOf('shop')[1]!)) {
        if (placeOf(record.key)?.task !== task || record.content === null) continue
        const content = await node.store.content(record.content)
        const who = { task, writer: record.writer, time: Date.parse(record.time) }
        const claim = content && parseClaim(content, who)
        if (claim) found.set(record.key.split(':')[0]!, claim)
      }
      return found
    },

    /** How a task stands, as one node sees it. */
    async state(node: Node, name = 'fix'): Promise<TaskState> {
      const { record, content } = await node.store.get(`ucxl://ada:lead@shop:${name}/task.json`)
      const terms = { ...parseTask(content), time: Date.parse(record.time) }
      return stateOf(terms, (await this.claims(node, name)).values(), time)
    },

    async stop(dead: ReadonlySet<string> = new Set()): Promise<void> {
      for (const call of calls) call.resolve(result('the test is over'))
      const alive = nodes.filter(({ name }) => !dead.has(name))
      const stopped = Promise.all(alive.map(async ({ worker }) => worker.stop()))
      await this.pass(10_000)
      await stopped
      for (const { store } of nodes) await store.close()
    },
  }
}
