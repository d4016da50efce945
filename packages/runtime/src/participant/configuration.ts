import { homedir } from 'node:os'
import { join, resolve } from 'node:path'
import { parse } from '@bzzz/ucxl-address'
import { z } from 'zod'
import type { Claims } from '../configuration/clashes.ts'
import { nameSetting, workerSettings, type WorkerSettings } from '../worker/settings.ts'

/** In what two apps on one machine differ where nothing is configured. */
export interface ParticipantDefaults {
  /** What takes part: a program, or a person. */
  readonly kind: Kind
  /** Name of the folder in the user's home folder, such as `.bzzz-agent`. */
  readonly folder: string
  readonly httpPort: number
  readonly healthPort: number
}

const KINDS = ['agent', 'human'] as const

export type Kind = (typeof KINDS)[number]

/** What the agent and the portal are where nothing is configured: so they do not collide. */
export const DEFAULTS: Readonly<Record<Kind, ParticipantDefaults>> = {
  agent: { kind: 'agent', folder: '.bzzz-agent', httpPort: 8080, healthPort: 8081 },
  human: { kind: 'human', folder: '.bzzz', httpPort: 8090, healthPort: 8091 },
}

/** Where a part of a participant comes from. */
const backend = z.enum(['mock', 'hybrid', 'real'])

const port = z.int().min(0).max(65_535)

/** What can be configured of a participant: the same for an agent and for a person's portal. */
export function participantSchema(defaults: ParticipantDefaults) {
  const { kind, folder, httpPort, healthPort } = defaults
  return z.strictObject({
    kind: z.enum(KINDS).default(kind).describe('What takes part'),
    name: nameSetting
      .optional()
      .describe('Name in the addresses of what it writes; made of its key if left out'),
    home: z
      .string()
      .min(1)
      .default(join(homedir(), folder))
      .describe('Folder of the key, the contexts and the lock'),
    about: z
      .strictObject({
        roles: z.array(z.string().max(64)).max(16).default([]).describe('Roles that it plays'),
        capabilities: z.array(z.string().max(64)).max(32).default([]).describe('What it can do'),
      })
      .prefault({}),
    http: z
      .strictObject({
        host: z.string().default('127.0.0.1').describe('Loopback alone, unless there are tokens'),
        port: port.default(httpPort).describe('UCXI over HTTP; 0 is any free port'),
      })
      .prefault({}),
    health: z
      .strictObject({
        host: z.string().default('127.0.0.1'),
        port: port.default(healthPort).describe('Health and metrics; 0 is any free port'),
      })
      .prefault({}),
    mesh: z
      .strictObject({
        listen: z
          .array(z.string())
          .default(['/ip4/127.0.0.1/tcp/0'])
          .describe('Multiaddrs to listen on'),
        bootstrap: z.array(z.string()).default([]).describe('Multiaddrs of nodes to join'),
        mdns: z.boolean().default(false).describe('Find nodes on the local network, and be found'),
        follow: z
          .array(
            z.string().refine(isPattern, 'Expected a pattern, such as ucxl://any:any@shop:any/**'),
          )
          .max(64)
          .default([])
          .describe('Patterns of what is kept'),
      })
      .prefault({}),
    slurp: z
      .strictObject({
        url: z.url().optional().describe('Service that decisions are delivered to'),
        token: z.string().optional().meta({ isSecret: true }).describe('Token for that service'),
      })
      .prefault({}),
    log: z
      .strictObject({
        level: z.enum(['debug', 'info', 'warn', 'error', 'silent']).default('info'),
        format: z.enum(['json', 'text']).optional().describe('By the terminal if left out'),
      })
      .prefault({}),
    backends: z
      .strictObject({
        dht: backend.default('real').describe('mock, real, or both: hybrid'),
        slurp: backend.default('hybrid').describe('hybrid: real where slurp.url is set, else mock'),
        store: backend.default('real').describe('mock keeps all in memory'),
      })
      .prefault({}),
  })
}

/** What can be configured of an agent: it is a participant that may work. */
export function agentSchema(defaults: ParticipantDefaults = DEFAULTS.agent) {
  return participantSchema(defaults).extend(workerSettings)
}

/** What can be configured of either. */
export function schemaOf(kind: Kind): z.ZodObject {
  return kind === 'agent' ? agentSchema() : participantSchema(DEFAULTS.human)
}

export type ParticipantConfiguration = z.output<ReturnType<typeof participantSchema>>

/** A participant's configuration, with what an agent has besides. */
export interface LoadedConfiguration extends ParticipantConfiguration {
  /** Absent for a person's portal. */
  readonly worker?: WorkerSettings
}

/** What a participant takes for itself, to be compared with others that run beside it. */
export function claimsOf(name: string, { home, http, health }: ParticipantConfiguration): Claims {
  return {
    name,
    ports: { 'http.port': http, 'health.port': health },
    folders: { home: resolve(home) },
  }
}

function isPattern(text: string): boolean {
  try {
    parse(text)
    return true
  } catch {
    return false
  }
}
