import { execFile } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createInbox, type Inbox } from '@bzzz/inbox'
import { openHome, type Home } from '@bzzz/runtime'
import { appArguments } from '../../../test/app.ts'

// Commands by spawning them, on a home that another participant writes into as well.

const node = appArguments('hap')
const AT = { project: 'shop', task: 'checkout' }

let folder = ''
let home: Home
let builder: Inbox
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'bzzz-hap-messages-'))
  await hap('init', '--name', 'ada', '--role', 'lead', '--project', 'shop')
  home = await openHome(join(folder, 'home'))
  builder = createInbox({ store: home.store, self: { name: 'builder', roles: ['coder'] } })
})
afterAll(async () => {
  builder.close()
  await home.close()
  rmSync(folder, { recursive: true, force: true })
})

interface Outcome {
  readonly status: number
  readonly stdout: string
  readonly stderr: string
}

async function hap(...args: string[]): Promise<Outcome> {
  return piping('', ...args)
}

async function piping(input: string, ...args: string[]): Promise<Outcome> {
  const env = {
    PATH: process.env['PATH'],
    NODE_COMPILE_CACHE: process.env['NODE_COMPILE_CACHE'],
    BZZZ_DATA: join(folder, 'home'),
    EDITOR: `${process.execPath} ${join(folder, 'editor.mjs')}`,
  }
  return new Promise((done) => {
    const child = execFile(
      process.execPath,
      [...node, ...args],
      { env, cwd: folder },
      (error, stdout, stderr) => {
        const status = typeof error?.code === 'number' ? error.code : error ? -1 : 0
        done({ status, stdout, stderr })
      },
    )
    child.stdin?.on('error', () => {}).end(input)
  })
}

async function json<Value>(...args: string[]): Promise<Value> {
  const { stdout, stderr } = await hap('--json', ...args)
  expect(stderr).toBe('')
  return JSON.parse(stdout) as Value
}

describe('an inbox', () => {
  test('shows what waits, one message whole, and answers it by a part of its name', async () => {
    expect((await hap('inbox')).stdout).toBe('Nothing waits for you.\n')
    await builder.send({
      ...AT,
      kind: 'question',
      to: ['ada'],
      title: 'Which colour?',
      body: 'For the \u{1b}[31mdoor.',
      choices: ['red', 'blue'],
      id: 'colour-of-door',
    })
    const list = await hap('inbox')
    expect(list.stdout).toMatch(
      /^[\da-f]{8} {2}\d{4}-.* {2}question {2}builder:coder {2}Which colour\?\n$/,
    )
    const shown = (await hap('inbox', list.stdout.slice(0, 8))).stdout
    expect(shown).toContain('Choices: red | blue')
    expect(shown).toContain(`Next: bzzz-hap answer ${list.stdout.slice(0, 8)} <text>`)
    expect(shown).not.toContain('\u{1b}')

    const answered = await piping('blue\n', 'answer', 'colour')
    expect(answered).toMatchObject({ status: 0, stderr: '' })
    expect((await hap('inbox')).stdout).toBe('Nothing waits for you.\n')
    const { standing } = await builder.item(
      'ucxl://builder:coder@shop:checkout/messages/colour-of-door.json',
    )
    expect(standing).toMatchObject({
      status: 'answered',
      by: { answer: 'blue', by: { name: 'ada' } },
    })
  })

  test('fills in a form field by field, and says what is wrong', async () => {
    const properties = { days: { type: 'integer', minimum: 1 }, paid: { type: 'boolean' } } as const
    const form = { type: 'object', properties, required: ['days'] } as const
    await builder.send({ ...AT, kind: 'question', to: ['ada'], title: 'Leave?', id: 'leave', form })
    expect((await hap('inbox', 'leave')).stdout).toContain('--field days=<integer>, required')
    const wrong = await hap('answer', 'leave', '--field', 'days=0')
    expect(wrong).toMatchObject({ status: 2, stdout: '' })
    expect(wrong.stderr).toMatch(/ERR_INBOX_ANSWER: .*days/)
    expect((await hap('answer', 'leave', '--field', 'hours=3')).stderr).toMatch(/no field "hours"/)
    const reply = await json('answer', 'leave', '--field', 'days=3', '--field', 'paid=yes')
    expect(reply).toMatchObject({ kind: 'answer', answer: { days: 3, paid: true } })
  })

  test('says which ones are meant where several are, and status 3 where none is', async () => {
    for (const id of ['note-one', 'note-two'])
      await builder.send({ ...AT, kind: 'message', to: ['any'], title: id, id })
    const several = await hap('seen', 'note')
    expect(several).toMatchObject({ status: 3, stdout: '' })
    expect(several.stderr).toMatch(/note-one[^]*note-two|note-two[^]*note-one/)
    expect((await hap('seen', 'note-one')).status).toBe(0)
    const left = await json<{ message: { title: string } }[]>('inbox')
    expect(left.map(({ message }) => message.title)).toEqual(['note-two'])
    expect((await hap('seen', 'note-two')).status).toBe(0)
    expect((await hap('inbox', 'nothing like it')).status).toBe(3)
  })
})

