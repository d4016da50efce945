import { execFile } from 'node:child_process'
import { dirname, resolve } from 'node:path'
import { expect, test } from 'vitest'
import { loadedBy } from '../../../test/imports.ts'

const main = resolve(import.meta.dirname, '../src/main.ts')
const node = ['--conditions=@bzzz/source', '--disable-warning=ExperimentalWarning', main]

async function run(...args: string[]): Promise<{ status: number; stderr: string }> {
  return new Promise((done) => {
    execFile(process.execPath, [...node, ...args], (error, _, stderr) => {
      done({ status: typeof error?.code === 'number' ? error.code : 0, stderr })
    })
  })
}

test('where there is no terminal, no command shows help, and portal says what it needs', async () => {
  const [none, portal] = await Promise.all([run(), run('portal')])
  expect(none.status).toBe(2)
  expect(none.stderr).toContain('Usage: bzzz-hap')
  expect(portal.status).toBe(2)
  expect(portal.stderr).toContain('ERR_HAP_TERMINAL')
})

test('what is no command is not taken for the portal', async () => {
  const { status, stderr } = await run('inbxo')
  expect(status).toBe(2)
  expect(stderr).toContain("unknown command 'inbxo'")
})

test('no command but the portal loads what draws it', () => {
  const { files, packages } = loadedBy(resolve(dirname(main), 'program.ts'))
  expect([...packages]).toContain('commander')
  for (const name of ['ink', 'react', '@bzzz/runtime/screen'])
    expect([...packages]).not.toContain(name)
  expect([...files].map((file) => file.slice(dirname(main).length + 1))).toContain(
    'terminal/command.ts',
  )
})
