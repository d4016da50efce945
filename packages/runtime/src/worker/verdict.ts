import type { TaskState } from '../tasks/state.ts'
import type { Attempt, End } from './attempt.ts'

/** Why an attempt may not go on, by how its task stands; undefined where it may. */
export function verdictOf(
  state: TaskState | undefined,
  {
    attempt,
    did,
    now,
  }: {
    readonly attempt: Pick<Attempt, 'lease' | 'until'>
    readonly did: string
    readonly now: number
  },
): End | undefined {
  // What is not claimed yet is seen by nobody.
  if (attempt.until === undefined) return undefined
  switch (state?.status) {
    case 'held': {
      const { writer, lease } = state.holder
      if (writer !== did || lease !== attempt.lease) return over('Another agent holds it')
      return now < attempt.until ? undefined : LOST
    }
    case 'done':
      return over('It is done already')
    case 'expired':
      return { state: 'failed', code: 'ERR_RUNTIME_HANDLER_LATE', reason: 'The deadline is over' }
    case 'cancelled':
    case undefined:
      return { ...over('It was cancelled'), state: 'released' }
    case 'open':
    case 'failed':
      return LOST
  }
}

/** The agent ends in order. */
export const STOPPED: End = {
  state: 'released',
  code: 'ERR_RUNTIME_TASK_OVER',
  reason: 'The agent stops',
}

/** The agent was ended, and is here again. */
export const RESTARTED: End = {
  state: 'failed',
  code: 'ERR_RUNTIME_TASK_OVER',
  reason: 'The agent was ended in the middle of it',
}

const LOST: End = {
  state: 'failed',
  code: 'ERR_RUNTIME_TASK_OVER',
  reason: 'The lease could not be renewed',
}

function over(reason: string): End {
  return { state: 'withdrawn', code: 'ERR_RUNTIME_TASK_OVER', reason }
}
