import { createReadStream } from 'node:fs'
import { stat } from 'node:fs/promises'
import { extname } from 'node:path'
import { CommandError } from './command-error.ts'
import type { Desk } from './desk.ts'

const TYPES: Readonly<Record<string, string>> = {
  '.csv': 'text/csv; charset=utf-8',
  '.html': 'text/html; charset=utf-8',
  '.json': 'application/json',
  '.md': 'text/markdown; charset=utf-8',
  '.pdf': 'application/pdf',
  '.png': 'image/png',
  '.svg': 'image/svg+xml',
  '.txt': 'text/plain; charset=utf-8',
  '.yaml': 'application/yaml',
  '.yml': 'application/yaml',
}

/** The media type of a file, by its name or by that of the context. */
export function typeOf(file: string | undefined, address: string): string {
  for (const name of [file ?? '', address]) {
    const type = TYPES[extname(name).toLowerCase()]
    if (type !== undefined) return type
  }
  return 'application/octet-stream'
}

/** A file, or with `-` or nothing what is piped in; as a stream, however large. */
export async function inputOf(
  file: string | undefined,
  { input }: Desk,
): Promise<AsyncIterable<Uint8Array>> {
  if (file === undefined || file === '-') {
    if (!input.isTTY) return input
    throw new CommandError('ERR_HAP_INPUT', 'Name a file, or pipe something in')
  }
  try {
    if ((await stat(file)).isFile()) return createReadStream(file)
  } catch (cause) {
    throw new CommandError('ERR_HAP_INPUT', `${file} cannot be read`, { cause })
  }
  throw new CommandError('ERR_HAP_INPUT', `${file} is no file`)
}
