import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import {
  findClashes,
  jsonSchemaOf,
  parseFile,
  printConfiguration,
  readConfiguration,
  settingsOf,
  type ConfigurationSources,
} from '../src/index.ts'

const schema = z.strictObject({
  name: z.string().min(1).describe('What this participant is called').default('ada'),
  http: z
    .strictObject({
      host: z.string().default('127.0.0.1'),
      port: z.int().min(0).max(65_535).describe('0 is any free port').default(8080),
      freshMs: z.int().default(30_000),
    })
    .prefault({}),
  mesh: z
    .strictObject({ bootstrap: z.array(z.string()).default([]), mdns: z.boolean().default(false) })
    .prefault({}),
  token: z.string().meta({ isSecret: true }).optional(),
})

function read(text: string, sources: Partial<ConfigurationSources> = {}) {
  return readConfiguration(schema, {
    prefix: 'BZZZ',
    file: parseFile('agent.yaml', text),
    ...sources,
  })
}

/** Nine items, nine times nine, and so on, eight times. */
function bomb(): string {
  const names = Array.from('abcdefgh')
  const lines = names.map((name, at) => {
    const item = at === 0 ? 'x' : `*${names[at - 1]}`
    return `${name}: &${name} [${Array.from({ length: 9 }, () => item).join(', ')}]`
  })
  return `${lines.join('\n')}\n`
}

/** The lines of the error of a configuration. */
function wrong(text: string, sources: Partial<ConfigurationSources> = {}): string[] {
  try {
    read(text, sources)
  } catch (error) {
    expect(error).toMatchObject({ code: 'ERR_RUNTIME_CONFIGURATION' })
    return (error as Error).message.split('\n')
  }
  throw new Error('It was taken')
}

