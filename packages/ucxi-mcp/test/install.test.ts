import { chmod, mkdir, readFile, stat, symlink, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { Command } from 'commander'
import { describe, expect, test } from 'vitest'
import { addInstallCommands } from '../src/install/commands.ts'
import { HOST_NAMES, HOSTS, launchOf, type Surroundings } from '../src/install/hosts.ts'
import { temporaryFolder } from './programs.ts'

async function open(platform = 'linux') {
  const folder = await temporaryFolder()
  const surroundings: Surroundings = { home: join(folder, 'home'), folder, env: {}, platform }
  const said: string[] = []
  const run = async (...args: string[]) => {
    const program = new Command('bzzz-mcp')
      .option('--as <place>')
      .option('--data <folder>', '', '/standard')
      .option('--node <url>')
      .option('--key <file>')
      .exitOverride()
    addInstallCommands(program, { ...surroundings, say: (line) => said.push(line) })
    await program.parseAsync(args, { from: 'user' })
  }
  return { surroundings, said, run }
}

async function put(file: string, text: string): Promise<void> {
  await mkdir(dirname(file), { recursive: true })
  await writeFile(file, text)
}

const exists = async (file: string): Promise<boolean> =>
  stat(file).then(
    () => true,
    () => false,
  )

describe.each(HOST_NAMES)('%s', (name) => {
  test('is told, told again, and left as it was', async () => {
    const { surroundings, said, run } = await open()
    const file = HOSTS[name].file(surroundings)
    await run('--as', 'claude:architect@shop:checkout', 'install', name)
    const text = await readFile(file, 'utf8')
    expect(text).toContain('@bzzz/ucxi-mcp')
    expect(text).toContain('claude:architect@shop:checkout')
    expect(said[0]).toBe(`Wrote ${file}:`)
    expect(said.at(-1)).toContain(`Undo: bzzz-mcp uninstall ${name}`)
    await run('--as', 'other:role@shop:checkout', 'install', name)
    const again = await readFile(file, 'utf8')
    expect(again).not.toContain('claude:architect')
    expect(again.match(/@bzzz\/ucxi-mcp/g)).toHaveLength(1)
    await run('uninstall', name)
    expect(await exists(file)).toBe(false)
    await run('uninstall', name)
    expect(said.at(-1)).toBe(`Nothing to do in ${file}`)
  })

  test('keeps everything else that its file says', async () => {
    const { surroundings, run } = await open()
    const host = HOSTS[name]
    const file = host.file(surroundings)
    const before =
      host.format === 'json'
        ? `${JSON.stringify({ theme: 'dark', [host.list]: { other: { command: 'x', env: { KEY: 's' } } } }, undefined, 4)}\n`
        : 'model = "o9" # mine\n\n[mcp_servers.other]\ncommand = "x"\n'
    await put(file, before)
    await run('install', name)
    const after = await readFile(file, 'utf8')
    expect(after).toContain('@bzzz/ucxi-mcp')
    expect(after).toContain(host.format === 'json' ? '"theme": "dark"' : 'model = "o9" # mine')
    await run('uninstall', name)
    expect(await readFile(file, 'utf8')).toBe(before)
  })
})

test('a file with comments is left alone, and what to put there is said', async () => {
  const { surroundings, said, run } = await open()
  const file = HOSTS.vscode.file(surroundings)
  const text = '{\n  // mine\n  "servers": {}\n}\n'
  await put(file, text)
  await expect(run('install', 'vscode')).rejects.toMatchObject({ code: 'ERR_MCP_HOST_FILE' })
  expect(await readFile(file, 'utf8')).toBe(text)
  expect(said[0]).toMatch(/^Put this under servers yourself: \{"bzzz":/)
})

test('what somebody else wrote under our name is left alone', async () => {
  const { surroundings, run } = await open()
  const file = HOSTS.codex.file(surroundings)
  await put(file, '[mcp_servers.bzzz]\ncommand = "mine"\n')
  await expect(run('install', 'codex')).rejects.toMatchObject({ code: 'ERR_MCP_HOST_FILE' })
})

test('a host that nobody knows is named with those that are', async () => {
  const { run } = await open()
  await expect(run('install', 'emacs')).rejects.toMatchObject({
    code: 'ERR_MCP_HOST',
    message: expect.stringContaining('claude-code, claude-desktop, cursor'),
  })
})

test('a link stays a link, and only its owner reads what is written', async () => {
  const { surroundings, run } = await open()
  const file = HOSTS.cursor.file(surroundings)
  const real = join(surroundings.folder, 'dotfiles', 'mcp.json')
  await put(real, '{}\n')
  await chmod(real, 0o644)
  await mkdir(dirname(file), { recursive: true })
  await symlink(real, file)
  await run('install', 'cursor')
  expect(await readFile(real, 'utf8')).toContain('bzzz')
  expect((await stat(real)).mode & 0o777).toBe(0o600)
})

test('on Windows a shell starts it, and settings are where Windows keeps them', async () => {
  const { surroundings } = await open('win32')
  expect(launchOf(['--as', 'x'], surroundings)).toEqual({
    command: 'cmd',
    args: ['/c', 'npx', '-y', '@bzzz/ucxi-mcp', '--as', 'x'],
  })
  const env = { APPDATA: 'C:\\Data' }
  expect(HOSTS['claude-desktop'].file({ ...surroundings, env })).toContain('C:\\Data')
})

test('what was said of node, key and folder is written down in full', async () => {
  const { surroundings, run } = await open()
  await run(
    '--node',
    'http://127.0.0.1:8080',
    '--key',
    '/keys/identity.json',
    '--data',
    '/d',
    'install',
    'claude-code',
  )
  const text = await readFile(HOSTS['claude-code'].file(surroundings), 'utf8')
  const { mcpServers } = JSON.parse(text) as { mcpServers: { bzzz: { args: string[] } } }
  expect(mcpServers.bzzz.args.slice(2)).toEqual([
    '--data',
    '/d',
    '--node',
    'http://127.0.0.1:8080',
    '--key',
    '/keys/identity.json',
  ])
})
