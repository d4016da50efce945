import { compare, median, type Figure } from '../../../scripts/bench-harness.ts'
import { participant } from './participant.ts'

const KB = 1024

/** Addresses that were never held, and one that was. */
export async function resolving(): Promise<Figure[]> {
  const [writer, reader] = [await participant(1), await participant(2)]
  await reader.mesh.join(writer.mesh.addresses[0] ?? '')
  const address = (number: number): string => `ucxl://a:b@c:d/*^/${number}`
  await writer.store.putAll(
    Array.from({ length: 300 }, (_, number) => ({
      address: address(number),
      content: Buffer.alloc(KB, `${number} `),
    })),
  )
  await writer.mesh.publish('a@c')
  const cold: number[] = []
  for (let number = 0; number < 300; number++) {
    const start = performance.now()
    await reader.mesh.get(address(number))
    cold.push(performance.now() - start)
  }
  const ms = median(cold.slice(1))
  const figures: Figure[] = [
    {
      what: 'resolve an address never held, collection known (median of 299)',
      value: ms,
      unit: 'ms',
      goal: 'tens of ms',
      met: ms < 50,
    },
    {
      what: 'the same, the first of a collection',
      value: cold[0] ?? 0,
      unit: 'ms',
      goal: 'tens of ms',
      met: (cold[0] ?? 0) < 100,
    },
    await compare({
      what: 'resolve an address that was read before',
      subject: async () => reader.mesh.get(address(7)),
      reference: { what: 'the store alone', run: async () => reader.store.get(address(7)) },
      atLeast: 0.3,
    }),
  ]
  await Promise.all([writer.mesh.stop(), reader.mesh.stop()])
  return figures
}
