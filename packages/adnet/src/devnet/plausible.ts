import type { z } from 'zod'

/** An answer as a route would give it, for a node that accepts what it should not. */
export function plausible(schema: z.ZodType, transaction: string): unknown {
  const { shape } = schema as { shape?: Readonly<Record<string, z.ZodType>> }
  if (!shape)
    return candidates(transaction).find((candidate) => schema.safeParse(candidate).success)
  return Object.fromEntries(
    Object.entries(shape).map(([name, of]) => [name, plausible(of, transaction)]),
  )
}

const candidates = (transaction: string): unknown[] => [
  transaction,
  'accepted',
  '0',
  0,
  [],
  {},
  null,
  `ax1${'q'.repeat(58)}`,
]
