import { hash } from 'node:crypto'
import { safeParse } from '@bzzz/ucxl-address'
import { z } from 'zod'
import type { WorkerName } from '../tasks/places.ts'
import { MAX_LEASE_MS } from '../tasks/state.ts'

const HANDLERS = ['none', 'program', 'http', 'module'] as const

/** A name as in addresses. */
export const nameSetting = z
  .string()
  .refine(isName, 'Expected a name as in addresses, such as claude or build-3')

const milliseconds = (least: number, most: number) => z.int().min(least).max(most)

/** What can be configured of an agent that works: not of a person's portal. */
export const workerSettings = {
  worker: z
    .strictObject({
      handler: z.enum(HANDLERS).default('none').describe('What works on tasks; none takes none'),
      projects: z.array(nameSetting).max(32).default([]).describe('Projects whose tasks it takes'),
      posters: z
        .array(z.string().startsWith('did:key:', 'Expected a did:key'))
        .max(256)
        .default([])
        .describe("did:key of those whose tasks it takes; anybody's if empty"),
      command: z.string().min(1).optional().describe('program: what is run, by no shell'),
      args: z.array(z.string()).max(256).default([]).describe('program: its arguments'),
      url: z
        .url({ protocol: /^https?$/ })
        .optional()
        .describe('http: base of an OpenAI API, such as http://127.0.0.1:11434/v1'),
      model: z.string().min(1).optional().describe('http: name of the model'),
      system: z.string().optional().describe('http: what the model is told before each task'),
      apiKey: z
        .string()
        .min(1)
        .optional()
        .meta({ isSecret: true })
        .describe('http: sent as a bearer token'),
      askTo: z
        .array(z.string().min(1).max(256))
        .max(32)
        .default([])
        .describe('http: whom the model may ask, such as [ada, any:lead]; nobody if empty'),
      module: z.string().min(1).optional().describe('module: a JavaScript file'),
      parallel: z.int().min(1).max(64).default(1).describe('Tasks at once'),
      timeLimitMs: milliseconds(100, 86_400_000)
        .default(600_000)
        .describe('How long an attempt may take'),
      outputBytes: z
        .int()
        .min(1)
        .max(16 * 1024 * 1024)
        .default(1024 * 1024)
        .describe('How much a handler may say in an attempt'),
      leaseMs: milliseconds(1000, MAX_LEASE_MS)
        .default(30_000)
        .describe('For how long a claim holds; renewed at a third of it'),
      settleMs: milliseconds(0, 60_000)
        .default(2000)
        .describe('From the claim to the work: other claims are heard of meanwhile'),
    })
    .superRefine((worker, context) => {
      const { handler, projects } = worker
      if (handler === 'none') return
      const needs = { program: ['command'], http: ['url', 'model'], module: ['module'] } as const
      for (const key of needs[handler]) {
        if (worker[key] !== undefined) continue
        const message = `Expected it, since the handler is ${handler}`
        context.addIssue({ code: 'custom', path: [key], message })
      }
      if (projects.length > 0) return
      const message = 'Expected the projects whose tasks it takes, such as [shop]'
      context.addIssue({ code: 'custom', path: ['projects'], message })
    })
    .prefault({}),
}

export type WorkerSettings = z.output<(typeof workerSettings)['worker']>

/** What a worker is called in addresses, by what is configured, its first role, and its key. */
export function nameOf({
  name: given,
  roles,
  did,
}: {
  readonly name: string | undefined
  readonly roles: readonly string[]
  readonly did: string
}): WorkerName {
  const role = roles.map((one) => one.toLowerCase()).find((one) => isName(one))
  return {
    agent: given?.toLowerCase() ?? `agent-${hash('sha256', did).slice(0, 12)}`,
    role: role ?? 'worker',
  }
}

function isName(text: string): boolean {
  const parsed = safeParse(`ucxl://${text}:any@any:any/x`)
  return parsed.success && !/^any$|[*]/i.test(text)
}
