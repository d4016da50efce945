import { codeOf } from '../errors.ts'

// What an agent is to do next, by the code of the error. The first that fits is said.
const ADVICE: readonly (readonly [RegExp, string])[] = [
  [/^ERR_ADDRESS_PATTERN$/, 'Give one context; ucxl_query finds those that match a pattern.'],
  [
    /^ERR_ADDRESS_/,
    'Write it as ucxl://agent:role@project:task/path; put *~2 (version), ~~1 (back), or 2025-08-01 before the path for another moment.',
  ],
  [
    /^ERR_TEMPORAL_(?:OUT_OF_RANGE|MISSING|NOT_VALID)$/,
    'ucxl_navigate with list: true shows which versions there are.',
  ],
  [/^ERR_TEMPORAL_GONE$/, 'It was deleted; ucxl_navigate with list: true shows what was before.'],
  [
    /^ERR_(?:TEMPORAL|MESH|DHT)_NOT_FOUND$|^ERR_CHAIN_START$/,
    'Look for it with ucxl_query: by words, or a pattern such as ucxl://any:any@shop:any/**.',
  ],
  [
    /^ERR_STORE_CONFLICT$|^ERR_UCXI_CONDITION$/,
    'Somebody wrote in between: ucxl_get it, merge, and write with if_match set to its content id.',
  ],
  [
    /^ERR_STORE_WRITER$/,
    'That timeline belongs to another key: write at an address under your own agent name, and cite theirs.',
  ],
  [/^ERR_STORE_(?:DENIED|READ_ONLY)$|UNAUTHORIZED$/, 'You may not do that: ask a person for it.'],
  [/^ERR_STORE_QUERY$/, 'Give at least one word to look for, or leave text out.'],
  [/^ERR_STORE_(?:REDACTED|DROPPED|CONTENT_MISSING)$/, 'The bytes are gone; the record stays.'],
  [/_TOO_LARGE$/, 'Write it in parts, each at an address of its own.'],
  [/^ERR_EXCERPT_NOT_FOUND$/, 'Quote what stands there, letter by letter, or leave excerpt out.'],
  [/^ERR_CITATION_CHANGED$/, 'Cite it as it is now: leave the version out of the address.'],
  [/^ERR_CITATION_NOT_FOUND$/, 'Cite what exists: ucxl_query finds it.'],
  [/^ERR_DECISION_/, 'Correct the field that is named, and call again.'],
  [/^ERR_UCXI_NO_MESH$/, 'Nothing to do: this memory is on one machine, without a mesh.'],
  [
    /^ERR_(?:UCXI_(?:CONNECTION|DEADLINE|BUSY|TOO_MANY)|STORE_BUSY|MESH_|DHT_)/,
    'Try again in a moment; if it stays so, tell a person.',
  ],
  [/^ERR_MCP_BUDGET$/, 'Ask again with that max_chars.'],
  [/^ERR_MCP_CURSOR$/, 'Give `next` of the answer before, or leave it out to begin anew.'],
  [/^ERR_MCP_PLACE$/, 'Give address, such as ucxl://claude:architect@shop:checkout/decisions/.'],
  [/^ERR_MCP_EXISTS$/, 'To revise it, give its address; for another decision, another title.'],
  [
    /^ERR_MCP_WAITING$/,
    'Go on with something else, and make the same call again later: nothing else is needed.',
  ],
  [
    /^ERR_MCP_APPROVAL$/,
    'Heed what was said, change it, and call again: another text is asked for anew.',
  ],
  [/^ERR_MCP_RESERVED$/, 'Choose another path: people and agents answer from their own inbox.'],
  [/^ERR_MCP_INPUT$/, 'Correct what is named, and call again.'],
  [/^ERR_MCP_NOT_TEXT$/, 'Read it as a resource, or leave it to a program.'],
  [/^ERR_MCP_/, 'Tell a person.'],
]

/** What to do about an error. */
export function adviceOn(error: unknown): string {
  const code = codeOf(error) ?? ''
  return ADVICE.find(([pattern]) => pattern.test(code))?.[1] ?? 'Tell a person.'
}
