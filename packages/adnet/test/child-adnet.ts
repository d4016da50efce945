// Stands for the Adnet program: prints what it would, or does what CHILD says.
const [area, verb, json, ...flags] = process.argv.slice(2)
const flag = (name: string): string | undefined => flags[flags.indexOf(`--${name}`) + 1]
const hash = 'a'.repeat(64)
const account = `ax1${'q'.repeat(58)}`
const answers: Readonly<Record<string, () => unknown>> = {
  'account new': () => ({ address: account, publicKey: hash }),
  'account get': () => ({ address: flag('address'), balances: { AX: '12' } }),
  'account transfer': () => ({
    transaction: flag('amount') === String(2n ** 70n) ? hash : 'wrong',
  }),
  'trade order': () => ({ transaction: hash, order: hash, filled: Number(flag('size')) }),
  'trade cancel': () => ({ transaction: flag('order') }),
  'validator info': () => ({ address: flag('address'), stake: '7', height: 3 }),
  'rewards claim': () => ({ transaction: hash, amount: '9' }),
}
switch (process.env['CHILD'] ?? '') {
  case 'fail':
    console.error('first\nit went wrong')
    process.exit(3)
    break
  case 'text':
    console.log('Claimed.')
    break
  case 'other':
    console.log('{"amount":9}')
    break
  case 'flood':
    console.log('x'.repeat(2 << 20))
    break
  case 'hang':
    setInterval(() => {}, 1_000)
    break
  default:
    if (json !== '--json') process.exit(2)
    console.log(JSON.stringify(answers[`${area} ${verb}`]?.()))
}
