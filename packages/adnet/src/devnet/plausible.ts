import type { z } from 'zod'

/** An answer as a route would give it, for a node that accepts what it should not. */
export function plausible(schema: z.ZodType, transaction: string): unknown {
  const shape = (schema as { shape?: Record<string, z.ZodType> }).shape ?? {}
  return Object.fromEntries(
    Object.entries(shape).map(([name, of]) => {
      const candidates = [transaction, 'accepted', '0', 0]
      return [name, candidates.find((candidate) => of.safeParse(candidate).success)]
    }),
  )
}
