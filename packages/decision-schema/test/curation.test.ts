import { describe, expect, it } from 'vitest'
import { createCurator, defaultRules, type CurationRule } from '../src/curation.ts'
import { decisionHash } from '../src/index.ts'
import { decision, signed, trusting } from './fixtures.ts'

const says = (name: string, verdict: 'keep' | 'hold' | 'drop'): CurationRule => ({
  name,
  judge: () => ({ verdict, reason: `${name} says so` }),
})

describe('a curator', () => {
  it('keeps what no rule is against', async () => {
    const curator = createCurator([says('a', 'keep'), says('b', 'keep')])
    expect(await curator.judge(decision('x'))).toEqual({
      rule: '',
      verdict: 'keep',
      reason: 'no rule is against it',
    })
    expect(curator.rules).toEqual(['a', 'b'])
  })

  it('drops before it holds, and names the first rule that does', async () => {
    const rules = [says('a', 'hold'), says('b', 'drop'), says('c', 'drop')]
    expect(await createCurator(rules).judge({})).toEqual({
      rule: 'b',
      verdict: 'drop',
      reason: 'b says so',
    })
    const holding = createCurator([says('a', 'keep'), says('b', 'hold'), says('c', 'hold')])
    expect(await holding.judge({})).toMatchObject({ rule: 'b', verdict: 'hold' })
  })

  it('asks no rule after one that drops, but explains with all of them', async () => {
    const asked: string[] = []
    const spy = (rule: CurationRule): CurationRule => ({
      name: rule.name,
      judge: (candidate) => {
        asked.push(rule.name)
        return rule.judge(candidate)
      },
    })
    const curator = createCurator(
      [says('a', 'keep'), says('b', 'drop'), says('c', 'hold')].map(spy),
    )
    await curator.judge({})
    expect(asked.splice(0)).toEqual(['a', 'b'])
    const { opinions, rule, verdict } = await curator.explain({})
    expect(asked).toEqual(['a', 'b', 'c'])
    expect([rule, verdict]).toEqual(['b', 'drop'])
    expect(opinions).toEqual([
      { rule: 'a', verdict: 'keep', reason: 'a says so' },
      { rule: 'b', verdict: 'drop', reason: 'b says so' },
      { rule: 'c', verdict: 'hold', reason: 'c says so' },
    ])
  })

  it('holds back what a rule fails on', async () => {
    const failing: CurationRule = { name: 'f', judge: () => Promise.reject(new Error('no disk')) }
    expect(await createCurator([failing]).judge({})).toEqual({
      rule: 'f',
      verdict: 'hold',
      reason: 'the rule failed: Error: no disk',
    })
  })

  it('reads the candidate once, and gives rules the decision or why it is none', async () => {
    const seen: unknown[] = []
    const look: CurationRule = {
      name: 'look',
      judge: ({ input, decision: read, error }) => {
        seen.push([input, read?.title, error?.code])
        return { verdict: 'keep', reason: '' }
      },
    }
    const curator = createCurator([look])
    const text = JSON.stringify(decision('x'))
    await curator.judge(text)
    await curator.judge('hello')
    expect(seen).toEqual([
      [text, 'x', undefined],
      ['hello', undefined, 'ERR_DECISION_JSON'],
    ])
  })

  it('refuses two rules of one name', () => {
    expect(() => createCurator([says('a', 'keep'), says('a', 'drop')])).toThrow(TypeError)
  })
})

describe('the default rules', () => {
  const curator = createCurator(defaultRules({ verify: trusting }))
  const dropped = async (input: unknown): Promise<string> => {
    const { rule, verdict } = await curator.judge(input)
    return `${verdict} ${rule}`
  }

  it('keep a signed decision, and have their names', async () => {
    expect(await dropped(signed('x'))).toBe('keep ')
    expect(await dropped(JSON.stringify(signed('x')))).toBe('keep ')
    expect(curator.rules).toEqual([
      'schema',
      'decision-type',
      'ephemeral',
      'size',
      'signed',
      'duplicate',
    ])
  })

  it('drop chatter, and explain what each of them has against it', async () => {
    expect(await dropped('lunch?')).toBe('drop schema')
    const { opinions } = await curator.explain({ message: 'lunch?', ephemeral: true })
    expect(opinions.map(({ rule, verdict }) => `${rule} ${verdict}`)).toEqual([
      'schema drop',
      'decision-type drop',
      'ephemeral drop',
      'size keep',
      'signed keep',
      'duplicate keep',
    ])
  })

  it('drop what is marked ephemeral', async () => {
    expect(await dropped({ ...signed('x'), ephemeral: true })).toBe('drop ephemeral')
    expect(await dropped({ ...signed('x'), tags: ['a', 'ephemeral'] })).toBe('drop ephemeral')
    expect(await dropped({ ...signed('x'), ephemeral: false, tags: ['a'] })).toBe('keep ')
  })

  it('drop what is larger than 256 KiB in its canonical form', async () => {
    const filled = (size: number): object => {
      const bare = { ...signed('x'), filler: '' }
      const { length } = new TextEncoder().encode(JSON.stringify(bare))
      return { ...bare, filler: 'y'.repeat(size - length) }
    }
    expect(await dropped(filled(262_144))).toBe('keep ')
    expect(await dropped(filled(262_145))).toBe('drop size')
  })

  it('drop what is not signed, or signed wrongly, and hold what cannot be checked', async () => {
    expect(await dropped(decision('x'))).toBe('drop signed')
    const judged = async (status: 'invalid' | 'unsupported'): Promise<string> => {
      const verify = (): { proofs: { status: typeof status }[]; signers: string[] } => ({
        proofs: [{ status }],
        signers: [],
      })
      const { rule, verdict } = await createCurator(defaultRules({ verify })).judge(signed('x'))
      return `${verdict} ${rule}`
    }
    expect(await judged('invalid')).toBe('drop signed')
    expect(await judged('unsupported')).toBe('hold signed')
    const before = createCurator(defaultRules({ unsigned: 'keep' }))
    expect(await before.judge(decision('x'))).toMatchObject({ verdict: 'keep' })
  })

  it('drop what is kept already, by what it says and not by who signed', async () => {
    const one = signed('x')
    const kept = new Set([decisionHash(one)])
    const rules = defaultRules({ verify: trusting, isKept: (hash) => kept.has(hash) })
    const { verdict, rule } = await createCurator(rules).judge({ ...one, proof: { type: 'other' } })
    expect([verdict, rule]).toEqual(['drop', 'duplicate'])
    const other = { ...one, title: 'another' }
    expect(await createCurator(rules).judge(other)).toMatchObject({ verdict: 'keep' })
  })

  it('drop types other than those that are wanted, where some are', async () => {
    const wanting = createCurator(defaultRules({ verify: trusting, types: ['review'] }))
    expect(await wanting.judge(signed('x'))).toEqual({
      rule: 'decision-type',
      verdict: 'drop',
      reason: 'expected one of review, got "policy"',
    })
  })
})
