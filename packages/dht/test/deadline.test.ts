import { describe, expect, test } from 'vitest'
import { checkRecord, namespaceOf, withDeadline, type RecordRules } from '../src/index.ts'

const never = new Promise<never>(() => {})

describe('a deadline', () => {
  test('gives what the work gives', async () => {
    expect(await withDeadline({ timeoutMs: 1000 }, async () => 'done')).toBe('done')
    const failure = new Error('failed')
    await expect(withDeadline(undefined, async () => Promise.reject(failure))).rejects.toBe(failure)
  })

  test('ends work that does not end, and aborts it', async () => {
    let inner: AbortSignal | undefined
    const call = withDeadline({ timeoutMs: 1 }, async (signal) => {
      inner = signal
      return never
    })
    await expect(call).rejects.toMatchObject({
      code: 'ERR_DHT_TIMEOUT',
      message: 'No answer within 1 ms',
    })
    expect(inner?.aborted).toBe(true)
  })

  test('is that of the clock it is given', async () => {
    const due: { run: () => void; milliseconds: number; cancelled: boolean }[] = []
    const schedule = (run: () => void, milliseconds: number): (() => void) => {
      const timer = { run, milliseconds, cancelled: false }
      due.push(timer)
      return () => {
        timer.cancelled = true
      }
    }
    const call = withDeadline({ timeoutMs: 5, schedule }, async () => never)
    expect(due).toMatchObject([{ milliseconds: 5, cancelled: false }])
    due[0]?.run()
    await expect(call).rejects.toMatchObject({ code: 'ERR_DHT_TIMEOUT' })
    expect(due).toMatchObject([{ cancelled: true }])
  })

  test('is what a call failed of, whatever the work makes of being aborted', async () => {
    const call = withDeadline({ timeoutMs: 1 }, async (signal) => {
      await new Promise((resolve) => {
        signal.addEventListener('abort', resolve)
      })
      throw new Error('the stream was reset')
    })
    await expect(call).rejects.toMatchObject({ code: 'ERR_DHT_TIMEOUT' })
  })

  test('ends with the reason of the caller’s signal, before it begins or in the middle', async () => {
    const reason = new Error('not wanted any more')
    let begun = false
    const early = withDeadline({ signal: AbortSignal.abort(reason) }, async () => {
      begun = true
    })
    await expect(early).rejects.toBe(reason)
    expect(begun).toBe(false)
    const stop = new AbortController()
    const late = withDeadline({ signal: stop.signal }, async () => never)
    stop.abort(reason)
    await expect(late).rejects.toBe(reason)
  })
})

describe('the rules of a namespace', () => {
  const rules: RecordRules = {
    maxBytes: 2,
    validate: (_key, value) => {
      if (value[0] === 0) throw new Error('begins with zero')
    },
    select: () => 0,
  }
  const check = (key: string, ...bytes: number[]): RecordRules =>
    checkRecord({ ucxl: rules }, key, Uint8Array.from(bytes))

  test('are found by the key', () => {
    expect(namespaceOf('/ucxl/name')).toBe('ucxl')
    for (const key of ['', 'ucxl/name', '/ucxl', '/ucxl/', '//name'])
      expect(namespaceOf(key)).toBeUndefined()
    expect(check('/ucxl/name', 1)).toBe(rules)
  })

  test('refuse with a code and the reason', () => {
    expect(() => check('/other/name', 1)).toThrow(
      expect.objectContaining({ code: 'ERR_DHT_INVALID_RECORD' }),
    )
    expect(() => check('/toString/name', 1)).toThrow(
      expect.objectContaining({ code: 'ERR_DHT_INVALID_RECORD' }),
    )
    expect(() => check('/ucxl/name', 1, 2, 3)).toThrow(
      expect.objectContaining({ code: 'ERR_DHT_TOO_LARGE' }),
    )
    expect(() => check('/ucxl/name', 0)).toThrow(/begins with zero/)
  })
})
