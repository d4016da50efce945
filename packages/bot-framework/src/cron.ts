import { Cron } from 'croner'
import { optionError } from './errors.ts'

/**
 * The times of a cron expression: gives the first one after a moment, undefined where there is none.
 *
 * @throws `ERR_BOT_OPTION` for an expression or a time zone that cannot be.
 */
export function cronTimes(
  expression: string,
  timezone: string,
): (after: number) => number | undefined {
  let cron: Cron
  try {
    // Without a function to call it schedules nothing by itself.
    cron = new Cron(expression, { timezone, mode: '5-or-6-parts' })
    cron.nextRun(new Date(0))
  } catch (error) {
    const { message } = error as Error
    throw optionError(
      'a cron expression',
      'five or six fields, such as "*/5 * * * *",',
      `${JSON.stringify(expression)} in ${timezone} (${message})`,
    )
  }
  return (after) => cron.nextRun(new Date(after))?.getTime()
}
