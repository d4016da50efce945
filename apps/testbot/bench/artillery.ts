import { execFile } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { z } from 'zod'

const execute = promisify(execFile)

const report = z.object({
  aggregate: z.object({
    counters: z.object({ 'http.responses': z.number().positive() }),
    firstCounterAt: z.number(),
    lastCounterAt: z.number(),
  }),
})

/**
 * Requests that Artillery makes in a second, as fast as it can. It is half a gigabyte, and no dependency: who
 * has it says where in `ARTILLERY`.
 *
 * @returns undefined where it is not there, which is said.
 */
export async function artillery(
  url: string,
  { connections, requests }: { readonly connections: number; readonly requests: number },
): Promise<number | undefined> {
  const program = process.env['ARTILLERY'] ?? ''
  if (program === '' || !existsSync(program)) {
    const why = program === '' ? 'ARTILLERY is not set' : `there is no ${program}`
    console.log(
      `  Skipped: beside Artillery, since ${why}. In an empty folder: npm install artillery@2.0.34, then ARTILLERY=<folder>/node_modules/.bin/artillery`,
    )
    return undefined
  }
  const folder = mkdtempSync(join(tmpdir(), 'testbot-artillery-'))
  try {
    const [script, output] = [join(folder, 'script.json'), join(folder, 'report.json')]
    const flow = [{ loop: [{ get: { url: '/' } }], count: Math.ceil(requests / connections) }]
    const phases = [{ duration: 1, arrivalCount: connections }]
    const config = { target: url, http: { pool: connections }, phases }
    writeFileSync(script, JSON.stringify({ config, scenarios: [{ flow }] }))
    await execute(program, ['run', '--quiet', '--output', output, script], {
      env: { ...process.env, ARTILLERY_DISABLE_TELEMETRY: 'true' },
    })
    const { counters, firstCounterAt, lastCounterAt } = report.parse(
      JSON.parse(readFileSync(output, 'utf8')),
    ).aggregate
    return (counters['http.responses'] / (lastCounterAt - firstCounterAt)) * 1_000
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}