describe('a verdict', () => {
  test('binds what was shown, is refused where it changed, and is not given unasked', async () => {
    const plan = 'ucxl://builder:coder@shop:checkout/plan.md'
    const first = await home.store.put({ address: plan, content: Buffer.from('one') })
    const draft = { ...AT, kind: 'proposal', to: ['ada'], title: 'Go?', id: 'go-on' } as const
    await builder.send({ ...draft, about: [plan] })
    const [item] = await json<{ content: string }[]>('inbox')
    const unasked = await hap('approve', 'go-on')
    expect(unasked.status).toBe(2)
    expect(unasked.stderr).toContain(`--content ${item!.content}`)

    await builder.send({ ...draft, about: [plan], body: 'And more.' })
    const late = await hap('approve', 'go-on', '--content', item!.content)
    expect(late).toMatchObject({ status: 1, stdout: '' })
    expect(late.stderr).toContain('ERR_INBOX_CHANGED')
    const [again] = await json<{ content: string }[]>('inbox')
    const given = await json('reject', 'go-on', '--content', again!.content, '-m', 'Not yet.')
    expect(given).toMatchObject({ kind: 'rejected', content: again!.content, comment: 'Not yet.' })

    const content = first.record.content!
    const any = await json('approve', plan, '--content', content)
    expect(any).toMatchObject({ kind: 'approved', version: 1, content })
    const missing = await hap('approve', 'ucxl://builder:coder@shop:checkout/none.md', '--yes')
    expect(missing.status).toBe(3)
  })
})

