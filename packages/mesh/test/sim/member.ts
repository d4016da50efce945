import type { ContextStore } from '@bzzz/context-store'
import { identityFromSeed, type Identity } from '@bzzz/identity'
import { createMeshOn } from '../../src/create-mesh.ts'
import type { Mesh, MeshEvent } from '../../src/index.ts'
import { SimDisk } from './disk.ts'
import type { SimNetwork } from './network.ts'
import type { SimNode } from './node.ts'

const START = Date.UTC(2025, 7, 1)
const PATTERN = 'ucxl://any:any@shop:any/**'

const identities = new Map<number, Identity>()

/** A participant of a simulated life: its key, its disk, and its process as long as it runs. */
export class Member {
  readonly number: number
  readonly identity: Identity
  readonly agent: string
  /** Told of what its mesh tells. */
  onEvent: (event: MeshEvent) => void = () => {}
  skewMs = 0
  mesh: Mesh | undefined
  store: ContextStore | undefined
  readonly #network: SimNetwork
  readonly #disk: SimDisk
  readonly #bootstrap: readonly string[]
  /** What the mesh is given in place of the store: for who lies. */
  serving: (store: ContextStore) => ContextStore = (store) => store
  #node: SimNode | undefined

  constructor(network: SimNetwork, number: number, known: readonly Member[]) {
    const identity = identities.get(number) ?? identityFromSeed(new Uint8Array(32).fill(number))
    identities.set(number, identity)
    this.number = number
    this.identity = identity
    this.agent = `agent${number}`
    this.#network = network
    this.#disk = new SimDisk({
      writer: identity,
      now: () => this.now(),
      clock: () => network.mock.now(),
    })
    this.#bootstrap = known.map(
      ({ identity: { peerId } }) => `/ip4/10.0.0.1/tcp/4001/p2p/${peerId}`,
    )
  }

  get collection(): string {
    return `${this.agent}@shop`
  }

  get isUp(): boolean {
    return this.#node?.isAlive === true
  }

  /** Milliseconds since 1970, as this member takes them to be. */
  now(): number {
    return START + Math.floor(this.#network.mock.now()) + this.skewMs
  }

  /** Starts its process, with what is on its disk. */
  async start(): Promise<void> {
    const { mock } = this.#network
    const store = await this.#disk.open()
    this.store = store
    let started: SimNode | undefined
    const onStart = (node: SimNode): void => {
      started = node
      this.#node = node
    }
    const mesh = await createMeshOn(this.#network.starter(onStart), {
      identity: this.identity,
      store: this.serving(store),
      now: () => this.now(),
      random: () => mock.random(),
      schedule: (run, ms) => mock.schedule(ms, () => started?.isAlive && run()),
      bootstrap: this.#bootstrap,
      onEvent: (event) => started?.isAlive && this.onEvent(event),
    })
    mesh.follow(PATTERN)
    this.mesh = mesh
  }

  /**
   * Its machine loses power, and its disk what was written in these last milliseconds.
   *
   * @returns how many writes were lost.
   */
  crash(lostMs: number): number {
    if (!this.isUp) return 0
    this.#node?.crash()
    this.mesh = undefined
    return this.#disk.crash(lostMs)
  }

  /** Its process ends as it should, and says good-bye. */
  async leave(): Promise<void> {
    const { mesh } = this
    this.mesh = undefined
    await mesh?.stop()
  }

  async restart(lostMs: number): Promise<void> {
    this.#node?.mock.restart({ writes: lostMs > 0 ? 'lost' : 'kept' })
    await this.start()
  }
}
