import { chmod, link, mkdir, open, readFile, stat, unlink } from 'node:fs/promises'
import { dirname } from 'node:path'
import { IdentityError } from './errors.ts'
import { exportSeed, generateIdentity, identityFromSeed, type Identity } from './identity.ts'

const FILE_TYPE = 'bzzz-identity'
// A key file is about 200 bytes; what is far larger is something else.
const MAX_FILE_BYTES = 4096

/**
 * Writes an identity's private key to a new file with mode 0600, durable when this returns. Folders
 * on the way are made. A file that exists is never replaced.
 *
 * @throws `ERR_IDENTITY_KEY_FILE` where the file exists or cannot be written;
 *   `ERR_IDENTITY_VIEW_ONLY` where there is no private key to write.
 */
export async function saveIdentity(file: string, identity: Identity): Promise<void> {
  const seed = Buffer.from(exportSeed(identity)).toString('base64url')
  const text = `${JSON.stringify({ type: FILE_TYPE, version: 1, did: identity.did, seed })}\n`
  // Written beside and linked into place: nobody ever reads half a key, and `link`, unlike `rename`,
  // fails where another process was first.
  const draft = `${file}.${process.pid}.${identity.did.slice(-8)}.new`
  try {
    await mkdir(dirname(file), { recursive: true })
    const handle = await open(draft, 'wx', 0o600)
    try {
      await handle.writeFile(text)
      await handle.sync()
    } finally {
      await handle.close()
    }
    try {
      await link(draft, file)
    } finally {
      await unlink(draft)
    }
    await chmod(file, 0o600)
  } catch (cause) {
    throw fileError(file, 'cannot be written', cause)
  }
}

/**
 * Reads an identity from its key file.
 *
 * @throws `ERR_IDENTITY_KEY_FILE` where the file is missing or is no key file;
 *   `ERR_IDENTITY_KEY_FILE_PERMISSIONS` where other users could read it (not checked on Windows).
 */
export async function loadIdentity(file: string): Promise<Identity> {
  let text: string
  try {
    const { mode, size } = await stat(file)
    if (process.platform !== 'win32' && (mode & 0o077) !== 0) {
      throw new IdentityError(
        'ERR_IDENTITY_KEY_FILE_PERMISSIONS',
        `Others can read the key file ${file} (mode ${(mode & 0o777).toString(8)}): run chmod 600 on it`,
      )
    }
    if (size > MAX_FILE_BYTES) throw new Error(`it has ${size} bytes`)
    text = await readFile(file, 'utf8')
  } catch (cause) {
    if (cause instanceof IdentityError) throw cause
    throw fileError(file, 'cannot be read', cause)
  }
  const identity = parseKeyFile(text)
  // The text is no cause to keep: it may hold a private key.
  if (!identity) throw fileError(file, 'is not a key file, or is damaged')
  return identity
}

/** Reads the key file, or makes a new identity and keeps it there. Errors as of both. */
export async function loadOrCreateIdentity(
  file: string,
  options: { readonly random?: (bytes: number) => Uint8Array } = {},
): Promise<Identity> {
  const exists = await stat(file).then(
    () => true,
    () => false,
  )
  if (!exists) {
    try {
      await saveIdentity(file, generateIdentity(options.random))
    } catch (error) {
      // Another process was first: its identity is the one to use.
      if (!(error instanceof IdentityError) || codeOf(error.cause) !== 'EEXIST') throw error
    }
  }
  return loadIdentity(file)
}

function parseKeyFile(text: string): Identity | undefined {
  try {
    const value = JSON.parse(text) as Record<string, unknown> | null
    if (value?.['type'] !== FILE_TYPE || value['version'] !== 1) return undefined
    const identity = identityFromSeed(Buffer.from(String(value['seed']), 'base64url'))
    return identity.did === value['did'] ? identity : undefined
  } catch {
    return undefined
  }
}

function codeOf(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error ? String(error.code) : undefined
}

function fileError(file: string, problem: string, cause?: unknown): IdentityError {
  const code = codeOf(cause)
  const why = code === 'EEXIST' ? ': a file is there already' : code ? ` (${code})` : ''
  return new IdentityError('ERR_IDENTITY_KEY_FILE', `The key file ${file} ${problem}${why}`, {
    cause,
  })
}
