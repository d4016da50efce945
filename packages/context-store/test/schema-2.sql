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
CREATE TABLE contents (
  number INTEGER PRIMARY KEY,
  id TEXT UNIQUE,
  state INTEGER NOT NULL,
  size INTEGER NOT NULL,
  bytes BLOB
) STRICT;
CREATE TABLE pieces (
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
PRAGMA application_id = 1113217626;
PRAGMA user_version = 2;
