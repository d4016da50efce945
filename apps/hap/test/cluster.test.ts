import { once } from 'node:events'
import { writeFileSync } from 'node:fs'
import { createServer, type AddressInfo } from 'node:net'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { processes, type Outcome, type Processes, type Running } from './processes.ts'

// A cluster from its founding on: invited, joined, and revoked, by commands and real processes.

const WAIT = { timeout: 30_000, interval: 200 }
const PORTS = ['--http-port', '0']

let all: Processes
let gate: Running
beforeAll(async () => {
  all = processes('cluster')
  // The commands find the portal by it.
  const port = await freePort()
  await ada('init', '--name', 'ada', '--role', 'lead', '--project', 'shop', '--cluster', 'shop')
  const file = join(all.folder, 'ada/hap.yaml')
  writeFileSync(
    file,
    `kind: human\nname: ada\nabout: { roles: [lead] }\nhealth: { port: ${port} }\nmesh: { follow: ['ucxl://any:any@shop:any/**'] }\n`,
  )
  gate = await all.start('hap', '-d', join(all.folder, 'ada'), 'run', ...PORTS)
})
afterAll(async () => all.end())

async function ada(...args: string[]): Promise<Outcome> {
  return all.run('hap', '-d', join(all.folder, 'ada'), ...args)
}

async function agent(home: string, ...args: string[]): Promise<Running> {
  const rest = ['--home', join(all.folder, home), ...PORTS, '--health-port', '0', ...args]
  return all.start('agent', 'run', ...rest, '--mesh-follow', 'ucxl://any:any@shop:any/**')
}

/** Who is known to whom, by `did:key`. */
async function peersOf({ health }: Running): Promise<number> {
  const said = (await (await fetch(`${health}/health`)).json()) as {
    services: { mesh: { details: { connected: unknown[] } } }
  }
  return said.services.mesh.details.connected.length
}

test('whoever is invited joins, writes under the name that was given, and no other', async () => {
  const invited = await ada('invite', 'builder', '--role', 'coder', '--agent')
  expect(invited).toMatchObject({ status: 0, stderr: '' })
  const token = invited.stdout.trim()
  expect(token).toMatch(/^bzzz-invite_[^@]+@\/ip4\/127\.0\.0\.1\/tcp\//)

  const home = join(all.folder, 'builder')
  const joined = await all.run('agent', 'join', token, '--home', home, '--project', 'shop')
  expect(joined).toMatchObject({ status: 0, stderr: '' })
  expect(joined.stdout).toMatch(/^You are builder \(coder\) of the cluster did:key:/)
  expect(joined.stdout).toContain('Made agent.yaml.')
  const again = await all.run('agent', 'join', token, '--home', join(all.folder, 'thief'))
  expect(again.status).toBe(1)
  expect(again.stderr).toContain('ERR_IDENTITY_REPLAYED')

  const builder = await agent('builder')
  await expect.poll(async () => peersOf(gate), WAIT).toBe(1)
  expect((await ada('peers')).stdout).toMatch(/^did:key:\S+ {2}agent {2}coder/m)
  const members = await ada('members')
  expect(members.stdout).toMatch(/^ada {2}human {2}lead {2}valid/m)
  expect(members.stdout).toMatch(/^builder {2}agent {2}coder {2}valid/m)

  const put = async (name: string): Promise<number> => {
    const body = { method: 'PUT', body: 'Paint it red.' }
    return (await fetch(`${builder.url}/ucxl/${name}@shop:paint/plan.md`, body)).status
  }
  expect(await put('builder:coder')).toBe(201)
  expect(await put('builder:lead')).toBe(403)
  expect(await put('ada:lead')).toBe(403)
  const plan = 'ucxl://builder:coder@shop:paint/plan.md'
  await expect.poll(async () => (await ada('get', plan)).stdout, WAIT).toBe('Paint it red.')
  await all.kill(builder)
}, 120_000)

test('a stranger is not talked to, and one that is revoked is not any more', async () => {
  const stranger = await agent(
    'stranger',
    '-c',
    emptyFile(),
    '--mesh-bootstrap',
    gate.addresses[0]!,
  )
  const builder = await agent('builder')
  await expect.poll(async () => peersOf(gate), WAIT).toBe(1)
  expect(await peersOf(stranger)).toBe(0)

  expect((await ada('revoke', 'nobody')).status).toBe(3)
  expect((await ada('revoke', 'builder', '-m', 'It was stolen.')).status).toBe(0)
  await expect.poll(async () => peersOf(gate), WAIT).toBe(0)
  expect((await ada('members')).stdout).toMatch(/^builder .* revoked/m)
  await all.kill(builder)
  await all.kill(stranger)
}, 120_000)

test('only who founded it invites, and a home is of one cluster', async () => {
  const home = join(all.folder, 'builder')
  const denied = await all.run('agent', 'invite', 'x', '--role', 'y', '--home', home)
  expect(denied.status).toBe(4)
  expect(denied.stderr).toContain('ERR_RUNTIME_ADMIN_DENIED')
  const second = await ada('init', '--name', 'ada', '--role', 'lead', '--cluster', 'x', '--force')
  expect(second.stderr).toContain('ERR_RUNTIME_CLUSTER')
  const nowhere = await all.run('hap', '-d', join(all.folder, 'eve'), 'join', 'bzzz-invite')
  expect(nowhere.stderr).toContain('ERR_IDENTITY_STATEMENT')
  expect((await all.run('hap', '-d', join(all.folder, 'eve'), 'members')).stderr).toContain(
    'of no cluster',
  )
})

function emptyFile(): string {
  const file = join(all.folder, 'stranger.yaml')
  writeFileSync(file, 'kind: agent\n')
  return file
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  await once(server, 'close')
  return port
}
