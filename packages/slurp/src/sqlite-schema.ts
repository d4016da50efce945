import type { DatabaseSync } from 'node:sqlite'

// "SLRP": tells our files from other SQLite databases.
const APPLICATION_ID = 0x534c5250
const SCHEMA_VERSION = 1

// A context is known once somebody speaks of it; `head` is the sequence of its newest version, null
// where it is no decision that is here. What is looked for among the newest versions stands beside
// it, since the rows of versions are long. `current` edges are those of newest versions. `texts` wait
// for the index.
const TABLES = `
CREATE TABLE contexts (
  id INTEGER PRIMARY KEY,
  key TEXT NOT NULL UNIQUE,
  agent TEXT NOT NULL,
  role TEXT NOT NULL,
  project TEXT NOT NULL,
  task TEXT NOT NULL,
  head INTEGER,
  type TEXT NOT NULL DEFAULT '',
  status TEXT NOT NULL DEFAULT '',
  at INTEGER NOT NULL DEFAULT 0,
  unjustified INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE INDEX contexts_at ON contexts (at, key) WHERE head IS NOT NULL;
CREATE INDEX contexts_project ON contexts (project, at) WHERE head IS NOT NULL;
CREATE INDEX contexts_unjustified ON contexts (key) WHERE unjustified;
CREATE TABLE versions (
  sequence INTEGER PRIMARY KEY AUTOINCREMENT,
  context INTEGER NOT NULL REFERENCES contexts (id),
  version INTEGER NOT NULL,
  time INTEGER NOT NULL,
  at INTEGER NOT NULL,
  type TEXT NOT NULL,
  status TEXT NOT NULL,
  unjustified INTEGER NOT NULL,
  repeated INTEGER NOT NULL,
  decision_id TEXT NOT NULL,
  content_id TEXT NOT NULL,
  record_id TEXT NOT NULL UNIQUE,
  previous TEXT,
  writer TEXT NOT NULL,
  node TEXT NOT NULL,
  record TEXT NOT NULL
) STRICT;
CREATE UNIQUE INDEX versions_number ON versions (context, version);
CREATE INDEX versions_time ON versions (context, time);
CREATE INDEX versions_decision ON versions (decision_id);
CREATE INDEX versions_content ON versions (content_id);
CREATE TABLE texts (
  context INTEGER PRIMARY KEY,
  title TEXT NOT NULL,
  summary TEXT NOT NULL,
  body TEXT NOT NULL
) STRICT;
CREATE TABLE edges (
  source INTEGER NOT NULL REFERENCES versions (sequence),
  kind TEXT NOT NULL,
  type TEXT NOT NULL,
  place INTEGER NOT NULL,
  target INTEGER NOT NULL REFERENCES contexts (id),
  version INTEGER,
  content_id TEXT,
  context INTEGER NOT NULL,
  current INTEGER NOT NULL
) STRICT;
CREATE INDEX edges_target ON edges (target, kind, version);
CREATE INDEX edges_current ON edges (kind, target, context, type) WHERE current;
CREATE INDEX edges_source ON edges (context) WHERE current;
CREATE TABLE held (
  number INTEGER PRIMARY KEY AUTOINCREMENT,
  record_id TEXT NOT NULL UNIQUE,
  delivery TEXT NOT NULL,
  rule TEXT NOT NULL,
  reason TEXT NOT NULL,
  since INTEGER NOT NULL,
  state TEXT NOT NULL
) STRICT;
CREATE TABLE webhooks (
  id TEXT PRIMARY KEY,
  created INTEGER NOT NULL,
  state TEXT NOT NULL
) STRICT;
CREATE TABLE attempts (
  number INTEGER PRIMARY KEY AUTOINCREMENT,
  webhook TEXT NOT NULL,
  attempt TEXT NOT NULL
) STRICT;
CREATE INDEX attempts_webhook ON attempts (webhook, number);
CREATE VIRTUAL TABLE titles USING fts5 (
  title, content = '', contentless_delete = 1, tokenize = 'unicode61 remove_diacritics 2'
);
CREATE VIRTUAL TABLE words USING fts5 (
  title, summary, body, content = '', contentless_delete = 1,
  tokenize = 'unicode61 remove_diacritics 2'
);
`

/** Makes the tables of a new file, or sees to it that a file is one of ours; both or nothing. */
export function prepareSchema(db: DatabaseSync): void {
  db.exec('BEGIN IMMEDIATE')
  try {
    const read = (sql: string): unknown => Object.values(db.prepare(sql).get() ?? {})[0]
    const application = read('PRAGMA application_id')
    const version = Number(read('PRAGMA user_version'))
    const tables = Number(read('SELECT count(*) FROM sqlite_schema'))
    if (application === 0 && tables === 0) {
      db.exec(`${TABLES}; PRAGMA application_id = ${APPLICATION_ID}`)
      db.exec(`PRAGMA user_version = ${SCHEMA_VERSION}`)
    } else if (application !== APPLICATION_ID) {
      throw new Error('it is a database of another program: choose another file')
    } else if (version > SCHEMA_VERSION) {
      throw new Error(
        `it was made by a newer release (schema ${version}, this one reads ${SCHEMA_VERSION})`,
      )
    }
    db.exec('COMMIT')
  } catch (error) {
    if (db.isTransaction) db.exec('ROLLBACK')
    throw error
  }
}
