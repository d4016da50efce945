// Content ids are hashes: in one index each new id falls on a page of its own, and half of what a write
// puts into SQLite's log are these pages. So new ids are collected in a small index, which goes over
// into a larger one as a whole, in order, when it is full: the log-structured merge tree of O'Neil,
// Cheng, Gawlick and O'Neil (1996), with three levels. An entry has fifty bits of its id; the id itself
// stands with the content.
const LEVELS = ['content_ids_0', 'content_ids_1', 'content_ids_2']
/** How many contents are numbered before a level goes over into the next one. */
const LEVEL_CONTENTS = [1024, 16_384]
const PART = (id: string): string => `substr(${id}, 8, 10)`

const tables = LEVELS.map(
  (level) => `CREATE TABLE ${level} (
  part TEXT NOT NULL,
  number INTEGER NOT NULL,
  PRIMARY KEY (part, number)
) WITHOUT ROWID, STRICT;`,
)
// In whatever order these triggers fire, each entry stays in exactly one level.
const merges = LEVEL_CONTENTS.map(
  (count, level) => `CREATE TRIGGER ${LEVELS[level]}_full AFTER INSERT ON contents
WHEN new.number % ${count} = 0 BEGIN
  INSERT INTO ${LEVELS[level + 1]} SELECT part, number FROM ${LEVELS[level]};
  DELETE FROM ${LEVELS[level]};
END;`,
)

/** The index of the table `contents` by id. Its triggers keep it; a content's id never changes. */
export const CONTENT_IDS = `${tables.join('\n')}
CREATE TRIGGER content_ids_add AFTER INSERT ON contents WHEN new.id IS NOT NULL BEGIN
  INSERT INTO ${LEVELS[0]} VALUES (${PART('new.id')}, new.number);
END;
${merges.join('\n')}
`

/** Puts the ids of contents that were there before the index into it. */
export const INDEX_ALL = `INSERT INTO ${LEVELS.at(-1)}
  SELECT ${PART('id')} AS part, number FROM contents WHERE id IS NOT NULL ORDER BY part, number;`

const candidates = LEVELS.map(
  (level) => `SELECT number FROM ${level} WHERE part = ${PART('?1')}`,
).join(' UNION ALL ')

/** Selects columns of the content `b` whose id is the first value, and of what is joined to it. */
export function selectById(columns: string, joins = ''): string {
  return `SELECT ${columns} FROM (${candidates}) i JOIN contents b ON b.number = i.number ${joins}
    WHERE b.id = ?1`
}

/** How many contents cannot be found by their ids: none, in a sound file. */
export const COUNT_UNINDEXED = `SELECT count(*) AS count FROM contents b WHERE b.id IS NOT NULL
  AND NOT EXISTS (${LEVELS.map((level) => `SELECT 1 FROM ${level} WHERE part = ${PART('b.id')} AND number = b.number`).join(' UNION ALL ')})`
