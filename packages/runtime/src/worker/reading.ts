import type { ContextVersion } from '@bzzz/context-store'
import { RuntimeError } from '../errors.ts'
import type { Answered, Input, Work } from '../handlers/handler.ts'
import { pinned } from '../tasks/places.ts'
import { parseTask } from '../tasks/task.ts'

/** Reads a context, from here or from the mesh. */
export type ReadContext = (
  address: string,
  options: { readonly signal: AbortSignal },
) => Promise<ContextVersion>

/** Reads what a handler is given. */
export interface Reading {
  /**
   * A task with its inputs.
   *
   * @throws `ERR_RUNTIME_TASK`, `ERR_RUNTIME_TASK_INPUT`; as the store and the mesh.
   */
  work(options: {
    readonly task: string
    readonly version: number
    readonly attempt: number
    readonly answers: readonly Answered[]
    readonly signal: AbortSignal
  }): Promise<Work>

  /** One context. @throws `ERR_RUNTIME_TASK_INPUT`. */
  input(address: string, options: { readonly signal: AbortSignal }): Promise<Input>
}

/** Bytes of all inputs of a task, at most. */
const MOST = 8 * 1024 * 1024

export function createReading(read: ReadContext): Reading {
  const input: Reading['input'] = async (address, { signal }) => {
    const { record, content } = await read(address, { signal }).catch((cause: unknown) => {
      signal.throwIfAborted()
      const why = cause instanceof Error ? cause.message : String(cause)
      throw new RuntimeError('ERR_RUNTIME_TASK_INPUT', `${address} cannot be read: ${why}`, {
        cause,
      })
    })
    if (record.encryption)
      throw new RuntimeError('ERR_RUNTIME_TASK_INPUT', `${address} is encrypted`)
    const contentType = record.content_type ?? 'application/octet-stream'
    return { address: pinned(record.key, record.version), contentType, content }
  }
  return {
    input,
    async work({ task, version, attempt, answers, signal }) {
      const address = pinned(task, version)
      const { title, instructions, data, inputs, deadline } = parseTask(
        (await input(address, { signal })).content,
      )
      const all: Input[] = []
      let bytes = 0
      for (const one of inputs) {
        const found = await input(one, { signal })
        bytes += found.content.length
        if (bytes > MOST) {
          const why = `The inputs have more than ${MOST} bytes, with ${one}`
          throw new RuntimeError('ERR_RUNTIME_TASK_INPUT', why)
        }
        all.push(found)
      }
      const given = { address, title, instructions, inputs: all, attempt, deadline, answers }
      return data === undefined ? given : { ...given, data }
    },
  }
}
