import { expect } from 'vitest'
import type { Ask, Handler, Result, Work } from '../../src/handlers/handler.ts'

/** What a handler is made to do. */
export type Behaviour = 'works' | 'fails' | 'hangs' | 'floods' | 'answers nonsense' | 'asks'

type MakeHandler = (behaviour: Behaviour) => Handler | Promise<Handler>

/** What no error may show. */
export const SECRET = 'hunter2-hunter2'

export const WORK: Work = {
  address: 'ucxl://ada:lead@shop:fix/*~/task.json',
  title: 'Fix login',
  instructions: 'Find out why nobody can log in.',
  inputs: [
    {
      address: 'ucxl://ada:lead@shop:spec/*~/plan.md',
      contentType: 'text/markdown',
      content: Buffer.from('the plan'),
    },
  ],
  attempt: 1,
  answers: [],
}

interface Case {
  readonly name: string
  readonly run: (make: MakeHandler) => Promise<void>
}

/** What holds for every handler: those of a program, a module and an endpoint run them all. */
export const HANDLER_CASES: readonly Case[] = [
  {
    name: 'that works gives its result, with its media type',
    async run(make) {
      const { content, contentType } = await start(await make('works'))
      expect(Buffer.from(content).toString()).toBe('Fix login: the plan')
      expect(contentType).toMatch(/^text\/markdown/)
    },
  },
  {
    name: 'that works does so again, and twice at once',
    async run(make) {
      const handler = await make('works')
      const [one, other] = await Promise.all([start(handler), start(handler)])
      expect(one).toEqual(other)
      expect(await start(handler)).toEqual(one)
    },
  },
  {
    name: 'that has to know something asks, and goes on with the answer',
    async run(make) {
      const handler = await make('asks')
      const question = 'Which colour?'
      expect(await outcome(handler, WORK)).toMatchObject({
        ask: { to: ['ada'], question, choices: ['red', 'blue'] },
      })
      const address = 'ucxl://ada:lead@shop:fix/*~/replies/b/coder/messages/1.json'
      const answers = [{ question, answer: 'red', by: 'ada:lead', address }]
      const { content } = resultOf(await outcome(handler, { ...WORK, answers }))
      expect(Buffer.from(content).toString()).toBe('It is red')
    },
  },
  {
    name: 'that fails is reported with why, and no secret',
    async run(make) {
      const failed = start(await make('fails'))
      await expect(failed).rejects.toMatchObject({
        code: 'ERR_RUNTIME_HANDLER',
        message: expect.stringContaining('out of luck'),
      })
      await expect(failed).rejects.not.toMatchObject({ message: expect.stringContaining(SECRET) })
    },
  },
  {
    name: 'that floods is ended and reported',
    async run(make) {
      await expect(start(await make('floods'))).rejects.toMatchObject({
        code: 'ERR_RUNTIME_HANDLER_FLOOD',
      })
    },
  },
  {
    name: 'that answers nonsense is reported',
    async run(make) {
      await expect(start(await make('answers nonsense'))).rejects.toMatchObject({
        code: 'ERR_RUNTIME_HANDLER_ANSWER',
      })
    },
  },
  {
    name: 'that hangs is ended by its signal, with the reason',
    async run(make) {
      const stop = new AbortController()
      const running = start(await make('hangs'), stop.signal)
      setTimeout(() => stop.abort(new Error('too late')), 300)
      await expect(running).rejects.toThrow('too late')
    },
  },
  {
    name: 'that was cancelled before it began does not begin',
    async run(make) {
      const signal = AbortSignal.abort(new Error('cancelled'))
      await expect(start(await make('works'), signal)).rejects.toThrow('cancelled')
    },
  },
]

async function start(handler: Handler, signal?: AbortSignal): Promise<Result> {
  return resultOf(await outcome(handler, WORK, signal))
}

async function outcome(
  handler: Handler,
  work: Work,
  signal = new AbortController().signal,
): Promise<Result | Ask> {
  const read = async (): Promise<never> => {
    throw new Error('Nothing is to be read')
  }
  return handler.handle(work, { signal, log: () => {}, read })
}

/** What came of it, where nothing was asked. */
export function resultOf(answer: Result | Ask): Result {
  if ('ask' in answer) throw new Error(`It asked ${answer.ask.question}`)
  return answer
}
