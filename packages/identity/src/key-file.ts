import { chmod, link, mkdir, open, stat, unlink } from 'node:fs/promises'
import { dirname } from 'node:path'
import { IdentityError } from './errors.ts'
import { exportSeed, generateIdentity, identityFromSeed, type Identity } from './identity.ts'
import { lock, refused, unlock } from './passphrase.ts'

const FILE_TYPE = 'bzzz-identity'
// A key file has 200 bytes, under a passphrase 500; what is far larger is something else.
const MAX_FILE_BYTES = 4096

/** How a key file is kept. */
export interface KeyFileOptions {
  /**
   * Encrypts the private key with age (scrypt). A file under a passphrase opens with it alone, and a
   * file without one is refused where one is given, so that nobody takes it for encrypted.
   */
  readonly passphrase?: string
}

/** How a new key file is kept. */
export interface SaveOptions extends KeyFileOptions {
  /** Base-2 logarithm of scrypt's cost, 1 to 20; 18 (a second, 256 MiB) if left out. */
  readonly workFactor?: number
}

/**
 * Writes an identity's private key to a new file with mode 0600, durable when this returns. Folders
 * on the way are made. A file that exists is never replaced.
 *
 * @throws `ERR_IDENTITY_KEY_FILE` where the file exists or cannot be written;
 *   `ERR_IDENTITY_VIEW_ONLY` where there is no private key to write; `ERR_IDENTITY_PASSPHRASE` for an
 *   empty passphrase.
 */
export async function saveIdentity(
  file: string,
  identity: Identity,
  options: SaveOptions = {},
): Promise<void> {
  const secret = await secretOf(identity, options)
  const text = `${JSON.stringify({ type: FILE_TYPE, version: 1, did: identity.did, ...secret })}\n`
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
 *   `ERR_IDENTITY_KEY_FILE_PERMISSIONS` where other users could read it (not checked on Windows);
 *   `ERR_IDENTITY_PASSPHRASE` where the passphrase is missing, wrong, or given for a file without one.
 */
export async function loadIdentity(file: string, options: KeyFileOptions = {}): Promise<Identity> {
  let text: string
  try {
    text = await readPrivate(file)
  } catch (cause) {
    if (cause instanceof IdentityError) throw cause
    throw fileError(file, 'cannot be read', cause)
  }
  const content = parseKeyFile(text)
  // The text is no cause to keep: it may hold a private key.
  if (!content) throw fileError(file, 'is not a key file, or is damaged')
  const seed = await seedOf(file, content, options.passphrase)
  const identity = seed.length === 32 ? identityFromSeed(seed) : undefined
  seed.fill(0)
  if (identity?.did !== content.did) throw fileError(file, 'is not a key file, or is damaged')
  return identity
}

/** Reads the key file, or makes a new identity and keeps it there. Errors as of both. */
export async function loadOrCreateIdentity(
  file: string,
  options: SaveOptions & { readonly random?: (bytes: number) => Uint8Array } = {},
): Promise<Identity> {
  const exists = await stat(file).then(
    () => true,
    () => false,
  )
  if (!exists) {
    try {
      await saveIdentity(file, generateIdentity(options.random), options)
    } catch (error) {
      // Another process was first: its identity is the one to use.
      if (!(error instanceof IdentityError) || codeOf(error.cause) !== 'EEXIST') throw error
    }
  }
  return loadIdentity(file, options)
}

interface KeyFile {
  readonly did: string
  readonly seed?: string
  readonly age?: string
}

async function secretOf(
  identity: Identity,
  { passphrase, workFactor }: SaveOptions,
): Promise<Pick<KeyFile, 'age' | 'seed'>> {
  const seed = Buffer.from(exportSeed(identity))
  try {
    if (passphrase === undefined) return { seed: seed.toString('base64url') }
    return { age: await lock(seed, passphrase, workFactor) }
  } finally {
    seed.fill(0)
  }
}

async function seedOf(
  file: string,
  { seed, age }: KeyFile,
  passphrase: string | undefined,
): Promise<Uint8Array> {
  if (age === undefined) {
    if (passphrase === undefined) return Buffer.from(seed ?? '', 'base64url')
    throw refused(`The key file ${file} is not under a passphrase, though one is given`)
  }
  if (passphrase !== undefined) return unlock(age, passphrase)
  throw refused(`The key file ${file} is under a passphrase: give it to open the file`)
}

async function readPrivate(file: string): Promise<string> {
  // What is checked is what is read: the file cannot be exchanged in between.
  const handle = await open(file, 'r')
  try {
    const { mode, size } = await handle.stat()
    if (process.platform !== 'win32' && (mode & 0o077) !== 0) {
      throw new IdentityError(
        'ERR_IDENTITY_KEY_FILE_PERMISSIONS',
        `Others can read the key file ${file} (mode ${(mode & 0o777).toString(8)}): run chmod 600 on it`,
      )
    }
    if (size > MAX_FILE_BYTES) throw new Error(`it has ${size} bytes`)
    return await handle.readFile('utf8')
  } finally {
    await handle.close()
  }
}

function parseKeyFile(text: string): KeyFile | undefined {
  try {
    const value = JSON.parse(text) as Record<string, unknown> | null
    if (value?.['type'] !== FILE_TYPE || value['version'] !== 1) return undefined
    const { did, seed, age } = value
    if (typeof did !== 'string') return undefined
    if (typeof seed === 'string' && age === undefined) return { did, seed }
    return typeof age === 'string' && seed === undefined ? { did, age } : undefined
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
