CREATE TABLE contexts (
  id INTEGER PRIMARY KEY,
  key TEXT NOT NULL UNIQUE,
  head INTEGER NOT NULL
) STRICT;
CREATE TABLE versions (
  context INTEGER NOT NULL REFERENCES contexts (id),
  version INTEGER NOT NULL,
  time INTEGER NOT NULL,
  content TEXT,
  id TEXT NOT NULL,
  record TEXT NOT NULL
) STRICT;
CREATE UNIQUE INDEX versions_number ON versions (context, version);
CREATE UNIQUE INDEX versions_time ON versions (context, time);
CREATE TABLE contents (
  number INTEGER PRIMARY KEY,
  id TEXT NOT NULL UNIQUE,
  bytes BLOB NOT NULL
) STRICT;
PRAGMA application_id = 1113217626;
PRAGMA user_version = 1;
