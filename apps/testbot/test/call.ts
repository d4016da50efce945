import { runProgram } from '../src/program.ts'

/** What a command says, what it warns of, and its exit status. */
interface Called {
  readonly text: string
  readonly warned: string
  readonly status: number
}

/** Runs a command in this process, where there is no terminal. */
export async function call(...args: string[]): Promise<Called> {
  let [text, warned, status] = ['', '', 0]
  const stand = {
    isColourless: true,
    write: (more: string) => void (text += more),
    every: () => () => {},
  }
  await runProgram(
    {
      stand,
      signal: new AbortController().signal,
      processes: { pid: 7, host: 'here', isAlive: (pid) => pid === 7 },
      warn: (line) => void (warned += `${line}\n`),
      fail: (code) => (status = code),
    },
    args,
  )
  return { text, warned, status }
}
