import { describe, expect, test } from 'vitest'
import { rig } from './rig.ts'

describe('the log', () => {
  test('has the newest first, and follows until one moves away', async () => {
    const { press, put, until, screen } = await rig()
    await put('before.md', 'x')
    await press('5')
    await until('before.md')
    await put('one.md', 'x')
    await put('two.md', 'x')
    const shown = await until('following  1/3')
    expect(shown).toMatch(/> 08-08 12:00:00 +new +ada:author@shop:checkout\/two\.md/)
    await press('j')
    await put('three.md', 'x')
    const after = await until('standing still  3/4')
    expect(after).toMatch(/> .*one\.md/)
    await press('g')
    expect(await screen()).toContain('following  1/4')
    await press('enter')
    expect(await screen()).toContain('three.md')
    expect(await screen()).toContain('version 1 of 1')
  })
})

describe('everywhere', () => {
  test('keys lead from view to view, and back', async () => {
    const { press, screen } = await rig()
    expect(await screen()).toContain('[1 inbox]')
    await press('tab')
    expect(await screen()).toContain('[2 contexts]')
    await press('shift-tab', 'shift-tab')
    expect(await screen()).toContain('[6 compose]')
    await press('4')
    const peers = await screen()
    expect(peers).toContain('There is no mesh here')
    expect(peers).toContain('You are ada:lead  did:key:')
    await press('?')
    const help = await screen()
    expect(help).toContain('Here: Peers and health')
    expect(help).toContain('take back what was done last')
    await press('backspace')
    expect(await screen()).toContain('Peers and health')
  })

  test('leaving is told once for q and for Ctrl-C, and q can be typed', async () => {
    const { portal, press, screen } = await rig()
    let left = 0
    portal.onQuit = () => void left++
    await press('2', '/', 'q')
    expect(await screen()).toContain('/q')
    expect(left).toBe(0)
    await press('enter', 'q', 'ctrl-c')
    expect(left).toBe(2)
  })

  test('what takes long is said, can be cancelled, and then says nothing more', async () => {
    const { portal, until } = await rig()
    const answer = Promise.withResolvers<string>()
    let aborted: AbortSignal | undefined
    portal.run(
      portal.view,
      'Waiting for nobody',
      async (signal) => {
        aborted = signal
        return answer.promise
      },
      (said) => portal.say(said),
    )
    expect(await until('Waiting for nobody … (Esc cancels)')).not.toContain('too late')
    portal.press('escape')
    expect(await until('Cancelled.')).not.toContain('Waiting')
    expect(aborted?.aborted).toBe(true)
    answer.resolve('too late')
    await new Promise(setImmediate)
    expect(portal.said?.text).toBe('Cancelled.')
  })

  test('the same again takes the place of what is under way', async () => {
    const { portal, until } = await rig()
    const done: string[] = []
    const [first, second] = [Promise.withResolvers<string>(), Promise.withResolvers<string>()]
    const run = (answer: Promise<string>): void =>
      portal.run(
        portal.view,
        'Reading',
        async () => answer,
        (said) => void done.push(said),
      )
    run(first.promise)
    run(second.promise)
    await until('Reading')
    second.resolve('second')
    first.resolve('first')
    await new Promise(setImmediate)
    expect(done).toEqual(['second'])
  })

  test('an error is shown with its code', async () => {
    const { portal, until } = await rig()
    const error = Object.assign(new Error('it broke\u001b[2J'), { code: 'ERR_TEST' })
    portal.run(
      portal.view,
      'Failing',
      async () => Promise.reject(error),
      () => {},
    )
    await until('ERR_TEST: it broke␛[2J')
  })
})
