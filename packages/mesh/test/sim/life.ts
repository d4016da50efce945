import { hash } from 'node:crypto'
import { FAULTS_MS, planFaults } from './faults.ts'
import { differenceOf, problemsOf, staleManifest, type Acknowledged } from './invariants.ts'
import { Member } from './member.ts'
import { CALM, SimNetwork } from './network.ts'
import { countTurns } from './quiet.ts'
import { planWork } from './work.ts'

// How long nodes may take to agree once nothing goes wrong: a clock may be minutes ahead, and what it
// wrote is taken when it is less than five.
const AGREE_MS = 900_000
const LOOK_MS = 5000
// How much of what was written last a power cut takes.
const LOST_MS = 3000
const SKEWS_MS = [0, 60_000, 240_000]
// Most teams are small: what goes wrong between many goes wrong between few, and those are quick.
const SIZES = [3, 3, 3, 3, 3, 4, 4, 5]
// Who writes; the others follow.
const WRITERS = [1, 2, 2, 3]
const WRITES = 10

export interface Outcome {
  readonly seed: number
  /** The same for the same seed: of every message, and of all that nodes have in the end. */
  readonly hash: string
  readonly problems: readonly string[]
  /** What happened, in order, each with its simulated time. */
  readonly story: readonly string[]
  readonly counts: Counts
}

/** How often things happened: a simulation in which nothing goes wrong shows nothing. */
export type Counts = Life['counts']

/** A team of members, what they do, and what goes wrong: all of it from one seed. */
export class Life {
  readonly seed: number
  readonly network: SimNetwork
  readonly members: Member[] = []
  readonly acknowledged: Acknowledged[] = []
  readonly problems: string[] = []
  readonly story: string[] = []
  readonly counts = { acknowledged: 0, crashes: 0, lost: 0, cuts: 0, forks: 0, messagesLost: 0 }
  readonly random = (): number => this.network.mock.random()
  #difference: string | undefined = 'nobody looked'

  constructor(seed: number) {
    this.seed = seed
    this.network = new SimNetwork(seed)
    const count = oneOf(SIZES, this.random)
    const skew = oneOf(SKEWS_MS, this.random)
    for (let number = 1; number <= count; number++) {
      const member = new Member(this.network, number, this.members)
      member.skewMs = Math.floor((2 * this.random() - 1) * skew)
      member.onEvent = ({ type, ...event }) => {
        const error = 'error' in event ? String(event.error) : ''
        this.tell(`${member.agent}: ${type} ${JSON.stringify({ ...event, error })}`)
      }
      this.members.push(member)
      this.tell(`${member.agent} is ${member.identity.peerId}, ${member.skewMs} ms off`)
    }
  }

  someone(members = this.members): Member {
    return oneOf(members, this.random)
  }

  tell(what: string): void {
    this.story.push(`${(this.network.mock.now() / 1000).toFixed(3)} ${what}`)
  }

  /** Does something in so many simulated milliseconds. What it throws is a problem. */
  at(ms: number, act: () => Promise<void>): void {
    this.network.mock.schedule(ms, () => {
      act().catch((error: unknown) => this.problems.push(String(error)))
    })
  }

  /** The power of a member fails for a while. */
  crash(member: Member): void {
    if (!member.isUp) return
    const lostMs = this.random() < 0.3 ? 0 : this.random() * LOST_MS
    const lost = member.crash(lostMs)
    this.tell(`${member.agent} crashes, and loses ${lost} writes`)
    this.counts.crashes++
    this.counts.lost += lost
    this.#restartLater(member, lostMs)
  }

  /** A member stops for a while, in good order. */
  async leave(member: Member): Promise<void> {
    if (!member.isUp || !member.mesh) return
    this.tell(`${member.agent} leaves`)
    await member.leave()
    this.#restartLater(member, 0)
  }

  /** @param finish called before what nodes have in the end is looked at. */
  async live(finish: () => void = () => {}): Promise<Outcome> {
    const { mock } = this.network
    for (const member of this.members) this.at(0, async () => member.start())
    const writers = this.members.slice(-oneOf(WRITERS, this.random))
    planWork(this, { writers, writes: WRITES })
    planFaults(this)
    this.at(FAULTS_MS, async () => this.#calm())
    await mock.run(FAULTS_MS + AGREE_MS)
    for (const member of this.members) member.crash(0)
    finish()
    if (this.#difference !== undefined) this.problems.push(`No agreement: ${this.#difference}`)
    this.problems.push(...(await problemsOf(this.members, this.acknowledged)))
    const { seed, problems, story, counts } = this
    counts.acknowledged = this.acknowledged.length
    counts.messagesLost = mock.stats().messages.lost
    for (const { store } of this.members) for await (const _ of store?.forks() ?? []) counts.forks++
    return { seed, hash: await this.#hash(), problems, story, counts }
  }

  #restartLater(member: Member, lostMs: number): void {
    this.at(200 + 10_000 * this.random(), async () => {
      if (member.isUp) return
      await member.restart(lostMs)
      this.tell(`${member.agent} is back`)
    })
  }

  /** Nothing goes wrong any more. */
  #calm(): void {
    this.tell('from here on nothing goes wrong')
    this.network.mock.heal()
    this.network.weather = CALM
    this.#lookLater()
  }

  #lookLater(): void {
    this.at(LOOK_MS, async () => {
      this.#difference =
        (await differenceOf(this.members)) ?? (await staleManifest(this.network, this.members))
      if (this.#difference !== undefined) return this.#lookLater()
      this.tell('all have the same')
      // Nothing more happens, however long the clock runs.
      for (const member of this.members) member.crash(0)
    })
  }

  async #hash(): Promise<string> {
    const heads: string[] = []
    for (const { agent, store } of this.members)
      for await (const { id } of store?.list('ucxl://any:any@any:any/**') ?? [])
        heads.push(`${agent} ${id}`)
    const numbers = new Float64Array(this.network.trace)
    const all = [this.network.mock.traceHash(), hash('sha256', numbers), ...heads]
    return hash('sha256', all.join('\n')).slice(0, 16)
  }
}

function oneOf<Item>(items: readonly Item[], random: () => number): Item {
  const item = items[Math.floor(random() * items.length)]
  if (item === undefined) throw new Error('There is nothing to choose from')
  return item
}

export interface LifeOptions {
  /** May change a life before it begins. */
  readonly prepare?: (life: Life) => void
  /** Called before what nodes have in the end is looked at. */
  readonly finish?: () => void
}

/** Lives a life. */
export async function live(seed: number, { prepare, finish }: LifeOptions = {}): Promise<Outcome> {
  const stop = countTurns()
  // Most errors of a life are part of it: where they come from is of no use, and takes time to write.
  const { stackTraceLimit } = Error
  Error.stackTraceLimit = 0
  try {
    const life = new Life(seed)
    prepare?.(life)
    return await life.live(finish)
  } finally {
    Error.stackTraceLimit = stackTraceLimit
    stop()
  }
}
