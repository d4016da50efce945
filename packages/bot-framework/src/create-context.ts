import type { Identity } from '@bzzz/identity'
import type { BotContext } from './bot.ts'
import type { Clock } from './clock.ts'
import { createConfig, createEndpoints, type Config, type Endpoints } from './config.ts'
import type { Mailbox, MessageBus } from './message-bus.ts'
import type { Random } from './random.ts'
import { createWallet, type Wallet } from './wallet.ts'

export interface ContextInit {
  /** Its name: on the bus, and of its chance. */
  readonly id: string
  readonly identity: Identity
  readonly clock: Clock
  readonly bus: MessageBus
  /** Chance of the whole run: the bot has a stream of it, by its name. */
  readonly random: Random
  /** An empty one if left out. */
  readonly wallet?: Wallet
  readonly endpoints?: Endpoints
  readonly config?: Config
  readonly scenario?: string
  /** `main` if left out; a function where it changes. */
  readonly phase?: string | (() => string)
  readonly tags?: Readonly<Record<string, string>>
}

/** A context, and the way out of it. */
export interface OwnContext extends BotContext {
  /** Leaves the bus. */
  close(): void
}

const NO_ENDPOINTS = createEndpoints()
const NO_CONFIG = createConfig()
const NO_TAGS = Object.freeze({})

/** What a bot has to work with. It joins the bus by its name. @throws `ERR_BOT_DUPLICATE` for one that is taken. */
export function createContext(init: ContextInit): OwnContext {
  return new MadeContext(init)
}

// A class and not an object of closures: of these there are tens of thousands.
class MadeContext implements OwnContext {
  readonly identity: Identity
  readonly clock: Clock
  readonly mailbox: Mailbox
  readonly endpoints: Endpoints
  readonly config: Config
  readonly scenario: string
  readonly tags: Readonly<Record<string, string>>
  readonly #init: ContextInit
  #wallet: Wallet | undefined
  #random: Random | undefined

  constructor(init: ContextInit) {
    this.#init = init
    this.identity = init.identity
    this.clock = init.clock
    this.endpoints = init.endpoints ?? NO_ENDPOINTS
    this.config = init.config ?? NO_CONFIG
    this.scenario = init.scenario ?? ''
    this.tags = init.tags ?? NO_TAGS
    this.mailbox = init.bus.join(init.id)
  }

  get wallet(): Wallet {
    const { wallet, clock } = this.#init
    return (this.#wallet ??= wallet ?? createWallet({ now: () => clock.now() }))
  }

  get random(): Random {
    return (this.#random ??= this.#init.random.split(this.#init.id))
  }

  get phase(): string {
    const { phase = 'main' } = this.#init
    return typeof phase === 'string' ? phase : phase()
  }

  close(): void {
    this.mailbox.close()
  }
}
