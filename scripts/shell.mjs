// Opens a shell in which the commands of this clone are found, with the Node version that they need.
import { spawn } from 'node:child_process'
import { dirname, delimiter, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'

const bin = resolve(dirname(fileURLToPath(import.meta.url)), '../bin')
const { SHELL = '/bin/sh', INIT_CWD, PATH } = process.env
const env = {
  ...process.env,
  PATH: [bin, dirname(process.execPath), PATH].join(delimiter),
}
console.error('bzzz-agent, bzzz-hap, bzzz-mcp and bzzz-testbot are commands here. Leave with exit.')
const shell = spawn(SHELL, [], { stdio: 'inherit', env, cwd: INIT_CWD })
process.on('SIGINT', () => {})
shell.once('exit', (code) => process.exit(code ?? 1))
