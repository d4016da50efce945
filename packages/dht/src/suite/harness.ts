import assert from 'node:assert/strict'
import type { Dht, RecordRules, RuleBook } from '../dht.ts'
import type { DhtErrorCode } from '../errors.ts'

/** A network under test. */
export interface DhtNetwork {
  /** Its nodes, each of which knows the others. */
  readonly nodes: readonly Dht[]
  /** The id of each node, as it appears among providers and in what was invalid. */
  readonly ids: readonly string[]
  /**
   * Makes one node hold bytes that no rule allows, as a faulty one would, and give them to who asks.
   * Asked for where `supports.plants`.
   */
  readonly plant?: (node: number, key: string, value: Uint8Array) => Promise<void>
  /** From now on this node takes what it is asked and never answers. Where `supports.stalls`. */
  readonly stall?: (node: number) => void
  /** Lets so many milliseconds pass for all nodes. Where `supports.validityMs`. */
  readonly elapse?: (ms: number) => Promise<void>
  /** Ends all nodes and whatever they hold. */
  close(): Promise<void>
}

/** Makes a network of that many nodes, all under these rules. */
export type DhtSetup = (nodes: number, rules: RuleBook) => Promise<DhtNetwork>

/** What an implementation, and the network that its setup makes, can do; the rest is skipped. */
export interface ConformanceSupports {
  /** See `DhtSupports`. True if left out. */
  readonly refusesRollback?: boolean
  /** The networks have `plant`. */
  readonly plants?: boolean
  /** The networks have `stall`. */
  readonly stalls?: boolean
  /** The networks have `elapse`, and values and provider entries count for so many milliseconds. */
  readonly validityMs?: number
}

/** One case, for any test runner: `run` rejects where the implementation does not conform. */
export interface ConformanceCase {
  readonly name: string
  /** Why the case does not apply to this implementation. */
  readonly skip?: string
  readonly run: () => Promise<void>
}

/** Runs a body on a network of so many nodes, and ends that network. */
export type On = (
  count: number,
  body: (nodes: readonly Dht[], network: DhtNetwork) => Promise<void>,
) => () => Promise<void>

/** The key that most cases use. */
export const key = '/conformance/key'

const encoder = new TextEncoder()
const decoder = new TextDecoder()
export const bytes = (text: string): Uint8Array => encoder.encode(text)
export const text = (value: Uint8Array): string => decoder.decode(value)

/** Values are `number:text`; the higher number is the better one. */
export const conformanceRules: RecordRules = {
  maxBytes: 4096,
  validate(_key, value) {
    if (!/^\d+:/.test(decoder.decode(value))) throw new Error('expected number:text, such as 1:a')
  },
  select(_key, values) {
    const ranks = values.map((value) => Number.parseInt(decoder.decode(value), 10))
    return ranks.indexOf(Math.max(...ranks))
  },
}

/** `on` for the networks of a setup. */
export function networksOf(setup: DhtSetup): On {
  return (count, body) => async () => {
    const network = await setup(count, { conformance: conformanceRules })
    try {
      await body(network.nodes, network)
    } finally {
      await network.close()
    }
  }
}

/** What the setup should have given. */
export function required<Value>(value: Value | undefined): Value {
  assert.ok(value !== undefined, 'the setup gave less than was asked for, or than it supports')
  return value
}

/** All that a search gives. */
export async function collect<Value>(source: AsyncIterable<Value>): Promise<Value[]> {
  const values: Value[] = []
  for await (const value of source) values.push(value)
  return values
}

/** Asserts that a call rejects with a code. @returns the error. */
export async function rejects(promise: Promise<unknown>, code: DhtErrorCode): Promise<unknown> {
  let thrown: unknown
  await assert.rejects(promise, (error: unknown) => {
    thrown = error
    assert.equal((error as { code?: unknown } | undefined)?.code, code, String(error))
    return true
  })
  return thrown
}

// A deadline is kept to a few milliseconds; the rest is for busy machines.
const PATIENCE_MS = 4_000

/** The call, or a failure where it does not end: a case must not hang with what it tests. */
export async function ends<Result>(call: Promise<Result>): Promise<Result> {
  const late = Promise.withResolvers<never>()
  const timer = setTimeout(() => late.reject(new Error('the call did not end')), PATIENCE_MS)
  try {
    return await Promise.race([call, late.promise])
  } finally {
    clearTimeout(timer)
  }
}
