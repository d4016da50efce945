import type { Ranked, SearchEntry, SearchRequest, SearchTerm, VersionRow } from './backend.ts'
import type { Statements } from './sqlite-file.ts'
import { CONTENTS, ROW } from './sqlite-queries.ts'

const ANY_UNSEARCHED =
  'SELECT 1 FROM contexts INDEXED BY contexts_unsearched WHERE searched <> head LIMIT 1'
const HEADS = 'contexts c JOIN versions v ON v.context = c.id AND v.version = c.head'

/**
 * The full-text index in the store's file (FTS5): the newest versions, each under its context's id with a
 * minus before it, so that the contexts that came last are the first in the index's own order.
 */
export class SqliteSearch {
  readonly #statements: Statements
  readonly #piece: (content: string | null) => Uint8Array | undefined

  /** @param piece gives the beginning of a content that is kept in pieces. */
  constructor(statements: Statements, piece: (content: string | null) => Uint8Array | undefined) {
    this.#statements = statements
    this.#piece = piece
  }

  unsearched(limit: number): VersionRow[] {
    // Nothing, in the usual case: every search asks.
    if (!this.#statements.get(ANY_UNSEARCHED)) return []
    // The index of these contexts is named, since it holds none in the usual case.
    const sql = `SELECT ${ROW} FROM contexts c INDEXED BY contexts_unsearched
      JOIN versions v ON v.context = c.id AND v.version = c.head
      ${CONTENTS} WHERE c.searched <> c.head LIMIT ?`
    return this.#statements.all(sql, limit)
  }

  put({ key, version, text, tags }: SearchEntry): void {
    const context = this.#contextOf(key)
    if (text === null && tags === '') {
      this.#statements.run('DELETE FROM words WHERE rowid = ?', -context)
    } else {
      const sql = 'INSERT OR REPLACE INTO words (rowid, text, tags) VALUES (?, ?, ?)'
      this.#statements.run(sql, -context, text ?? '', tags)
    }
    this.#statements.run('UPDATE contexts SET searched = ? WHERE id = ?', version, context)
  }

  again(key: string): void {
    this.#statements.run('UPDATE contexts SET searched = 0 WHERE key = ?', key)
  }

  *find({ terms, facet, cap }: SearchRequest): Iterable<Ranked> {
    // The rank of a word that is in most texts takes as long as there are texts: hence the cap.
    const narrowed = facet
      ? `words JOIN contexts f ON f.id = -words.rowid AND f.${facet.part} = ?2`
      : 'words'
    const sql = `SELECT context, score FROM (
        SELECT -words.rowid AS context, -bm25(words) AS score FROM ${narrowed}
        WHERE words MATCH ?1 ORDER BY words.rowid LIMIT ${cap}
      ) ORDER BY score DESC, context`
    const values = facet ? [matchOf(terms), facet.name] : [matchOf(terms)]
    const newest = `SELECT ${ROW}, b.bytes FROM ${HEADS}
      ${CONTENTS} WHERE c.id = ?`
    for (const hit of this.#statements.iterate<{ context: number; score: number }>(
      sql,
      ...values,
    )) {
      const found = this.#statements.get<VersionRow & { bytes: Uint8Array | null }>(
        newest,
        hit.context,
      )
      if (!found) continue
      const { bytes, ...row } = found
      yield { row, bytes: bytes ?? this.#piece(row.content), score: hit.score }
    }
  }

  /** Rewrites the index, so that words of texts that are no more are not in the file either. */
  rewrite(): void {
    this.#statements.run("INSERT INTO words (words) VALUES ('optimize')")
  }

  #contextOf(key: string): number {
    const sql = 'SELECT id FROM contexts WHERE key = ?'
    return this.#statements.get<{ id: number }>(sql, key)?.id ?? 0
  }
}

/** A search in the language of FTS5: every word is a string, so that none is an operator. */
function matchOf(terms: readonly SearchTerm[]): string {
  const wanted = terms.filter(({ not }) => !not).map(termOf)
  const refused = terms.filter(({ not }) => not).map((term) => ` NOT ${termOf(term)}`)
  return `(${wanted.join(' AND ')})${refused.join('')}`
}

function termOf({ words, prefix }: SearchTerm): string {
  return `"${words.join(' ')}"${prefix ? '*' : ''}`
}