describe('a configuration', () => {
  test('is the defaults, the file, the environment and flags, each over the one before', () => {
    const { value, origins } = read('http:\n  port: 1\n  host: "::1"\nname: file\n', {
      environment: { BZZZ_HTTP_PORT: '2', BZZZ_NAME: '3', BZZZ_MESH_BOOTSTRAP: 'a, b', HOME: '/' },
      flags: { 'http.port': '4' },
    })
    expect(value).toEqual({
      name: '3',
      http: { host: '::1', port: 4, freshMs: 30_000 },
      mesh: { bootstrap: ['a', 'b'], mdns: false },
    })
    expect(Object.fromEntries(origins)).toEqual({
      name: { from: 'environment', name: 'BZZZ_NAME' },
      'http.host': { from: 'file', name: 'agent.yaml', line: 3 },
      'http.port': { from: 'flag', name: '--http-port' },
      'http.freshMs': { from: 'default' },
      'mesh.bootstrap': { from: 'environment', name: 'BZZZ_MESH_BOOTSTRAP' },
      'mesh.mdns': { from: 'default' },
      token: { from: 'default' },
    })
  })

  test('needs no file', () => {
    const { value } = readConfiguration(schema, { prefix: 'BZZZ' })
    expect(value.http.port).toBe(8080)
    expect(read('').value).toEqual(value)
    expect(read('# nothing\n').value).toEqual(value)
  })

  test('with a wrong value is refused, with its line and what would be right', () => {
    expect(wrong('name: ada\nhttp:\n  port: eighty\n')).toEqual([
      'agent.yaml:3:3: http.port: Invalid input: expected number, received string',
    ])
    expect(wrong('http: 7\n')).toEqual([
      'agent.yaml:1:1: http: Invalid input: expected object, received number',
    ])
    expect(wrong('mesh:\n  bootstrap:\n    - a\n    - 7\n')).toEqual([
      'agent.yaml:4:7: mesh.bootstrap.1: Invalid input: expected string, received number',
    ])
  })

  test('with an unknown key is refused, with the one that is meant', () => {
    expect(wrong('http:\n  host: a\n  prot: 8080\nhtpp: {}\n')).toEqual([
      'agent.yaml:3:3: http.prot: there is no such key; did you mean http.port?',
      'agent.yaml:4:1: htpp: there is no such key',
    ])
  })

  test('names the variable or the flag that is wrong', () => {
    const environment = { BZZZ_HTTP_PORT: 'x', BZZZ_HTTP_HSOT: 'y', BZZZ_HOME: '/' }
    expect(wrong('', { environment, otherVariables: ['BZZZ_HOME'] })).toEqual([
      'BZZZ_HTTP_HSOT: there is no such setting; did you mean BZZZ_HTTP_HOST?',
      'BZZZ_HTTP_PORT: http.port: Invalid input: expected number, received string',
    ])
    expect(wrong('', { flags: { 'mesh.mdns': 'perhaps' } })).toEqual([
      '--mesh-mdns: mesh.mdns: Invalid input: expected boolean, received string',
    ])
  })

  test.each([
    ['that is cut short', 'http: {', /^agent\.yaml:1:\d+: /],
    ['with a key twice', 'name: a\nname: b\n', /^agent\.yaml:2:1: Map keys must be unique/],
    ['that is a list', '- a\n', /^agent\.yaml:1:1: expected keys with values/],
    ['that is a text', 'hello', /^agent\.yaml:1:1: expected keys with values/],
    ['with aliases that multiply', bomb(), /^agent\.yaml: Excessive alias count/],
    ['that is far too large', ' '.repeat(2_000_000), /^agent\.yaml: larger than 1 MiB/],
  ])('file %s is refused', (_, text, message) => {
    expect(() => parseFile('agent.yaml', text)).toThrow(
      expect.objectContaining({ message: expect.stringMatching(message) }),
    )
  })

  test('is printed with where each value comes from, and without its secrets', () => {
    const configuration = read('token: hunter2\nname: bob\n', {
      environment: { BZZZ_MESH_BOOTSTRAP: 'a' },
      flags: { 'http.port': 1 },
    })
    expect(printConfiguration(configuration)).toBe(
      [
        'name: bob # agent.yaml:2',
        'http:',
        '  host: 127.0.0.1 # default',
        '  port: 1 # --http-port',
        '  freshMs: 30000 # default',
        'mesh:',
        '  bootstrap:',
        '    # BZZZ_MESH_BOOTSTRAP',
        '    - a',
        '  mdns: false # default',
        'token: "***" # agent.yaml:1',
        '',
      ].join('\n'),
    )
    // What was printed is what is in force.
    expect(configuration.value.token).toBe('hunter2')
  })

  test('has settings, and a schema for editors', () => {
    const settings = settingsOf(schema, 'BZZZ')
    expect(settings.map(({ variable }) => variable)).toContain('BZZZ_HTTP_FRESH_MS')
    expect(settings.find(({ path }) => path === 'http.port')).toMatchObject({
      flag: '--http-port',
      description: '0 is any free port',
    })
    expect(jsonSchemaOf(schema)).toMatchObject({
      $schema: 'https://json-schema.org/draft/2020-12/schema',
      properties: { http: { properties: { port: { default: 8080 } } } },
    })
  })
})

describe('configurations that run together', () => {
  const one = {
    name: 'agent.yaml',
    ports: { 'http.port': { host: '127.0.0.1', port: 8080 } },
    folders: { home: '/a' },
    identity: 'did:key:a',
    cluster: 'did:key:c',
  }

  test('clash where they take the same for themselves, or are of different clusters', () => {
    const ports = { 'http.port': { host: '0.0.0.0', port: 8080 } }
    expect(findClashes([one, { ...one, name: 'hap.yaml', ports, cluster: 'did:key:d' }])).toEqual([
      'agent.yaml (http.port) and hap.yaml (http.port) both listen on 8080: change one of them',
      'agent.yaml (home) and hap.yaml (home) both use /a: change one of them',
      'agent.yaml and hap.yaml have one identity: give each a key of its own',
      'agent.yaml is of the cluster did:key:c and hap.yaml of the cluster did:key:d: they would not talk',
    ])
  })

  test('do not clash by any free port, other hosts, or what is not known', () => {
    const other = {
      name: 'hap.yaml',
      ports: {
        'http.port': { host: '::1', port: 8080 },
        'health.port': { host: '127.0.0.1', port: 0 },
      },
      folders: { home: '/b' },
      cluster: 'did:key:c',
    }
    expect(findClashes([one, other])).toEqual([])
  })

  test('one may clash with itself', () => {
    const ports = { ...one.ports, 'health.port': { host: '127.0.0.1', port: 8080 } }
    expect(findClashes([{ ...one, ports }])).toEqual([
      'agent.yaml (http.port) and agent.yaml (health.port) both listen on 8080: change one of them',
    ])
  })
})
