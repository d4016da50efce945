import type { StoredVersion } from '@bzzz/context-store'
import { createAddress, format, parseKey } from '@bzzz/ucxl-address'
import { DECISION_MEDIA_TYPE } from '@bzzz/decision-schema'

/** A moment as it is shown: `2025-08-07 14:30:00`, in UTC. */
export function whenOf(time: string | number): string {
  const text = typeof time === 'number' ? new Date(time).toISOString() : time
  return text.slice(0, 19).replace('T', ' ')
}

/** A participant: by the end of the key, or as `you`. */
export function whoOf(did: string, own: string): string {
  return did === own ? 'you' : `…${did.slice(-8)}`
}

/** The address of a context, or of one version of it. */
export function addressOf(key: string, version?: number): string {
  const address = parseKey(key)
  return format(
    version === undefined ? address : createAddress({ ...address, temporal: `*~${version}` }),
  )
}

/** An address without what nearly all have in common: the scheme, and that the newest is meant. */
export function shortOf(address: string): string {
  return address.replace(/^ucxl:\/\//, '').replace('/*^/', '/')
}

export function isDecision({ record }: StoredVersion): boolean {
  return record.content_type === DECISION_MEDIA_TYPE
}

export function codeOf(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error ? String(error.code) : undefined
}
