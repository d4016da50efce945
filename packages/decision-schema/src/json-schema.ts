import { z } from 'zod'
import { decisionSchema, notes } from './schema.ts'

/** Names the schema of this version for good; what changes its verdicts gets another. */
export const DECISION_SCHEMA_ID = 'urn:bzzz:decision-schema:decision:1'

/**
 * The schema as JSON Schema 2020-12: what `schema/decision-1.json` holds. The caller owns it.
 *
 * It gives the verdicts of `decisionSchema`, but for addresses whose canonical form is longer than
 * themselves and thereby too long, or whose moment lies outside the years 0000 to 9999 of UTC.
 */
export function decisionJsonSchema(): Record<string, unknown> {
  const { $schema, ...schema } = z.toJSONSchema(decisionSchema, {
    metadata: notes,
    target: 'draft-2020-12',
  })
  return { $schema, $id: DECISION_SCHEMA_ID, title: 'Decision node, version 1', ...schema }
}
