/**
 * What an address says, once it is read. Every field is normalised, and the object and its
 * `temporal` are frozen; {@link isAddress} recognises it, also across two installed copies.
 *
 * An `Address` comes from `parse`, `createAddress` and their like: an object of the same shape that
 * was put together by hand is not checked again by the functions that take one. A structured clone
 * is no longer an `Address`: send the text instead.
 */
export interface Address {
  /** Lower case; `any`, or in a pattern a glob such as `auth-*`. The same holds for the next three. */
  readonly agent: string
  readonly role: string
  readonly project: string
  readonly task: string
  /** At which moment to read; `latest` where the text said nothing. */
  readonly temporal: Temporal
  /**
   * Segments joined by `/`, percent-encoded, without a leading `/`; `''` for none. A trailing `/`
   * names a folder.
   */
  readonly path: string
  /** Percent-encoded, without its `?`; absent where the text has none, `''` where it is empty. */
  readonly query?: string
  /** Percent-encoded, without its `#`; absent where the text has none, `''` where it is empty. */
  readonly fragment?: string
  /** The canonical form, as `format` writes it. */
  toString(): string
}

/** Which version of a context an address means. Numbers are whole, 1 to 999,999,999. */
export type Temporal =
  /** `*^`: the newest version. */
  | { readonly kind: 'latest' }
  /** `*~N`: version number N, counted from 1; `*~` is the first. */
  | { readonly kind: 'version'; readonly number: number }
  /** `~~N`: N versions back. */
  | { readonly kind: 'back'; readonly number: number }
  /** `^^N`: N versions forward. */
  | { readonly kind: 'forward'; readonly number: number }
  /**
   * As of a moment, written `YYYY-MM-DDThh:mm:ssZ`, or `YYYY-MM-DDThh:mm:ss.mmmZ` where the
   * milliseconds are not zero.
   */
  | { readonly kind: 'instant'; readonly instant: string }

/** What `createAddress` makes an address of. An `Address` is one, so that one can be changed. */
export interface AddressParts {
  /** A name in any case, `any` or `*`, or a glob. The same holds for the next three. */
  readonly agent: string
  readonly role: string
  readonly project: string
  readonly task: string
  /** A reading, or its token as in the text of an address (`~~2`, `2025-08-07`); latest if left out. */
  readonly temporal?: Temporal | string | undefined
  /**
   * Either as in the text of an address (percent-encoded, no leading `/`, may hold wildcards), or a
   * list of plain segments, which are encoded here and hold no wildcards: `['café', '50 %*.md']`.
   * In a list a last `''` names a folder.
   */
  readonly path?: string | readonly string[] | undefined
  /** As in the text of an address, without its `?`. */
  readonly query?: string | undefined
  /** As in the text of an address, without its `#`. */
  readonly fragment?: string | undefined
}

/** A pattern made ready to be held against many addresses. Frozen. */
export interface CompiledPattern {
  /** What was compiled. */
  readonly pattern: Address
  /**
   * How specific the pattern is, as an integer from 0: order the matches of several patterns by it,
   * highest first. Agent and role weigh more than project and task, and these more than the path;
   * a literal weighs more than any number of globs, a glob more than `any`. Only the order of two
   * such numbers means something, and only within one version of this package.
   */
  readonly specificity: number
  /**
   * True where every part matches. Temporal segment, query and fragment are not looked at. An
   * address that is a pattern itself is matched by none.
   */
  test(address: Address): boolean
  /** The same for a key, as `keyOf` writes it; for another text the answer means nothing. */
  testKey(key: string): boolean
}
