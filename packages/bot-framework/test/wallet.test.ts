import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { createWallet, MAX_AMOUNT, TOKENS, transfer, type Reservation } from '../src/index.ts'

const token = fc.constantFrom(...TOKENS)
const amount = fc.bigInt({ min: -2n, max: 60n })
const step = fc.oneof(
  fc.record({ kind: fc.constantFrom('credit', 'debit', 'reserve'), token, amount }),
  fc.record({ kind: fc.constantFrom('commit', 'rollBack'), place: fc.nat(20) }),
  fc.record({ kind: fc.constant('transfer'), token, amount, back: fc.boolean() }),
)

describe('a wallet', () => {
  test('neither makes nor loses money, whatever is done with it', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 80 }), fc.bigInt(0n, 200n), (steps, most) => {
        const wallets = [createWallet({ most }), createWallet({ most })] as const
        const [wallet, other] = wallets
        const pending: Reservation[] = []
        const expected = { AX: 0n, sAX: 0n, DX: 0n }
        for (const done of steps) {
          try {
            if ('place' in done) {
              const reservation = pending[done.place]
              reservation?.[done.kind]()
              if (reservation && done.kind === 'commit')
                expected[reservation.token] -= reservation.amount
            } else if ('back' in done) {
              const [from, to] = done.back ? [other, wallet] : [wallet, other]
              transfer(from, to, done.token, done.amount)
            } else if (done.kind === 'reserve') {
              pending.push(wallet.reserve(done.token, done.amount))
            } else {
              wallet[done.kind](done.token, done.amount)
              expected[done.token] += done.kind === 'credit' ? done.amount : -done.amount
            }
          } catch (error) {
            expect(error).toMatchObject({ code: expect.stringMatching(/^ERR_BOT_/) })
          }
          for (const name of TOKENS) {
            const balances = wallets.map((each) => each.balance(name))
            const sum = balances.reduce((all, each) => all + each.available + each.reserved, 0n)
            expect(sum).toBe(expected[name])
            for (const { available, reserved } of balances) {
              expect(available >= 0n && reserved >= 0n && available + reserved <= most).toBe(true)
            }
          }
        }
        const open = pending.filter(({ state }) => state === 'pending')
        for (const name of TOKENS) {
          const reserved = open.filter((each) => each.token === name)
          expect(wallet.balance(name).reserved).toBe(
            reserved.reduce((all, each) => all + each.amount, 0n),
          )
        }
      }),
    )
  })

  test('counts beyond what a number can say', () => {
    const wallet = createWallet({ balances: { AX: 2n ** 53n } })
    wallet.credit('AX', 1n)
    expect(wallet.balance('AX').available).toBe(9_007_199_254_740_993n)
  })

  test.each([
    ['nothing', 0n, 'ERR_BOT_AMOUNT'],
    ['less than nothing', -1n, 'ERR_BOT_AMOUNT'],
    ['a number', 1 as unknown as bigint, 'ERR_BOT_AMOUNT'],
    ['more than fits', MAX_AMOUNT, 'ERR_BOT_OVERFLOW'],
  ])('refuses a credit of %s', (_what, credited, code) => {
    const wallet = createWallet({ balances: { AX: 1n } })
    expect(() => wallet.credit('AX', credited)).toThrow(expect.objectContaining({ code }))
    expect(wallet.balance('AX')).toEqual({ available: 1n, reserved: 0n })
  })

  test('counts what is reserved towards what it holds, so that a roll-back always fits', () => {
    const wallet = createWallet({ most: 10n, balances: { AX: 10n } })
    const reservation = wallet.reserve('AX', 10n)
    expect(() => wallet.credit('AX', 1n)).toThrow(
      expect.objectContaining({ code: 'ERR_BOT_OVERFLOW' }),
    )
    expect(() => wallet.debit('AX', 1n)).toThrow(
      expect.objectContaining({ code: 'ERR_BOT_BALANCE' }),
    )
    reservation.rollBack()
    expect(wallet.balance('AX')).toEqual({ available: 10n, reserved: 0n })
    expect(() => reservation.commit()).toThrow(
      expect.objectContaining({ code: 'ERR_BOT_RESERVATION' }),
    )
  })

  test('a transfer that the payee refuses leaves the payer as it was', () => {
    const from = createWallet({ balances: { DX: 5n } })
    const to = createWallet({ most: 3n })
    expect(() => transfer(from, to, 'DX', 4n)).toThrow(
      expect.objectContaining({ code: 'ERR_BOT_OVERFLOW' }),
    )
    expect([from.balance('DX'), to.balance('DX')]).toEqual([
      { available: 5n, reserved: 0n },
      { available: 0n, reserved: 0n },
    ])
    transfer(from, from, 'DX', 5n)
    expect(from.balance('DX').available).toBe(5n)
  })

  test('keeps the last entries of its history, and says how many there were', () => {
    let now = 0
    const wallet = createWallet({ keep: 3, now: () => ++now })
    wallet.credit('AX', 10n)
    wallet.debit('AX', 1n, 'fee')
    wallet.reserve('AX', 4n).commit()
    expect(wallet.entries).toBe(4)
    expect(wallet.history).toEqual([
      {
        number: 2,
        at: 2,
        kind: 'debit',
        token: 'AX',
        amount: 1n,
        available: 9n,
        reserved: 0n,
        note: 'fee',
      },
      { number: 3, at: 3, kind: 'reserve', token: 'AX', amount: 4n, available: 5n, reserved: 4n },
      { number: 4, at: 4, kind: 'commit', token: 'AX', amount: 4n, available: 5n, reserved: 0n },
    ])
    const silent = createWallet({ keep: 0, balances: { AX: 1n } })
    expect([silent.history, silent.entries]).toEqual([[], 1])
  })
})
