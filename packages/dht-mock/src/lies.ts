import type { Host, Message, Reply } from './host.ts'

/**
 * How a node lies: `garbage` gives noise for every value; `stale` says that it takes a newer value and
 * keeps the older one; `forgetful` says that it takes what it is given and keeps nothing; `misleading`
 * names peers that do not exist, right where one is looking.
 */
export type Lie = 'garbage' | 'stale' | 'forgetful' | 'misleading'

/** What a lying node makes of a message. */
export function lied(host: Host, lie: Lie, from: Host, message: Message): Reply {
  const { kind, key } = message
  const puts = kind === 'put-value' || kind === 'add-provider'
  if (lie === 'forgetful' && puts) return { taken: true }
  if (lie === 'stale' && kind === 'put-value' && host.value(key)) return { taken: true }
  const reply = host.honest(from, message)
  if (lie === 'garbage' && kind === 'get-value') {
    // The same noise each time, so that a run can be repeated.
    const bytes = Uint8Array.of(0xff, host.high & 0xff, host.low & 0xff, 0x00)
    return { ...reply, held: { bytes, rules: undefined, stamp: -1 } }
  }
  if (lie === 'misleading' && reply.closer && message.target) {
    return { ...reply, closer: host.ghosts(message.target) }
  }
  return reply
}
