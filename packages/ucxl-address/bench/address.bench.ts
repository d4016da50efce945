import { compare, type Bench, type Figure } from '../../../scripts/bench-harness.ts'
import {
  compilePattern,
  createAddress,
  format,
  keyOf,
  parse,
  toUri,
  type Address,
  type Temporal,
} from '../src/index.ts'

const COUNT = 1024
const AGENTS = ['claude', 'gpt-4.1', 'gemini', 'llama-4', 'mistral']
const ROLES = ['architect', 'reviewer', 'coder', 'tester']
const PROJECTS = ['shop', 'bzzz', 'chorus']
const TASKS = ['checkout', 'auth-system', 'auth-tokens', 'search', 'v2-migration']
const PATHS = [
  'decisions/payment.json',
  'decisions/2025/protocol-choice.json',
  'docs/guide/summary.json',
  'summary.json',
  'planning/requirements.md',
  'notes/',
  'code-review.json',
]

/** A string of its own, as it comes from a file or a socket: not a slice, and not glued. */
function flat(text: string): string {
  return text.split('').join('')
}

function texts(temporal: (index: number) => string): string[] {
  const pick = (from: readonly string[], index: number): string => from[index % from.length] ?? ''
  return Array.from({ length: COUNT }, (_, index) =>
    flat(
      `ucxl://${pick(AGENTS, index)}:${pick(ROLES, index >> 1)}@${pick(PROJECTS, index >> 2)}` +
        `:${pick(TASKS, index >> 3)}/${temporal(index)}/${pick(PATHS, index >> 4)}`,
    ),
  )
}

const newest = texts(() => '*^')
// One in eight goes back in time by number, one in eight as of a moment.
const mixed = texts((index) =>
  index % 8 === 3 ? `~~${1 + (index % 9)}` : index % 8 === 5 ? '2025-08-07T14:30:00Z' : '*^',
)

const NAME = '([a-z\\d][a-z\\d._-]{0,62})'
const SEGMENT = "(?!\\.\\.?(?:[/?#]|$))(?:[\\w.~!$&'()*+,;=:@-]|%[\\dA-F]{2})+"
const TAIL = "((?:[\\w.~!$&'()*+,;=:@/?-]|%[\\dA-F]{2})*)"
const STRICT = new RegExp(
  `^ucxl://${NAME}:${NAME}@${NAME}:${NAME}/` +
    '(\\*\\^|(\\*~|~~|\\^\\^)([1-9]\\d{0,8})?|\\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\\d|3[01])' +
    'T(?:[01]\\d|2[0-3]):[0-5]\\d:[0-5]\\d(?:\\.\\d{3})?Z)' +
    `(?:/(${SEGMENT}(?:/${SEGMENT})*/?))?(?:\\?${TAIL})?(?:#${TAIL})?$`,
)
const LATEST: Temporal = { kind: 'latest' }
const KINDS: Record<string, 'version' | 'back' | 'forward'> = {
  '*~': 'version',
  '~~': 'back',
  '^^': 'forward',
}

/** What one would write without this package: one expression, and the object from its groups. */
function byExpression(text: string): Address {
  const match = STRICT.exec(text)
  if (match === null) throw new Error(`no address: ${text}`)
  const [, agent = '', role = '', project = '', task = '', token = '', sign, number] = match
  const kind = KINDS[sign ?? '']
  const address: { -readonly [Part in keyof Address]: Address[Part] } = {
    agent,
    role,
    project,
    task,
    temporal:
      token === '*^'
        ? LATEST
        : kind === undefined
          ? { kind: 'instant', instant: token }
          : { kind, number: Number(number ?? 1) },
    path: match[8] ?? '',
  }
  if (match[9] !== undefined) address.query = match[9]
  if (match[10] !== undefined) address.fragment = match[10]
  return Object.freeze(address)
}

const PATTERNS = [
  {
    text: 'ucxl://any:any@shop:any/*^/decisions/**',
    expression: /^[^:]+:[^@]+@shop:[^/]+\/decisions(?:\/.*)?$/,
  },
  {
    text: 'ucxl://any:reviewer@shop:auth-*/*^/**/summary.json',
    expression: /^[^:]+:reviewer@shop:auth-[^/]*\/(?:.*\/)?summary\.json$/,
  },
  {
    text: 'ucxl://claude:any@any:any/*^/decisions/*.json',
    expression: /^claude:[^@]+@[^:]+:[^/]+\/decisions\/[^/]*\.json$/,
  },
]

// Each side goes through the whole list in a loop of its own, which the compiler sees whole: a loop
// that all share would add to each operation a call that it can't see through.
async function run(): Promise<Figure[]> {
  const uris = newest.map((text) => flat(toUri(parse(text))))
  const numbered = newest.map((text, place) => {
    return flat(format(createAddress({ ...parse(text), task: String(place) })))
  })
  let last: unknown
  const figures = [
    await compare({
      what: 'parse an address',
      subject: () => {
        for (const text of mixed) last = parse(text)
        return last
      },
      reference: {
        what: 'strict RegExp and object',
        run: () => {
          for (const text of mixed) last = byExpression(text)
          return last
        },
      },
      atLeast: 0.8,
      operations: COUNT,
    }),
    // What `new URL()` reads of the canonical form: where the task is a number, it takes it for a port.
    await compare({
      what: 'parse an address whose task is a number',
      subject: () => {
        for (const text of numbered) last = parse(text)
        return last
      },
      reference: {
        what: 'new URL() of the same text',
        run: () => {
          for (const text of numbered) last = new URL(text)
          return last
        },
      },
      atLeast: 2.5,
      operations: COUNT,
    }),
    // Less is to be gained here: without a port in it, `new URL()` takes two thirds of the time.
    await compare({
      what: 'parse its URI form',
      subject: () => {
        for (const uri of uris) last = parse(uri)
        return last
      },
      reference: {
        what: 'new URL()',
        run: () => {
          for (const uri of uris) last = new URL(uri)
          return last
        },
      },
      atLeast: 1.5,
      operations: COUNT,
    }),
  ]
  const addresses = newest.map(parse)
  const keys = addresses.map((address) => flat(keyOf(address)))
  for (const { text, expression } of PATTERNS) {
    const compiled = compilePattern(parse(text))
    const agree = keys.every((key, index) => {
      const address = addresses[index]
      const expected = expression.test(key)
      return address && compiled.test(address) === expected && compiled.testKey(key) === expected
    })
    if (!agree) throw new Error(`${text} and ${String(expression)} do not match the same keys`)
    const reference = {
      what: 'RegExp.test of the keys',
      run: () => {
        let hits = 0
        for (const key of keys) if (expression.test(key)) hits++
        return hits
      },
    }
    const pattern = format(compiled.pattern).slice('ucxl://'.length)
    figures.push(
      await compare({
        what: `test a key: ${pattern}`,
        subject: () => {
          let hits = 0
          for (const key of keys) if (compiled.testKey(key)) hits++
          return hits
        },
        reference,
        atLeast: 1,
        operations: COUNT,
      }),
      await compare({
        what: `test an address: ${pattern}`,
        subject: () => {
          let hits = 0
          for (const address of addresses) if (compiled.test(address)) hits++
          return hits
        },
        reference,
        atLeast: 1,
        operations: COUNT,
      }),
    )
  }
  return figures
}

export default { package: 'ucxl-address', run } satisfies Bench
