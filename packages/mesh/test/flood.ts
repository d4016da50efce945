import type { Identity } from '@bzzz/identity'
import { startStranger } from '../src/testing.ts'

/** Says to a node that one provides so many things, one after the other, until it does not listen. */
export async function providerFlood(
  identity: Identity,
  address: string,
  count: number,
): Promise<{ readonly peerId: string; readonly sent: number }> {
  const stranger = await startStranger({ identity })
  const { peerId } = stranger
  const signal = AbortSignal.timeout(100_000)
  let sent = 0
  function* keys(): Generator<string> {
    // Where it ends the stream, the one that it refused is passed over.
    while (sent < count) yield `${sent++}`
  }
  try {
    while (sent < count) await stranger.provide(address, { keys: keys(), signal })
  } catch {
    // It is cut off.
  }
  await stranger.stop()
  return { peerId, sent }
}
