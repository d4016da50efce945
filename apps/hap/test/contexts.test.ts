import { mkdtempSync, writeFileSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { PassThrough, Readable } from 'node:stream'
import { createMemoryStore, type ContextStore } from '@bzzz/context-store'
import { identityFromSeed } from '@bzzz/identity'
import { beforeEach, describe, expect, onTestFinished, test } from 'vitest'
import { diffContext } from '../src/compare.ts'
import {
  deleteContext,
  getContext,
  logContext,
  putContext,
  queryContexts,
  restoreContext,
  watchContexts,
} from '../src/contexts.ts'
import type { Desk } from '../src/desk.ts'
import { redactContext } from '../src/redact.ts'
import { verifyContext } from '../src/verify.ts'

const PLAN = 'ucxl://ada:author@shop:checkout/plan.md'
const START = Date.UTC(2025, 7, 8)
const HOUR = 3_600_000

let clock = START
let store: ContextStore
beforeEach(() => {
  clock = START
  store = createMemoryStore({ writer: identityFromSeed(new Uint8Array(32)), now: () => clock })
})

/** What a command is given, and what it says: as text, and where a program asked for it as values. */
function desk({ json = false, input = '' }: { json?: boolean; input?: string } = {}) {
  const said: string[] = []
  const results: unknown[] = []
  const stop = new AbortController()
  const bytes: Uint8Array[] = []
  const all: Desk = {
    home: { store } as Desk['home'],
    signal: stop.signal,
    now: () => clock,
    sleep: async (ms) => void (clock += ms),
    person: async () => {
      throw new Error('Nobody is to be asked for')
    },
    edit: async (text) => text,
    confirm: undefined,
    input: Readable.from([Buffer.from(input)]),
    json,
    progress: new PassThrough(),
    write: async (piece) => void bytes.push(piece),
    say: (text) => void (json || said.push(text)),
    result: (value) => void (json && results.push(value)),
  }
  return { ...all, said, results, stop, written: () => Buffer.concat(bytes).toString() }
}

async function put(text: string, address = PLAN): Promise<void> {
  await putContext(address, undefined, { fresh: false }, desk({ input: text }))
}

async function got(when?: string): Promise<string> {
  const own = desk()
  await getContext(PLAN, when, own)
  return own.written()
}

describe('contexts as commands', () => {
  test('are written from what is piped in, and read as they are and as they were', async () => {
    await put('one')
    clock += 2 * HOUR
    await put('two')
    clock += HOUR
    expect(await got()).toBe('two')
    expect(await got('prev')).toBe('one')
    expect(await got('1')).toBe('one')
    expect(await got('90 minutes ago')).toBe('one')
    await expect(got('yesterday')).rejects.toMatchObject({ code: 'ERR_TEMPORAL_OUT_OF_RANGE' })
    const own = desk({ json: true })
    await getContext(PLAN, undefined, own)
    expect(own.results).toMatchObject([
      { version: 2, text: 'two', contentType: 'text/markdown; charset=utf-8', size: 3 },
    ])
    expect(own.written()).toBe('')
  })

  test('are written from a file, with its type, under conditions and with tags', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'bzzz-hap-'))
    onTestFinished(async () => rm(folder, { recursive: true }))
    const file = join(folder, 'plan.json')
    writeFileSync(file, '{}')
    await putContext(PLAN, file, { fresh: false, new: true, tag: ['a'] }, desk())
    const { record } = (await store.head('ada:author@shop:checkout/plan.md'))!
    expect(record).toMatchObject({ content_type: 'application/json', tags: ['a'] })
    await expect(putContext(PLAN, file, { fresh: false, new: true }, desk())).rejects.toMatchObject(
      { code: 'ERR_STORE_CONFLICT' },
    )
    await expect(
      putContext(PLAN, file, { fresh: false, ifMatch: 'other' }, desk()),
    ).rejects.toMatchObject({ code: 'ERR_STORE_CONFLICT' })
    for (const missing of [join(folder, 'none'), folder])
      await expect(putContext(PLAN, missing, { fresh: false }, desk())).rejects.toMatchObject({
        code: 'ERR_HAP_INPUT',
      })
    const terminal = Object.assign(Readable.from([]), { isTTY: true })
    await expect(
      putContext(PLAN, '-', { fresh: false }, { ...desk(), input: terminal }),
    ).rejects.toMatchObject({ code: 'ERR_HAP_INPUT' })
  })

  test('of a folder are given a name', async () => {
    const own = desk({ input: 'note' })
    await putContext('ucxl://ada:author@shop:checkout/notes/', undefined, { fresh: true }, own)
    expect(own.said[0]).toMatch(/^ucxl:\/\/ada:author@shop:checkout\/\*~\/notes\/[0-9A-Z]{26}$/)
  })

  test('are erased for good, where the person means it', async () => {
    await put('secret')
    await put('clean')
    const why = { when: '1', reason: 'It held a password.' }
    const read = async (when?: string): Promise<string> => {
      const own = desk()
      await getContext(PLAN, when, own)
      return own.written()
    }
    await expect(redactContext(PLAN, why, desk())).rejects.toMatchObject({ code: 'ERR_HAP_INPUT' })
    const asked: string[] = []
    const answering = (yes: boolean) => {
      const confirm = async (question: string): Promise<boolean> => {
        asked.push(question)
        return yes
      }
      return { ...desk(), confirm }
    }
    expect(await redactContext(PLAN, why, answering(false))).toBe(1)
    expect(await read('1')).toBe('secret')
    const own = answering(true)
    expect(await redactContext(PLAN, why, own)).toBe(0)
    expect(asked).toHaveLength(2)
    expect(own.said[0]).toMatch(/^version 1 of ada:author@shop:checkout\/plan\.md: .*6 bytes/)
    await expect(read('1')).rejects.toMatchObject({
      code: 'ERR_STORE_REDACTED',
      message: expect.stringContaining('It held a password.'),
    })
    expect(await read()).toBe('clean')
    expect(await verifyContext(PLAN, desk())).toBe(0)
    const json = desk({ json: true })
    await redactContext(PLAN, { reason: 'another', yes: true }, json)
    expect(json.results).toMatchObject([{ type: 'redaction', version: 2, reason: 'another' }])
    await deleteContext(PLAN, desk())
    await expect(
      redactContext(PLAN, { reason: 'nothing is there', yes: true }, desk()),
    ).rejects.toMatchObject({ code: 'ERR_TEMPORAL_GONE' })
  })

  test('are deleted, listed and restored', async () => {
    await put('one')
    await deleteContext(PLAN, desk())
    await expect(got()).rejects.toMatchObject({ code: 'ERR_TEMPORAL_GONE' })
    await restoreContext(PLAN, '1', desk())
    expect(await got()).toBe('one')
    const own = desk()
    await logContext(PLAN, undefined, own)
    expect(own.said.map((line) => line.replaceAll(/\s+/g, ' ').trim())).toEqual([
      '3 2025-08-08T00:00:00.002Z text/markdown; charset=utf-8, 3 bytes',
      '2 2025-08-08T00:00:00.001Z deleted',
      '1 2025-08-08T00:00:00Z text/markdown; charset=utf-8, 3 bytes',
    ])
    const few = desk({ json: true })
    await logContext(PLAN, 1, few)
    expect(few.results).toMatchObject([[{ version: 3 }]])
    await expect(logContext(`${PLAN}x`, undefined, desk())).rejects.toMatchObject({
      code: 'ERR_TEMPORAL_NOT_FOUND',
    })
  })

  test('are compared, as a patch', async () => {
    await put('one\nsame\n')
    await put('two\nsame\n')
    const own = desk()
    expect(await diffContext(PLAN, {}, own)).toBe(1)
    const lines = own.said.join('\n').split('\n')
    expect(lines).toEqual(expect.arrayContaining(['-one', '+two', ' same']))
    expect(await diffContext(PLAN, { from: 'latest' }, desk())).toBe(0)
    const program = desk({ json: true })
    expect(await diffContext(PLAN, { from: '1', to: '1' }, program)).toBe(0)
    expect(program.results).toMatchObject([{ differ: false, patch: '' }])
    await putContext(
      PLAN,
      undefined,
      { fresh: false },
      {
        ...desk(),
        person: async () => {
          throw new Error('Nobody is to be asked for')
        },
        edit: async (text) => text,
        confirm: undefined,
        input: Readable.from([Buffer.from([0xff, 0])]),
      },
    )
    const binary = desk()
    expect(await diffContext(PLAN, {}, binary)).toBe(1)
    expect(binary.said[0]).toContain('are not both texts')
  })

  test('are found by pattern, words, tags and moment', async () => {
    await put('card numbers')
    clock += HOUR
    await put('invoices', 'ucxl://ada:author@shop:billing/plan.md')
    await put('draft', 'ucxl://ada:author@novel:one/plan.md')
    const found = async (
      pattern: string | undefined,
      options: Parameters<typeof queryContexts>[1],
    ): Promise<string[]> => {
      const own = desk({ json: true })
      await queryContexts(pattern, options, own)
      return (own.results[0] as { address: string }[]).map(({ address }) => address)
    }
    const checkout = 'ucxl://ada:author@shop:checkout/*~/plan.md'
    expect(await found(undefined, {})).toHaveLength(3)
    expect(await found('ucxl://any:any@shop:any/**', {})).toHaveLength(2)
    expect(await found(undefined, { text: 'numbers' })).toEqual([checkout])
    expect(await found(undefined, { at: '30 minutes ago' })).toEqual([checkout])
    expect(await found(undefined, { limit: 2 })).toHaveLength(2)
    const own = desk()
    expect(await queryContexts('ucxl://any:any@none:any/**', {}, own)).toBe(3)
    expect(own.said).toEqual(['Nothing was found.'])
  })

  test('are watched until that is ended', async () => {
    await put('one')
    const own = desk({ json: true })
    const watching = watchContexts('ucxl://any:any@shop:any/**', 0, own)
    await expect.poll(() => own.results).toHaveLength(1)
    await put('other', 'ucxl://ada:author@novel:one/plan.md')
    await deleteContext(PLAN, desk())
    await expect.poll(() => own.results).toHaveLength(2)
    expect(own.results).toMatchObject([
      { sequence: 1, version: 1 },
      { version: 2, content: null },
    ])
    own.stop.abort()
    await watching
  })

  test('are verified from their bytes, and what was tampered with is named', async () => {
    await put('one')
    await put('two')
    const fine = desk()
    expect(await verifyContext(PLAN, fine)).toBe(0)
    expect(fine.said).toHaveLength(2)
    const honest = store
    store = new Proxy(honest, {
      get(target, name) {
        if (name === 'content') return async () => Buffer.from('forged')
        const value = target[name as keyof ContextStore]
        return typeof value === 'function' ? value.bind(target) : value
      },
    })
    const own = desk({ json: true })
    expect(await verifyContext(PLAN, own)).toBe(1)
    const broken = { broken: 'its content is another one' }
    expect(own.results).toMatchObject([{ holds: false, versions: [broken, broken] }])
  })
})

describe('waiting', () => {
  test('gives what comes meanwhile, and says what did not', async () => {
    const own = desk()
    let rounds = 0
    const sleep = async (ms: number): Promise<void> => {
      clock += ms
      if (++rounds === 4) await put('here')
    }
    await getContext(PLAN, undefined, { ...own, sleep }, { wait: 10 })
    expect(own.written()).toBe('here')
    expect(rounds).toBe(4)
    const never = getContext('ucxl://ada:author@shop:checkout/none.md', undefined, desk(), {
      wait: 2,
    })
    await expect(never).rejects.toMatchObject({ code: 'ERR_HAP_WAIT_TIMEOUT' })
    const wrong = getContext('ucxl://ada', undefined, desk(), { wait: 2 })
    await expect(wrong).rejects.toMatchObject({
      code: expect.stringMatching(/^ERR_ADDRESS/) as string,
    })
  })
})
