import { mkdir, writeFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { loadOrCreateIdentity } from '@bzzz/identity'
import { DEFAULTS, type Output } from '@bzzz/runtime'
import { CONFIGURATION_FILE, SETTINGS } from './configuration.ts'

export interface InitOptions {
  /** Folder of the key and the contexts. */
  readonly home: string
  /** Take the place of a file that is there. */
  readonly force: boolean
}

/**
 * Makes a key, and a configuration in which every setting stands with its default, to be changed.
 *
 * @throws `EEXIST` where there is a configuration already.
 */
export async function initAgent(
  { home, force }: InitOptions,
  { output, json }: { readonly output: Output; readonly json: boolean },
): Promise<void> {
  const folder = resolve(home)
  await mkdir(folder, { recursive: true, mode: 0o700 })
  await writeFile(CONFIGURATION_FILE, templateOf(folder), { flag: force ? 'w' : 'wx' })
  const { did } = await loadOrCreateIdentity(join(folder, 'identity.json'))
  if (json) {
    output.write(`${JSON.stringify({ did, home: folder, configuration: CONFIGURATION_FILE })}\n`)
    return
  }
  output.write(
    `Made ${CONFIGURATION_FILE} and a key in ${folder}.\nThis agent is ${did}.\n\nNext: bzzz-agent run\n`,
  )
}

/** Every setting, as a comment: what is not said goes by the default. */
function templateOf(home: string): string {
  const lines = [
    '# bzzz-agent config print shows what is in force.',
    'kind: agent',
    `home: ${JSON.stringify(home)}`,
  ]
  let group = ''
  for (const { path, description, variable, default: value } of SETTINGS) {
    const [head = '', name] = path.split('.')
    if (head === 'kind' || head === 'home') continue
    const said = description === '' ? variable : `${description} (${variable})`
    const line = `${name ?? head}: ${value === undefined ? '' : JSON.stringify(value)} # ${said}`
    if (head !== group) lines.push('', ...(name === undefined ? [] : [`# ${head}:`]))
    group = head
    lines.push(name === undefined ? `# ${line}` : `#   ${line}`)
  }
  return `${lines.join('\n')}\n`
}

export const DEFAULT_HOME = DEFAULTS.agent.folder
