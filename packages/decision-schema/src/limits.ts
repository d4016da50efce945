/**
 * How much of each thing a decision may have. Texts are counted in Unicode characters, lists in
 * items. What is not listed is bounded by the whole: {@link LIMITS.size} and {@link LIMITS.depth}.
 */
export const LIMITS = Object.freeze({
  /** Of a decision as a whole: UTF-16 code units of its JSON text, or of all its texts. */
  size: 1_048_576,
  /** Of objects and lists in one another. */
  depth: 64,
  /** Of an address: the canonical form, which may be longer, is then within its own limit. */
  address: 2016,
  /** Of a word: the type of something. */
  word: 128,
  /** Of the name of a participant. */
  name: 256,
  /** Of a line: a title, the name of an option, a project, a model. */
  line: 512,
  /** Of a paragraph: an argument, a consequence, a reason. */
  paragraph: 4096,
  /** Of a text: a summary, the reasoning. */
  text: 65_536,
  /** Of a cited passage. */
  excerpt: 16_384,
  /** Of a list of arguments, options, criteria, participants or links. */
  items: 128,
  /** Of citations, and of impacts. */
  references: 512,
  /** Of proofs. */
  proofs: 64,
})
