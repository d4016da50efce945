/**
 * Decisions and their graphs in the formats of others: pure functions.
 *
 * ```ts
 * const record = recordOf(await slurp.get(address))
 * toMadr(record) // a Markdown decision record
 * toMermaid(graphOfChain(await slurp.why(address))) // a drawing of what it rests on
 * ```
 *
 * @packageDocumentation
 */
export { recordOf, toJson, toNdjson, type DecisionRecord } from './format-record.ts'
export { toMadr } from '@bzzz/decision-schema/madr'
export { toProv } from './format-prov.ts'
export {
  openEnvelope,
  toEnvelope,
  toStatement,
  type Envelope,
  type Statement,
} from './format-intoto.ts'
export { toDot, toGraphml, toMermaid } from './format-drawings.ts'
export {
  graphOfChain,
  graphOfRecords,
  type Graph,
  type GraphLink,
  type GraphNode,
} from './format-graph.ts'
