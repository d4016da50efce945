import { isMap, isNode, isScalar, LineCounter, parseDocument, type Document, type Node } from 'yaml'
import { RuntimeError } from '../errors.ts'

/** A configuration file, read: its values, and where each of them stands. */
export interface ConfigurationFile {
  readonly name: string
  readonly value: Readonly<Record<string, unknown>>
  /** Line and column of a key or of its value, counted from 1; of the file where there is none. */
  at(path: readonly PropertyKey[]): { readonly line: number; readonly column: number }
}

const MAX_BYTES = 1024 * 1024

/**
 * Reads YAML 1.2.
 *
 * @param name of the file, for errors.
 * @throws `ERR_RUNTIME_CONFIGURATION` with the line of what is no YAML.
 */
export function parseFile(name: string, text: string): ConfigurationFile {
  if (text.length > MAX_BYTES)
    throw new RuntimeError('ERR_RUNTIME_CONFIGURATION', `${name}: larger than 1 MiB`)
  const lines = new LineCounter()
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false })
  const [error] = document.errors
  if (error) {
    const { line, col } = lines.linePos(error.pos[0])
    throw new RuntimeError(
      'ERR_RUNTIME_CONFIGURATION',
      `${name}:${line}:${col}: ${error.message}`,
      {
        cause: error,
      },
    )
  }
  const place = (node: Node | undefined) => {
    const { line, col } = lines.linePos(node?.range?.[0] ?? 0)
    return { line: Math.max(line, 1), column: Math.max(col, 1) }
  }
  const value: unknown = read(name, document)
  if (value !== null && (typeof value !== 'object' || Array.isArray(value)))
    throw new RuntimeError(
      'ERR_RUNTIME_CONFIGURATION',
      `${name}:1:1: expected keys with values, such as "http: { port: 8080 }"`,
    )
  return {
    name,
    value: (value ?? {}) as Record<string, unknown>,
    at: (path) => place(nodeAt(document, path)),
  }
}

function read(name: string, document: Document): unknown {
  try {
    return document.toJS()
  } catch (cause) {
    // Aliases that multiply.
    const why = cause instanceof Error ? cause.message : String(cause)
    throw new RuntimeError('ERR_RUNTIME_CONFIGURATION', `${name}: ${why}`, { cause })
  }
}

/** The key at a path, else the value, else what is nearest above it. */
function nodeAt(document: Document, path: readonly PropertyKey[]): Node | undefined {
  const parent = path.length > 1 ? document.getIn(path.slice(0, -1), true) : document.contents
  if (isMap(parent)) {
    const pair = parent.items.find(({ key }) => isScalar(key) && key.value === path.at(-1))
    if (pair && isNode(pair.key)) return pair.key
  }
  const node = path.length > 0 ? document.getIn(path, true) : document.contents
  if (isNode(node)) return node
  return path.length > 0 ? nodeAt(document, path.slice(0, -1)) : undefined
}
