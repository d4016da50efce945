import type { DatabaseSync } from 'node:sqlite'
import { CONTENT_IDS, INDEX_ALL } from './sqlite-content-ids.ts'

// "BZZZ": tells our files from other SQLite databases.
const APPLICATION_ID = 0x425a5a5a

/** States of a content, as numbers in the file. */
export const MISSING = 0
export const INLINE = 1
export const IN_PIECES = 2
export const DROPPED = 3
export const REDACTED = 4
export const STAGED = 5

// Contents are referred to by number, since ids are 59 characters long.
const CONTENT_COLUMNS = `(
  number INTEGER PRIMARY KEY,
  id TEXT,
  state INTEGER NOT NULL,
  size INTEGER NOT NULL,
  bytes BLOB
) STRICT`
// Those that are being written, or were when a process was killed: they are looked for with each opening.
const STAGED_CONTENTS = 'CREATE INDEX contents_staged ON contents (number) WHERE id IS NULL;'

// `searched` is the version that the search knows.
const TABLES = `
CREATE TABLE contexts (
  id INTEGER PRIMARY KEY,
  key TEXT NOT NULL UNIQUE,
  agent TEXT NOT NULL,
  role TEXT NOT NULL,
  project TEXT NOT NULL,
  task TEXT NOT NULL,
  head INTEGER NOT NULL,
  searched INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE INDEX contexts_task ON contexts (task, key);
CREATE INDEX contexts_project ON contexts (project, key);
CREATE INDEX contexts_role ON contexts (role, key);
CREATE INDEX contexts_unsearched ON contexts (id) WHERE searched <> head;
CREATE TABLE versions (
  sequence INTEGER PRIMARY KEY,
  context INTEGER NOT NULL REFERENCES contexts (id),
  version INTEGER NOT NULL,
  time INTEGER NOT NULL,
  content INTEGER REFERENCES contents (number),
  id TEXT NOT NULL,
  record TEXT NOT NULL
) STRICT;
CREATE UNIQUE INDEX versions_number ON versions (context, version);
CREATE UNIQUE INDEX versions_time ON versions (context, time);
CREATE INDEX versions_content ON versions (content) WHERE content IS NOT NULL;
CREATE TABLE contents ${CONTENT_COLUMNS};
${STAGED_CONTENTS}
${CONTENT_IDS}CREATE TABLE pieces (
  content INTEGER NOT NULL,
  place INTEGER NOT NULL,
  bytes BLOB NOT NULL,
  PRIMARY KEY (content, place)
) STRICT;
CREATE TABLE forks (
  id TEXT NOT NULL UNIQUE,
  key TEXT NOT NULL,
  version INTEGER NOT NULL,
  time INTEGER NOT NULL,
  content TEXT,
  record TEXT NOT NULL
) STRICT;
CREATE UNIQUE INDEX forks_place ON forks (key, version, id);
CREATE TABLE redactions (
  sequence INTEGER PRIMARY KEY,
  id TEXT NOT NULL UNIQUE,
  content TEXT NOT NULL,
  record TEXT NOT NULL
) STRICT;
CREATE INDEX redactions_content ON redactions (content);
CREATE VIRTUAL TABLE words USING fts5 (
  text, tags, content = '', contentless_delete = 1, tokenize = 'unicode61 remove_diacritics 2'
);
`

// Version 1 kept contents by their id, and knew neither search, forks nor redactions.
const FROM_1 = `
ALTER TABLE contexts RENAME TO contexts_1;
ALTER TABLE versions RENAME TO versions_1;
ALTER TABLE contents RENAME TO contents_1;
DROP INDEX versions_number;
DROP INDEX versions_time;
${TABLES}
INSERT INTO contexts (id, key, agent, role, project, task, head)
  SELECT id, key, name_of(key, 'agent'), name_of(key, 'role'), name_of(key, 'project'), name_of(key, 'task'), head
  FROM contexts_1;
INSERT INTO contents (number, id, state, size, bytes)
  SELECT number, id, ${INLINE}, length(bytes), bytes FROM contents_1;
INSERT INTO contents (id, state, size)
  SELECT DISTINCT content, ${MISSING}, 0 FROM versions_1
  WHERE content IS NOT NULL AND content NOT IN (SELECT id FROM contents_1);
INSERT INTO versions (context, version, time, content, id, record)
  SELECT v.context, v.version, v.time, c.number, v.id, v.record
  FROM versions_1 v LEFT JOIN contents c ON c.id = v.content ORDER BY v.rowid;
DROP TABLE versions_1;
DROP TABLE contexts_1;
DROP TABLE contents_1;
`

// Version 2 had one index for the ids of contents, which cannot be taken from its table.
const FROM_2 = `
CREATE TABLE contents_3 ${CONTENT_COLUMNS};
INSERT INTO contents_3 SELECT number, id, state, size, bytes FROM contents ORDER BY number;
DROP TABLE contents;
ALTER TABLE contents_3 RENAME TO contents;
${STAGED_CONTENTS}
${CONTENT_IDS}
${INDEX_ALL}
`

/** What brings a file of each older schema to today's: a newer release reads every older file. */
const FROM: readonly string[] = [FROM_1, FROM_2]
const SCHEMA_VERSION = FROM.length + 1

/**
 * Makes the tables of a new file, or brings those of an older release forward; both or nothing, also
 * where two processes open the file at once.
 */
export function prepareSchema(db: DatabaseSync): void {
  // Else a table that others refer to could not be made anew; inside a transaction it has no effect.
  db.exec('PRAGMA foreign_keys = OFF; BEGIN IMMEDIATE')
  try {
    const version = schemaOf(db)
    if (version === 0) db.exec(`${TABLES}; PRAGMA application_id = ${APPLICATION_ID}`)
    else db.exec(FROM[version - 1] ?? '')
    db.exec(`PRAGMA user_version = ${SCHEMA_VERSION}; COMMIT; PRAGMA foreign_keys = ON`)
  } catch (error) {
    if (db.isTransaction) db.exec('ROLLBACK')
    throw error
  }
}

/** Throws where a file that may only be read is not of today's schema. */
export function assertSchema(db: DatabaseSync): void {
  const version = schemaOf(db)
  if (version === SCHEMA_VERSION) return
  throw new Error(
    version === 0
      ? 'there is no store in it'
      : `it was made by an older release (schema ${version}, this one reads ${SCHEMA_VERSION}): open it once for writing, which brings it forward`,
  )
}

/** The schema of a file; 0 for a new one. Throws for what is not ours, or of a newer release. */
function schemaOf(db: DatabaseSync): number {
  const read = (sql: string): unknown => Object.values(db.prepare(sql).get() ?? {})[0]
  const application = read('PRAGMA application_id')
  const version = Number(read('PRAGMA user_version'))
  if (application === 0 && Number(read('SELECT count(*) FROM sqlite_schema')) === 0) return 0
  if (application !== APPLICATION_ID) {
    throw new Error('it is a database of another program: choose another file')
  }
  if (version > SCHEMA_VERSION) {
    throw new Error(
      `it was made by a newer release (schema ${version}, this one reads ${SCHEMA_VERSION})`,
    )
  }
  return version
}
