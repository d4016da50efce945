import { format } from './format.ts'
import type { Address, Temporal } from './types.ts'

const BRAND = Symbol.for('@bzzz/ucxl-address')

/** The one maker of addresses: frozen, branded, and written out in full as a string. */
export class AddressValue implements Address {
  declare readonly agent: string
  declare readonly role: string
  declare readonly project: string
  declare readonly task: string
  declare readonly temporal: Temporal
  declare readonly path: string
  declare readonly query?: string
  declare readonly fragment?: string

  constructor(
    agent: string,
    role: string,
    project: string,
    task: string,
    temporal: Temporal,
    path: string,
    query?: string,
    fragment?: string,
  ) {
    this.agent = agent
    this.role = role
    this.project = project
    this.task = task
    this.temporal = temporal
    this.path = path
    if (query !== undefined) this.query = query
    if (fragment !== undefined) this.fragment = fragment
    Object.freeze(this)
  }

  get [BRAND](): true {
    return true
  }

  toString(): string {
    return format(this)
  }
}

/** True for an {@link Address} that this package made, be it another installed copy of it. */
export function isAddress(value: unknown): value is Address {
  return typeof value === 'object' && value !== null && BRAND in value
}
