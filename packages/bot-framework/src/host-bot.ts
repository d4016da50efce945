import { failure, failureOf, type BehaviorResult, type BotContext } from './bot.ts'
import { BotError, duration } from './errors.ts'
import type {
  ExecuteOptions,
  Execution,
  HostedBot,
  HostInit,
  StopBotOptions,
} from './hosted-bot.ts'
import { within } from './within.ts'
import { startLife, type BotState, type Life } from './lifecycle.ts'
import type { Step } from './state-machine.ts'

/** Gives a bot its life. Nothing of the bot is called before {@link HostedBot.prepare}. */
export function hostBot(init: HostInit): HostedBot {
  return new Host(init)
}

class Host implements HostedBot {
  readonly id: string
  readonly context: BotContext
  error?: unknown
  readonly #init: HostInit
  #life: Life<BotState>
  // Made when it is needed: a crowd of idle bots has none.
  #abort: AbortController | undefined
  #executions: Set<Promise<unknown>> | undefined
  #stopped: Promise<void> | undefined
  #preparing: Promise<void> | undefined

  constructor(init: HostInit) {
    this.#init = init
    this.id = init.id
    this.context = init.context
    this.#life = startLife({
      now: () => init.context.clock.now(),
      onStep: ({ state }) => init.onState?.(state as BotState, init.id),
    })
  }

  get state(): BotState {
    return this.#life.state
  }

  get history(): readonly Step<BotState>[] {
    return this.#life.history
  }

  get active(): number {
    return this.#executions?.size ?? 0
  }

  async prepare(options: { readonly signal?: AbortSignal } = {}): Promise<void> {
    this.#step('initializing')
    this.#preparing = this.#setUp(options.signal)
    await this.#preparing
  }

  run(): void {
    if (this.state !== 'ready') throw wrongState(this, 'ready')
    this.#step('running')
  }

  pause(): void {
    this.#step('paused')
  }

  resume(): void {
    if (this.state !== 'paused') throw wrongState(this, 'paused')
    this.#step('running')
  }

  async execute(behavior: string, options: ExecuteOptions = {}): Promise<BehaviorResult> {
    if (this.state !== 'running') throw wrongState(this, 'running')
    const execution = this.#execute(behavior, options)
    this.#executions ??= new Set()
    this.#executions.add(execution)
    try {
      return await execution
    } finally {
      this.#executions.delete(execution)
    }
  }

  async stop(options: StopBotOptions = {}): Promise<void> {
    const graceMs = duration('graceMs', options.graceMs ?? 0)
    await (this.#stopped ??= this.#end(graceMs))
  }

  async #setUp(outer: AbortSignal | undefined): Promise<void> {
    const { bot, setupMs = 30_000 } = this.#init
    try {
      await this.#call('setup', setupMs, outer, async (signal) =>
        bot.setup?.(this.context, { signal }),
      )
      // It may have been stopped meanwhile.
      this.#signal().throwIfAborted()
      this.#step('ready')
    } catch (error) {
      if (this.state === 'initializing') {
        this.error = error
        this.#step('failed')
        this.#stopped = this.#tearDown()
        await this.#stopped
      }
      throw error
    }
  }

  async #execute(behavior: string, options: ExecuteOptions): Promise<BehaviorResult> {
    const { clock, phase, tags } = this.context
    const startedAt = clock.now()
    const { intendedAt = startedAt, timeoutMs, signal: outer } = options
    let result: BehaviorResult
    try {
      result = await this.#call('behaviour', timeoutMs, outer, async (signal) =>
        this.#init.bot.executeBehavior(behavior, this.context, { signal }),
      )
    } catch (error) {
      result = this.#failed(error, outer)
    }
    const endedAt = clock.now()
    const { id: bot } = this
    const execution: Execution = {
      bot,
      behavior,
      phase,
      tags,
      intendedAt,
      startedAt,
      endedAt,
      result,
    }
    this.#init.onExecution?.(execution)
    return result
  }

  #failed(error: unknown, outer: AbortSignal | undefined): BehaviorResult {
    const { message } = error as Error
    if (BotError.is(error, 'ERR_BOT_TIMEOUT')) return failure('timeout', message, { cause: error })
    const aborted = this.#abort?.signal.aborted || outer?.aborted
    return aborted ? failure('aborted', message, { cause: error }) : failureOf(error)
  }

  async #end(graceMs: number): Promise<void> {
    if (this.state === 'stopped' || this.state === 'failed') return
    const wasCreated = this.state === 'created'
    this.#step('stopping')
    const { clock } = this.context
    const { teardownMs = 5_000 } = this.#init
    const work = [this.#preparing ?? Promise.resolve(), ...(this.#executions ?? [])]
    const ended = Promise.allSettled(work)
    if (graceMs > 0 && this.active > 0) await within(clock, graceMs, ended)
    this.#controller().abort(new BotError('ERR_BOT_CLOSED', `${this.id} is stopped`))
    await within(clock, teardownMs, ended)
    if (!wasCreated) await this.#tearDown()
    this.#step(this.error === undefined ? 'stopped' : 'failed')
  }

  async #tearDown(): Promise<void> {
    const { bot, teardownMs = 5_000 } = this.#init
    const last = new AbortController()
    try {
      const done = bot.teardown?.(this.context, { signal: last.signal })
      if (done && !(await within(this.context.clock, teardownMs, done))) {
        throw new BotError('ERR_BOT_TIMEOUT', `Teardown of ${this.id} took over ${teardownMs} ms`)
      }
    } catch (error) {
      last.abort(error)
      this.error ??= error
    }
  }

  /** Calls the bot under a deadline and all signals that count, and does not wait for who ignores them. */
  async #call<T>(
    what: string,
    timeoutMs: number | undefined,
    outer: AbortSignal | undefined,
    call: (signal: AbortSignal) => Promise<T>,
  ): Promise<T> {
    const own = this.#signal()
    outer?.throwIfAborted()
    const inner = new AbortController()
    const given = Promise.withResolvers<never>()
    const give = (reason: unknown): void => {
      inner.abort(reason)
      given.reject(reason)
    }
    const onOwn = (): void => give(own.reason)
    const onOuter = (): void => give(outer?.reason)
    own.addEventListener('abort', onOwn, { once: true })
    outer?.addEventListener('abort', onOuter, { once: true })
    const cancel =
      timeoutMs === undefined
        ? undefined
        : this.context.clock.schedule(timeoutMs, () =>
            give(new BotError('ERR_BOT_TIMEOUT', `Expected ${what} within ${timeoutMs} ms`)),
          )
    try {
      return await Promise.race([call(inner.signal), given.promise])
    } finally {
      cancel?.()
      own.removeEventListener('abort', onOwn)
      outer?.removeEventListener('abort', onOuter)
    }
  }

  #controller(): AbortController {
    return (this.#abort ??= new AbortController())
  }

  #signal(): AbortSignal {
    return this.#controller().signal
  }

  // The compiler knows the state where it is written down; here it depends on what was called before,
  // and the machine itself checks it.
  #step(state: BotState): void {
    this.#life = (this.#life as { to(state: BotState): Life<BotState> }).to(state)
  }
}

function wrongState(bot: HostedBot, expected: BotState): BotError {
  return new BotError(
    'ERR_BOT_STATE',
    `Expected ${bot.id} to be ${expected}, got one that is ${bot.state}`,
  )
}
