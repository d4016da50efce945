import { parseKey } from '@bzzz/ucxl-address'
import type { Added, Edge, NewDecision } from '../storage.ts'
import { conflictOf, type Neighbour } from '../timeline-rules.ts'
import type { Queries } from './database.ts'
import { recordset } from './values.ts'
import { lockSchema } from './schema.ts'
import { vectorsOf } from './words.ts'

/** A version beside a new one. */
interface Beside extends Neighbour {
  readonly contentId: string
}

/** A version that is taken in, with what it became. */
interface Taken {
  readonly next: NewDecision
  readonly context: Context
  readonly sequence: number
  readonly repeated: boolean
}

/**
 * Takes a lot of versions in; inside a transaction. What is said of each is found out here, from what
 * the lot needs of the tables. Statements are by the lot, and sent without a wait for those before
 * them: what takes long is the way to the server and back.
 *
 * One lot at a time, whoever writes it: a sequence that was given out is seen before any later one, as
 * all rely on who go on after a sequence.
 */
export async function addVersions(
  queries: Queries,
  versions: readonly NewDecision[],
  anyWriter: boolean,
): Promise<Added[]> {
  const lot = await lotOf(queries, versions)
  const added = versions.map((next, place) => addVersion(lot, { next, place, anyWriter }))
  await insert(queries, lot)
  return added
}

/** What is known while a lot is looked through. */
interface Lot {
  /** Sequences of records that are here. */
  readonly known: Map<string, number>
  readonly contexts: ReadonlyMap<string, Context>
  /** What the tables have beside each place of the lot. */
  readonly beside: ReadonlyMap<number, readonly Beside[]>
  /** The newest sequence in the tables. */
  readonly position: number
  readonly taken: Taken[]
}

interface Context {
  readonly id: number
  /** The number of its newest version; 0 where there is none. */
  head: number
  /** What was taken in of it with this lot. */
  readonly taken: Taken[]
  /** The newest of these, where it is the newest of all. */
  newest?: Taken
}

async function lotOf(queries: Queries, versions: readonly NewDecision[]): Promise<Lot> {
  const ids = versions.map(({ recordId }) => recordId)
  const places = versions.map(({ key, version }, place) => ({ place, key, version }))
  const columns = `version, time, record_id AS "recordId", previous, writer,
    content_id AS "contentId"`
  const [, , contexts, known, beside, position] = await Promise.all([
    lockSchema(queries),
    makeContexts(queries, places),
    queries.all<{ id: number; key: string; head: number }>(
      `SELECT c.id, c.key, coalesce(v.version, 0) AS head
        FROM contexts c LEFT JOIN versions v ON v.sequence = c.head
        WHERE c.key = ANY (ARRAY(
          SELECT key FROM json_to_recordset($1::text::json) AS x (key text)))`,
      [recordset(places)],
    ),
    queries.all<{ id: string; sequence: number }>(
      `SELECT record_id AS id, sequence FROM versions
        WHERE record_id = ANY (ARRAY(SELECT json_array_elements_text($1::text::json)))`,
      [recordset(ids)],
    ),
    queries.all<Beside & { place: number }>(
      `SELECT w.place, n.* FROM
        json_to_recordset($1::text::json) AS w (place integer, key text, version bigint)
        CROSS JOIN LATERAL (SELECT id FROM contexts WHERE key = w.key) c
        CROSS JOIN LATERAL (
          (SELECT ${columns} FROM versions v WHERE v.context = c.id AND v.version <= w.version
            ORDER BY v.version DESC LIMIT 2)
          UNION ALL
          (SELECT ${columns} FROM versions v WHERE v.context = c.id AND v.version > w.version
            ORDER BY v.version LIMIT 1)) n`,
      [recordset(places)],
    ),
    queries.get<{ newest: number }>('SELECT coalesce(max(sequence), 0) AS newest FROM versions'),
  ])
  return {
    known: new Map(known.map(({ id, sequence }) => [id, sequence])),
    contexts: new Map(contexts.map(({ id, key, head }) => [key, { id, head, taken: [] }])),
    beside: Map.groupBy(beside, ({ place }) => place),
    position: position?.newest ?? 0,
    taken: [],
  }
}

/** Makes the contexts of keys that are not known yet. */
async function makeContexts(
  queries: Queries,
  of: readonly { readonly key: string }[],
): Promise<void> {
  const keys = new Set(of.map(({ key }) => key))
  const rows = Array.from(keys, (key) => {
    const { agent, role, project, task } = parseKey(key)
    return { key, agent, role, project, task }
  })
  await queries.run(
    `INSERT INTO contexts (key, agent, role, project, task)
      SELECT key, agent, role, project, task FROM json_to_recordset($1::text::json)
        AS x (key text, agent text, role text, project text, task text)
      ON CONFLICT (key) DO NOTHING`,
    [recordset(rows)],
  )
}

