import { IdentityError } from './errors.ts'

/** The base-2 logarithm of scrypt's cost that age uses by default: about a second and 256 MiB. */
const DEFAULT_WORK_FACTOR = 18

/** Encrypts bytes under a passphrase (age, scrypt), in age's text form. */
export async function lock(
  bytes: Uint8Array,
  passphrase: string,
  workFactor: number = DEFAULT_WORK_FACTOR,
): Promise<string> {
  if (passphrase === '') throw refused('Expected a passphrase of at least one character, got none')
  const { armor, Encrypter } = await import('age-encryption')
  const encrypter = new Encrypter()
  encrypter.setPassphrase(passphrase)
  encrypter.setScryptWorkFactor(workFactor)
  return armor.encode(await encrypter.encrypt(bytes))
}

/** Decrypts what {@link lock} made. @throws `ERR_IDENTITY_PASSPHRASE` for the wrong one. */
export async function unlock(text: string, passphrase: string): Promise<Uint8Array> {
  const { armor, Decrypter } = await import('age-encryption')
  const decrypter = new Decrypter()
  decrypter.addPassphrase(passphrase)
  try {
    return await decrypter.decrypt(armor.decode(text))
  } catch {
    // The cause is left behind: no word of a library is worth a passphrase in a log.
    throw refused('The passphrase does not open the key file')
  }
}

export function refused(message: string): IdentityError {
  return new IdentityError('ERR_IDENTITY_PASSPHRASE', message)
}
