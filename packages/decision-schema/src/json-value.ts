import { DecisionError, excerptOf, pointer } from './errors.ts'
import { LIMITS } from './limits.ts'

/** What JSON can carry, frozen throughout. */
export type JsonValue =
  | string
  | number
  | boolean
  | null
  | readonly JsonValue[]
  | { readonly [name: string]: JsonValue }

/**
 * Copies a value that JSON carries faithfully, and freezes the copy throughout. A property whose
 * value is `undefined` is left out, as `JSON.stringify` does.
 *
 * @throws {DecisionError} `ERR_DECISION_JSON` for what JSON cannot carry the same everywhere (lone
 *   surrogates, numbers that are not safe, what is no plain object); `ERR_DECISION_SIZE`.
 */
export function copyJson(value: unknown): JsonValue {
  return copy(value, { units: 0, path: [] })
}

/** How far a copy has come. */
interface Walk {
  units: number
  readonly path: PropertyKey[]
}

function copy(value: unknown, walk: Walk): JsonValue {
  switch (typeof value) {
    case 'string':
      return text(value, walk)
    case 'number':
      count(1, walk)
      if (Number.isFinite(value) && (!Number.isInteger(value) || Number.isSafeInteger(value)))
        return value
      return refuse(value, walk, 'a number that every reader keeps exactly')
    case 'boolean':
      count(1, walk)
      return value
    case 'object':
      count(1, walk)
      if (value === null) return null
      if (walk.path.length >= LIMITS.depth) tooMuch(`at most ${LIMITS.depth} levels`, 'more', walk)
      return Array.isArray(value) ? copyList(value, walk) : copyObject(value, walk)
    case 'undefined':
    case 'bigint':
    case 'function':
    case 'symbol':
      return refuse(value, walk, 'a JSON value')
  }
}

function copyList(list: readonly unknown[], walk: Walk): JsonValue {
  if (list.length > LIMITS.size) tooMuch(`at most ${LIMITS.size} characters`, 'more', walk)
  const copied: JsonValue[] = []
  for (let index = 0; index < list.length; index++) {
    walk.path.push(index)
    copied.push(copy(list[index], walk))
    walk.path.pop()
  }
  return Object.freeze(copied)
}

function copyObject(object: object, walk: Walk): JsonValue {
  const prototype: unknown = Object.getPrototypeOf(object)
  // Another realm's Object.prototype has no prototype either.
  if (prototype !== null && Object.getPrototypeOf(prototype) !== null) {
    refuse(object, walk, 'a plain object')
  }
  const copied: Record<string, JsonValue> = {}
  for (const name of Object.keys(object)) {
    const value = (object as Record<string, unknown>)[name]
    if (value === undefined) continue
    walk.path.push(name)
    text(name, walk)
    if (name === '__proto__') define(copied, name, copy(value, walk))
    else copied[name] = copy(value, walk)
    walk.path.pop()
  }
  return Object.freeze(copied)
}

/** Assigning to this name would set the prototype. */
function define(object: object, name: string, value: JsonValue): void {
  Object.defineProperty(object, name, { value, enumerable: true })
}

function text(value: string, walk: Walk): string {
  count(value.length, walk)
  return value.isWellFormed() ? value : refuse(value, walk, 'no lone surrogate')
}

function count(units: number, walk: Walk): void {
  walk.units += units
  if (walk.units > LIMITS.size) tooMuch(`at most ${LIMITS.size} characters`, 'more', walk)
}

function refuse(value: unknown, walk: Walk, expected: string): never {
  const problem = { path: pointer(walk.path), expected, received: excerptOf(value) }
  throw new DecisionError('ERR_DECISION_JSON', [problem])
}

function tooMuch(expected: string, received: string, walk: Walk): never {
  // A deep path is as long as the limit is: the pointer of the part under the root will do.
  const path = pointer(walk.path.slice(0, 1))
  throw new DecisionError('ERR_DECISION_SIZE', [{ path, expected, received }])
}