function addVersion(
  lot: Lot,
  { next, place, anyWriter }: { next: NewDecision; place: number; anyWriter: boolean },
): Added {
  const known = lot.known.get(next.recordId)
  if (known !== undefined) return { outcome: 'known', sequence: known }
  const context = lot.contexts.get(next.key)
  if (!context) throw new Error(`No context was made for ${next.key}`)
  const beside: Beside[] = [
    ...(lot.beside.get(place) ?? []),
    ...context.taken.map((taken) => taken.next),
  ]
  beside.sort((a, b) => a.version - b.version)
  const same = beside.find(({ version }) => version === next.version)
  const before = beside.findLast(({ version }) => version < next.version)
  const after = beside.find(({ version }) => version > next.version)
  const reason = conflictOf(next, { same, before, after }, anyWriter)
  if (reason !== undefined) return { outcome: 'conflict', reason }
  const repeated = before?.version === next.version - 1 && before.contentId === next.contentId
  const sequence = lot.position + lot.taken.length + 1
  const taken = { next, context, sequence, repeated }
  lot.taken.push(taken)
  lot.known.set(next.recordId, sequence)
  context.taken.push(taken)
  if (next.version > context.head) {
    context.head = next.version
    context.newest = taken
  }
  return { outcome: repeated ? 'repeated' : 'added', sequence }
}

async function insert(queries: Queries, { taken }: Lot): Promise<void> {
  if (taken.length === 0) return
  const edges = taken.flatMap((one) => one.next.edges.map((edge) => edgeRow(one, edge)))
  await Promise.all([
    queries.run(
      `INSERT INTO versions SELECT * FROM json_to_recordset($1::text::json) AS x (sequence bigint,
        context bigint, version bigint, time bigint, at bigint, type text, status text,
        unjustified boolean, repeated boolean, decision_id text, content_id text, record_id text,
        previous text, writer text, node text, record text)`,
      [recordset(taken.map(versionRow))],
    ),
    ...moveHeads(
      queries,
      taken.filter((one) => one.context.newest === one),
    ),
    ...(edges.length > 0 ? [makeContexts(queries, edges), insertEdges(queries, edges)] : []),
  ])
}

async function insertEdges(queries: Queries, edges: readonly object[]): Promise<void> {
  await queries.run(
    `INSERT INTO edges
      SELECT x.source, x.kind, x.type, x.place, t.id, x.version, x.content_id, x.context, x.current
      FROM json_to_recordset($1::text::json) AS x (source bigint, kind text, type text,
          place integer, key text, version bigint, content_id text, context bigint,
          current boolean)
        CROSS JOIN LATERAL (SELECT id FROM contexts WHERE key = x.key) t`,
    [recordset(edges)],
  )
}

function edgeRow(taken: Taken, edge: Edge): Edge & object {
  const { context, sequence: source } = taken
  const { contentId: content_id } = edge
  const row = { ...edge, content_id, source, context: context.id }
  return Object.assign(row, { current: context.newest === taken })
}

function versionRow({ next, context, sequence, repeated }: Taken): object {
  const { version, time, at, facets, unjustified, previous, writer, node, record } = next
  const { decisionId: decision_id, contentId: content_id, recordId: record_id } = next
  const { type, status } = facets
  const ids = { decision_id, content_id, record_id, previous, writer }
  const said = { version, time, at, type, status, unjustified, repeated }
  return { sequence, context: context.id, ...said, ...ids, node, record }
}

/** Makes versions the newest of their contexts: what is found by, and the edges that count. */
function moveHeads(queries: Queries, heads: readonly Taken[]): Promise<unknown>[] {
  if (heads.length === 0) return []
  const rows = heads.map(({ next, context, sequence }) => {
    const { at, unjustified, facets, text } = next
    const { type, status } = facets
    const { title, titleWords: title_words, words } = vectorsOf(text)
    const found = { type, status, at, unjustified, title, title_words, words }
    return { id: context.id, head: sequence, ...found }
  })
  return [
    queries.run(
      `UPDATE edges SET current = false WHERE current AND context = ANY (ARRAY(
        SELECT json_array_elements_text($1::text::json)::bigint))`,
      [JSON.stringify(rows.map(({ id }) => id))],
    ),
    queries.run(
      `UPDATE contexts c SET head = x.head, type = x.type, status = x.status, at = x.at,
          unjustified = x.unjustified, title = x.title::tsvector, title_words = x.title_words,
          words = x.words::tsvector
        FROM json_to_recordset($1::text::json) AS x (id bigint, head bigint, type text,
          status text, at bigint, unjustified boolean, title text, title_words integer, words text)
        WHERE c.id = x.id`,
      [recordset(rows)],
    ),
  ]
}
