import { BotError } from './errors.ts'

/** Which states follow on which: `{ off: ['on'], on: ['off', 'broken'], broken: [] }`. */
export type Transitions = Readonly<Record<string, readonly string[]>>

/** The states that may follow on a state. */
export type Next<T extends Transitions, S extends keyof T> = T[S][number] & keyof T & string

/** One step of a machine. */
export interface Step<S extends string = string> {
  readonly state: S
  /** Milliseconds, by the clock that the machine was given. */
  readonly at: number
}

/**
 * A machine in a state that the compiler knows. A step gives the machine in its next state and ends this
 * value: to step from it once more is an error, also where the compiler does not see it.
 */
export interface Machine<T extends Transitions, S extends keyof T & string> {
  readonly state: S
  /** The steps so far, this one last. */
  readonly history: readonly Step<keyof T & string>[]
  /** Whether a state may follow on this one. */
  can(state: string): state is Next<T, S>
  /** @throws `ERR_BOT_STATE` where that may not follow, or this value was stepped from already. */
  to<N extends Next<T, S>>(state: N): Machine<T, N>
}

/** The names of a table whose targets are all states of it; other tables do not compile. */
type Closed<T extends Transitions> = { readonly [S in keyof T]: readonly (keyof T)[] }

export interface MachineOptions {
  /** The time of a step. Always 0 if left out. */
  readonly now?: () => number
  /** Called after each step. */
  readonly onStep?: (step: Step, from: string | undefined) => void
}

/**
 * Starts a machine.
 *
 * @throws `ERR_BOT_STATE` where a target of the table, or the first state, is no state of it.
 */
export function startMachine<
  const T extends Transitions & Closed<T>,
  const S extends keyof T & string,
>(transitions: T, first: S, options: MachineOptions = {}): Machine<T, S> {
  const states = new Set(Object.keys(transitions))
  const unknown = [first, ...Object.values(transitions).flat()].find((state) => !states.has(state))
  if (unknown !== undefined) {
    throw new BotError(
      'ERR_BOT_STATE',
      `Expected one of the states ${[...states].join(', ')}, got ${unknown}`,
    )
  }
  const { now = () => 0, onStep } = options
  const step = { state: first, at: now() }
  onStep?.(step, undefined)
  return new Stage(new Course(transitions, now, onStep, [step]), first)
}

/** What all stages of one machine share. */
class Course {
  readonly transitions: Transitions
  readonly now: () => number
  readonly onStep: MachineOptions['onStep']
  readonly steps: Step[]

  constructor(
    transitions: Transitions,
    now: () => number,
    onStep: MachineOptions['onStep'],
    steps: Step[],
  ) {
    this.transitions = transitions
    this.now = now
    this.onStep = onStep
    this.steps = steps
  }
}

class Stage<T extends Transitions, S extends keyof T & string> implements Machine<T, S> {
  readonly state: S
  readonly #course: Course
  readonly #length: number

  constructor(course: Course, state: S) {
    this.state = state
    this.#course = course
    this.#length = course.steps.length
  }

  get history(): readonly Step<keyof T & string>[] {
    return this.#course.steps.slice(0, this.#length)
  }

  can(state: string): state is Next<T, S> {
    return (
      this.#course.steps.length === this.#length &&
      (this.#course.transitions[this.state]?.includes(state) ?? false)
    )
  }

  to<N extends Next<T, S>>(state: N): Machine<T, N> {
    const { steps, transitions, now, onStep } = this.#course
    if (steps.length !== this.#length) {
      throw new BotError(
        'ERR_BOT_STATE',
        `Expected the newest stage of a machine, which is ${steps.at(-1)?.state}, got one that was ${this.state} before`,
      )
    }
    if (!this.can(state)) {
      throw new BotError(
        'ERR_BOT_STATE',
        `Expected one of ${transitions[this.state]?.join(', ') || 'no states'} to follow on ${this.state}, got ${String(state)}`,
      )
    }
    const step = { state, at: now() }
    steps.push(step)
    onStep?.(step, this.state)
    return new Stage<T, N>(this.#course, state)
  }
}
