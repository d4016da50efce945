import { SlurpError } from '../errors.ts'
import type { Queries } from './database.ts'

const SCHEMA_VERSION = 1
// "SLRP": tells our locks from those of others in one database.
const LOCKS = 0x534c5250

// As the tables of SQLite, which say what is what; the index of words is a column here. Keys are
// compared as bytes, as everywhere else.
const TABLES = `
CREATE TABLE slurp_schema (version integer NOT NULL);
INSERT INTO slurp_schema VALUES (${SCHEMA_VERSION});
CREATE TABLE contexts (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  key text COLLATE "C" NOT NULL UNIQUE,
  agent text NOT NULL,
  role text NOT NULL,
  project text NOT NULL,
  task text NOT NULL,
  head bigint,
  type text NOT NULL DEFAULT '',
  status text NOT NULL DEFAULT '',
  at bigint NOT NULL DEFAULT 0,
  unjustified boolean NOT NULL DEFAULT false,
  title tsvector,
  title_words integer NOT NULL DEFAULT 0,
  words tsvector
);
CREATE INDEX contexts_at ON contexts (at DESC, key) WHERE head IS NOT NULL;
CREATE INDEX contexts_project ON contexts (project, at) WHERE head IS NOT NULL;
CREATE INDEX contexts_unjustified ON contexts (key) WHERE unjustified;
CREATE INDEX contexts_words ON contexts USING gin (words);
CREATE TABLE versions (
  sequence bigint PRIMARY KEY,
  context bigint NOT NULL REFERENCES contexts (id),
  version bigint NOT NULL,
  time bigint NOT NULL,
  at bigint NOT NULL,
  type text NOT NULL,
  status text NOT NULL,
  unjustified boolean NOT NULL,
  repeated boolean NOT NULL,
  decision_id text NOT NULL,
  content_id text NOT NULL,
  record_id text NOT NULL UNIQUE,
  previous text,
  writer text NOT NULL,
  node text NOT NULL,
  record text NOT NULL,
  UNIQUE (context, version)
);
CREATE INDEX versions_time ON versions (context, time);
CREATE INDEX versions_decision ON versions (decision_id, sequence);
CREATE INDEX versions_content ON versions (content_id);
CREATE TABLE edges (
  source bigint NOT NULL REFERENCES versions (sequence),
  kind text NOT NULL,
  type text NOT NULL,
  place integer NOT NULL,
  target bigint NOT NULL REFERENCES contexts (id),
  version bigint,
  content_id text,
  context bigint NOT NULL,
  current boolean NOT NULL
);
CREATE INDEX edges_target ON edges (target, kind, version);
CREATE INDEX edges_current ON edges (kind, target, context, type) WHERE current;
CREATE INDEX edges_source ON edges (context) WHERE current;
CREATE TABLE held (
  number bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  record_id text NOT NULL UNIQUE,
  delivery text NOT NULL,
  rule text NOT NULL,
  reason text NOT NULL,
  since bigint NOT NULL,
  state text NOT NULL
);
CREATE TABLE webhooks (
  id text COLLATE "C" PRIMARY KEY,
  created bigint NOT NULL,
  state text NOT NULL,
  claimed_by text,
  claimed_until timestamptz
);
CREATE TABLE attempts (
  number bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  webhook text NOT NULL,
  attempt text NOT NULL
);
CREATE INDEX attempts_webhook ON attempts (webhook, number);
`

/** Until the end of the transaction nobody else is between here and there, in any process. */
export async function lockSchema(queries: Queries): Promise<void> {
  await queries.run('SELECT pg_advisory_xact_lock($1, hashtext(current_schema()))', [LOCKS])
}

/** Makes the tables of a new schema, or sees to it that a schema is one of ours; both or nothing. */
export async function prepareSchema(queries: Queries, schema: string): Promise<void> {
  await queries.run('SELECT pg_advisory_xact_lock($1, hashtext($2))', [LOCKS, schema])
  const isThere = 'SELECT 1 FROM pg_namespace WHERE nspname = $1'
  // To make what is there takes a right that who only uses it may not have.
  if (!(await queries.get(isThere, [schema]))) await queries.run(`CREATE SCHEMA ${schema}`)
  const tables = await queries.all<{ name: string }>(
    'SELECT tablename AS name FROM pg_tables WHERE schemaname = $1',
    [schema],
  )
  if (tables.length === 0) {
    for (const statement of TABLES.split(';').filter((text) => text.trim() !== ''))
      await queries.run(statement)
    return
  }
  if (!tables.some(({ name }) => name === 'slurp_schema')) {
    throw new SlurpError(
      'ERR_SLURP_FILE',
      `The schema ${schema} has tables of another program: choose another schema`,
    )
  }
  const row = await queries.get<{ version: number }>('SELECT version FROM slurp_schema')
  const version = row?.version ?? 0
  if (version === SCHEMA_VERSION) return
  throw new SlurpError(
    'ERR_SLURP_FILE',
    `The schema ${schema} was made by another release (version ${version}, this one reads ${SCHEMA_VERSION})`,
  )
}