describe('what a person says', () => {
  test('is sent to others, from a pipe', async () => {
    const sent = await piping(
      '# Go on\n\nAll is well.\n',
      'send',
      'builder',
      '--about',
      'ucxl://builder:coder@shop:checkout/plan.md',
    )
    expect(sent).toMatchObject({ status: 0, stderr: '' })
    const [item] = await builder.items()
    expect(item).toMatchObject({
      from: { name: 'ada', role: 'lead' },
      message: { kind: 'message', title: 'Go on', body: 'All is well.' },
    })
    expect(item!.key).toMatch(/^ada:lead@shop:talk\//)
    const asked = await hap(
      'send',
      'builder',
      '-t',
      'By when?',
      '--kind',
      'question',
      '--by',
      '2027-01-31',
      '--in',
      'shop:paint',
      '--choice',
      'now',
      '--only',
    )
    expect(asked.status).toBe(0)
    // What another process wrote is noticed within a quarter of a second.
    const newest = async () => (await builder.items())[0]?.message
    await expect.poll(newest).toMatchObject({
      deadline: '2027-01-31T00:00:00.000Z',
      choices: ['now'],
      only_choices: true,
    })
    expect((await hap('send', 'builder', '-t', 'x', '--by', 'prev')).status).toBe(2)
    expect((await hap('inbox', '--all')).stdout).toContain('Go on [sent]')
  })

  test('is a decision, which another contradicts', async () => {
    const one = 'ucxl://builder:coder@shop:checkout/decisions/red.json'
    // The home has one key: here it writes for both.
    const red = await json<{ address: string }>('decide', one, 'Red sells.', '-t', 'Paint it red')
    expect(red.address).toBe('ucxl://builder:coder@shop:checkout/*~/decisions/red.json')
    const no = 'ucxl://ada:lead@shop:checkout/decisions/no-red.json'
    const against = await hap('decide', no, 'It hurts.', '-t', 'Not red', '--contradicts', one)
    expect(against).toMatchObject({ status: 0, stderr: '' })
    const why = await hap('why', 'no-red')
    expect(why.stdout).toMatch(/It contradicts red: Paint it red \(accepted\) \[verified\]/)
    expect((await hap('why', one)).stdout).toContain('It is contradicted by no-red: Not red')
    const nowhere = await hap(
      'decide',
      'ucxl://ada:lead@shop:x/d.json',
      'y',
      '-t',
      'x',
      '--because',
      'ucxl://ada:lead@shop:checkout/none.md',
    )
    expect(nowhere.status).not.toBe(0)
    expect(nowhere.stderr).toMatch(/ERR_CITATION/)
  })

  test('can be written in an editor, and nothing is sent where nothing was written', async () => {
    // An editor is opened at a terminal alone: what a pipe gives is taken as it is.
    const { textOf } = await import('../src/text-input.ts')
    const input = { isTTY: true } as never
    const written: string[] = []
    const edit = async (text: string): Promise<string> => {
      written.push(text)
      return `# A title\n\nA body.\n${text.slice(text.indexOf('---- 8<'))}`
    }
    expect(await textOf(undefined, { input, edit }, () => 'the question')).toBe(
      '# A title\n\nA body.',
    )
    expect(written[0]).toContain('the question')
    const unchanged = textOf(undefined, { input, edit: async (text) => text }, () => 'x')
    await expect(unchanged).rejects.toMatchObject({ code: 'ERR_HAP_INPUT' })

    const { edit: real } = await import('../src/editor.ts')
    writeFileSync(
      join(folder, 'editor.mjs'),
      `import { appendFileSync } from 'node:fs'; appendFileSync(process.argv[3], process.argv[2])`,
    )
    const environment = { EDITOR: `${process.execPath} ${join(folder, 'editor.mjs')} ' and more'` }
    expect(await real('some', { environment })).toBe('some and more')
    await expect(real('some', { environment: { EDITOR: 'false' } })).rejects.toMatchObject({
      code: 'ERR_HAP_EDITOR',
    })
  })
})

test('a task is posted under the name of the person, and taken back', async () => {
  const posted = await json<{ address: string; task: object }>(
    'task',
    'shop:paint',
    'All of it.',
    '-t',
    'Paint',
    '--role',
    'coder',
  )
  expect(posted).toMatchObject({
    address: 'ucxl://ada:lead@shop:paint/*^/task.json',
    task: { title: 'Paint', instructions: 'All of it.', wants: { role: 'coder' } },
  })
  expect(await json('task', 'shop:paint', '--cancel')).toMatchObject({
    version: 2,
    task: { title: 'Paint', status: 'cancelled' },
  })
  expect((await hap('task', 'shop:none', '--cancel')).status).toBe(3)
  const wrong = await hap('task', 'shop:paint', '-t', 'x', '--input', 'ucxl://any:any@shop:any/**')
  expect(wrong).toMatchObject({ status: 1 })
  expect(wrong.stderr).toContain('ERR_RUNTIME_TASK')
  expect((await hap('task', 'shop', '-t', 'x')).status).toBe(2)
})

test('who the person is stands in the home, with every setting', async () => {
  const file = readFileSync(join(folder, 'home/hap.yaml'), 'utf8')
  expect(file).toMatch(/^name: ada /m)
  expect(file).toMatch(/^ {2}follow: \[ ucxl:\/\/any:any@shop:any\/\*\* \]/m)
  const { stdout } = await hap('config', 'print')
  expect(stdout).toMatch(/name: ada +# .*hap\.yaml:/)
  expect((await hap('init')).stderr).toContain('EEXIST')
  expect((await hap('peers')).status).toBe(5)
  expect((await hap('status')).status).toBe(5)
})
