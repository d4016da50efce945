import { STATUSES } from '@bzzz/decision-schema'
import type { Command } from 'commander'
import { decide, type DecideOptions } from './decide.ts'
import type { Run } from './desk.ts'
import { listInbox, showItem, type ListOptions } from './inbox.ts'
import { another, wholeNumber } from './options.ts'
import { answer, markSeen, verdict, type VerdictOptions } from './replies.ts'
import { sendMessage, type SendOptions } from './send.ts'
import { postTask, type TaskOptions } from './task.ts'

const MESSAGE = 'what the list calls it, its address, or a part of its title'

/** What awaits the person, and what they say: messages, answers, verdicts, decisions. */
export function addMessageCommands(program: Command, run: Run): void {
  program
    .command('inbox')
    .description('List what waits for you, or show one message.')
    .argument('[message]', MESSAGE)
    .option('-a, --all', 'what is done, and what you sent, too')
    .option('-n, --limit <number>', 'how many', wholeNumber)
    .option('-w, --wait <seconds>', 'wait until something is there', wholeNumber)
    .action(async (start: string | undefined, options: ListOptions) => {
      await run(async (desk) =>
        start === undefined ? listInbox(options, desk) : showItem(start, desk),
      )
    })

  addSending(program, run)
  addReplies(program, run)
  addDeciding(program, run)
  addTasks(program, run)
}

function addSending(program: Command, run: Run): void {
  program
    .command('send')
    .description('Say something to others: in an editor, where no text is given or piped in.')
    .argument('<to>', 'such as builder, builder:coder or any:lead; several with commas')
    .argument('[text]', 'the body; - for what is piped in')
    .addOption(
      program
        .createOption('--kind <kind>', 'what it wants: an answer, a verdict, or nothing')
        .choices(['message', 'question', 'proposal'])
        .default('message'),
    )
    .option('-t, --title <title>', 'title (default: the first line)')
    .option('--in <project:task>', 'where it is said (default: the first project that you follow)')
    .option('--about <address>', 'what it is about; may be given several times', another)
    .option('--choice <text>', 'an answer to choose; may be given several times', another)
    .option('--only', 'no other answer than the choices')
    .option('--needs <number>', 'approvals that a proposal needs (default: 1)', wholeNumber)
    .option('--by <when>', 'by when it is wanted, such as 2027-01-31')
    .addHelpText(
      'after',
      `
Examples:
  bzzz-hap send builder 'The plan is fine.' --title 'Go on' --in shop:checkout
  bzzz-hap send any:lead --kind question --choice red --choice blue --title 'Which colour?'
  bzzz-hap send eve --kind proposal --about ucxl://ada:lead@shop:checkout/plan.md
`,
    )
    .action(async (to: string, text: string | undefined, options: SendOptions) => {
      await run(async (desk) => sendMessage([to], text, options, desk))
    })
}

function addReplies(program: Command, run: Run): void {
  program
    .command('answer')
    .description('Answer a question: in an editor, where no text is given or piped in.')
    .argument('<message>', MESSAGE)
    .argument('[text]', 'the answer; - for what is piped in')
    .option('--field <name=value>', 'a field of its form; may be given several times', another)
    .option('-m, --comment <text>', 'more about it')
    .addHelpText('after', '\nExample:\n  bzzz-hap answer 3f2a91c0 blue\n')
    .action(async (start: string, text: string | undefined, options: object) => {
      await run(async (desk) => answer(start, text, options, desk))
    })

  for (const kind of ['approved', 'rejected'] as const) {
    const name = kind === 'approved' ? 'approve' : 'reject'
    program
      .command(name)
      .description(`Say that a proposal, or any context, is ${kind}: exactly what you looked at.`)
      .argument('<what>', `${MESSAGE}; or the address of any context`)
      .option('-m, --comment <text>', 'why')
      .option('--content <id>', 'content id of what you looked at; asked for at a terminal')
      .option('--yes', 'whatever stands there now')
      .addHelpText(
        'after',
        `
Examples:
  bzzz-hap ${name} 3f2a91c0
  bzzz-hap ${name} ucxl://builder:coder@shop:checkout/plan.md --content bafkrei… -m 'For now.'
`,
      )
      .action(async (start: string, options: VerdictOptions) => {
        await run(async (desk) => verdict(kind, start, options, desk))
      })
  }

  program
    .command('seen')
    .description('Take a message off the list.')
    .argument('<message>', MESSAGE)
    .action(async (start: string) => {
      await run(async (desk) => markSeen(start, desk))
    })
}

function addDeciding(program: Command, run: Run): void {
  const several = 'may be given several times'
  program
    .command('decide')
    .description('Publish a signed decision: in an editor, where no text is given or piped in.')
    .argument('<address>', 'such as ucxl://ada:lead@shop:checkout/decisions/payment.json')
    .argument('[text]', 'why: the reasoning; - for what is piped in')
    .option('-t, --title <title>', 'title (default: the first line)')
    .option('--type <type>', 'such as policy, architecture_choice, review', 'policy')
    .addOption(
      program
        .createOption('--status <status>', 'how it stands')
        .choices(STATUSES)
        .default('accepted'),
    )
    .option('--summary <text>', 'in a paragraph')
    .option('--because <address>', `what justifies it; ${several}`, another)
    .option('--informed-by <address>', `what was read; ${several}`, another)
    .option('--refines <address>', `a decision that it makes more precise; ${several}`, another)
    .option('--implements <address>', `what it carries out; ${several}`, another)
    .option('--contradicts <address>', `what it is against; ${several}`, another)
    .option('--replaces <address>', `what it takes the place of; ${several}`, another)
    .option('--anyway', 'past the rules of curation')
    .addHelpText(
      'after',
      `
Examples:
  bzzz-hap decide ucxl://ada:lead@shop:checkout/decisions/colour.json 'Red sells.' --title 'Paint it red'
  bzzz-hap decide ucxl://ada:lead@shop:checkout/decisions/no.json \\
    --contradicts ucxl://builder:coder@shop:checkout/decision.json
`,
    )
    .action(async (address: string, text: string | undefined, options: DecideOptions) => {
      await run(async (desk) => decide(address, text, options, desk))
    })
}

function addTasks(program: Command, run: Run): void {
  program
    .command('task')
    .description('Post a task for agents: in an editor, where no text is given or piped in.')
    .argument('<project:task>', 'where it stands, under your name')
    .argument('[text]', 'what is to be done; - for what is piped in')
    .option('-t, --title <title>', 'title (default: the first line)')
    .option('--role <role>', 'role that an agent has to play')
    .option(
      '--capability <word>',
      'what it has to be able to do; may be given several times',
      another,
    )
    .option('--input <address>', 'what it is to read; may be given several times', another)
    .option('--by <when>', 'when it is too late, such as 2027-01-31')
    .option('--attempts <number>', 'how often it may be begun (default: 3)', wholeNumber)
    .option('--cancel', 'take it back')
    .addHelpText(
      'after',
      `
Examples:
  bzzz-hap task shop:paint --title 'Paint the door' --role coder
  bzzz-hap task shop:paint --cancel
`,
    )
    .action(async (place: string, text: string | undefined, options: TaskOptions) => {
      await run(async (desk) => postTask(place, text, options, desk))
    })
}
