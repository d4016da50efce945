import {
  startMachine,
  type Machine,
  type MachineOptions,
  type Transitions,
} from './state-machine.ts'

/** What may follow on what in the life of a bot. Out of every state that is not the end, it can fail. */
export const LIFECYCLE = {
  created: ['initializing', 'stopping', 'failed'],
  initializing: ['ready', 'stopping', 'failed'],
  ready: ['running', 'stopping', 'failed'],
  running: ['paused', 'stopping', 'failed'],
  paused: ['running', 'stopping', 'failed'],
  stopping: ['stopped', 'failed'],
  stopped: [],
  failed: [],
} as const satisfies Transitions

export type BotState = keyof typeof LIFECYCLE

/** A bot's life in a state that the compiler knows. */
export type Life<S extends BotState> = Machine<typeof LIFECYCLE, S>

/** Begins the life of a bot. */
export function startLife(options: MachineOptions = {}): Life<'created'> {
  return startMachine(LIFECYCLE, 'created', options)
}
