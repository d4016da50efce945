import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, dirname, join, resolve } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'

// docs/guide.md, as it stands there: all its commands, one after the other, in one shell and an empty home.

const root = resolve(import.meta.dirname, '../../..')
const isBuilt = existsSync(join(root, 'apps/hap/dist/main.js'))
if (!isBuilt) console.warn('Skipped: the guide, since the apps are not built: pnpm build')

test.skipIf(!isBuilt)(
  'every command of the guide does what it says',
  async () => {
    const folder = mkdtempSync(join(tmpdir(), 'bzzz-guide-'))
    onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
    const guide = readFileSync(join(root, 'docs/guide.md'), 'utf8')
    const blocks = [...guide.matchAll(/^```sh\n(.*?)^```$/gms)].map(([, text = '']) => text)
    expect(blocks.length).toBeGreaterThan(8)
    // The first command that fails ends it, and so does whatever else: nothing is left running.
    const script = [
      'set -e',
      `trap 'kill -9 $(jobs -p) 2>/dev/null || true' EXIT`,
      'set -m',
      ...blocks,
    ]
    const { PATH = '', NODE_COMPILE_CACHE } = process.env
    const path = [join(root, 'bin'), dirname(process.execPath), PATH].join(delimiter)
    const shell = spawn('bash', ['-c', script.join('\n')], {
      cwd: folder,
      env: { PATH: path, HOME: folder, NODE_COMPILE_CACHE, TERM: 'dumb' },
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    let said = ''
    for (const stream of [shell.stdout, shell.stderr])
      stream.on('data', (chunk: Buffer) => (said += chunk.toString()))
    const [status] = (await once(shell, 'close')) as [number]
    expect(status, said).toBe(0)
    for (const told of [
      'The door is red.',
      'informed_by',
      'It is contradicted by not-red: Not red after all',
      'Well done.',
      'The door is green.',
      'It hurts the eyes.',
    ])
      expect(said).toContain(told)
    expect(said).toMatch(/^critic {2}agent {2}reviewer {2}valid/m)
    expect(said).toMatch(/^critic .* revoked/m)
  },
  240_000,
)
