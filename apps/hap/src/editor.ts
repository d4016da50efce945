import { spawn } from 'node:child_process'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { CommandError } from './command-error.ts'

/**
 * Lets a person write a text in their own editor: `VISUAL`, or `EDITOR`, or `vi`.
 *
 * @param text what stands there at first.
 * @throws `ERR_HAP_EDITOR` where it cannot be run, or fails.
 */
export async function edit(
  text: string,
  { environment }: { readonly environment: Readonly<Record<string, string | undefined>> },
): Promise<string> {
  const command = environment['VISUAL'] ?? environment['EDITOR'] ?? 'vi'
  const folder = await mkdtemp(join(tmpdir(), 'bzzz-edit-'))
  const file = join(folder, 'text.md')
  try {
    await writeFile(file, text, { mode: 0o600 })
    // By a shell, since it may have options: EDITOR='code --wait'.
    const editor = spawn('sh', ['-c', `${command} "$1"`, 'sh', file], { stdio: 'inherit' })
    const status = await new Promise((resolve, reject) => {
      editor.once('error', reject).once('exit', resolve)
    })
    if (status !== 0)
      throw new CommandError('ERR_HAP_EDITOR', `${command} ended with ${String(status)}`)
    return await readFile(file, 'utf8')
  } finally {
    await rm(folder, { recursive: true })
  }
}
