/**
 * The `meterhall` command: every verb with its options. Each verb's module is loaded only when the verb is called, so
 * that `calc` answers at once and `--help` loads nothing.
 *
 * Exit codes: 0 done; 1 done, and the result says no, or trouble; 2 a wrong argument or input file, one sentence on stderr.
 */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Command, CommanderError } from 'commander'
import { InputFileError } from '../persistence/input-file.js'
import { projectRoot } from '../persistence/project-root.js'
import { SettingError } from '../persistence/secret-variable.js'
import { UsageError } from './output.js'
import { addVerbs } from './verb-commands.js'
import { addExamples } from './verb-examples.js'

/** Runs one command and sets the exit code; never throws. @param argv without node and script. */
export async function main(argv: readonly string[]): Promise<void> {
  try {
    await commands().parseAsync(argv.length === 0 ? ['--help'] : argv, { from: 'user' })
  } catch (error) {
    process.exitCode = report(error)
  }
}

/** The whole program, with the help of every command. */
export function commands(): Command {
  const program = new Command('meterhall')
    .description('Runs governmental electricity aggregation: letters, replies, enrollments and their clocks.')
    .version((JSON.parse(readFileSync(join(projectRoot, 'package.json'), 'utf8')) as { version: string }).version)
    // a program's options are found before and after the verbs
    .option('--json', 'print one JSON document; progress goes to stderr', false)
    .configureHelp({ showGlobalOptions: true })
    .configureOutput({ writeErr: () => {} })
    .exitOverride()
  addCalc(program.command('calc').description('what the clocks say for given facts'))
  addList(program.command('list').description("the utility's list of customers"))
  addEdi(program.command('edi').description('X12 interchanges'))
  addRehearse(program.command('rehearse').description('run a whole cycle from a script of outside facts'))
  addVerbs(program)
  addExamples(program)
  return program
}

const PLAN = ['--plan <id>', 'the plan whose rules hold', 'mahomet'] as const
const CALENDAR = ['--calendar <file>', "days without business, as JSON (default: the plan's calendar)"] as const
const ROLL = ['--roll <mode>', "none, sunday or next (default: the plan's)"] as const

function addCalc(calc: Command): void {
  calc
    .command('window')
    .description('last day and close of a response window')
    .requiredOption('--from <date>', 'evidenced mailing date, day 0')
    .requiredOption('--days <number>', 'calendar days')
    .option(...ROLL)
    .option(...CALENDAR)
    .option(...PLAN)
    .action(async (_options, command: Command) => {
      const { calcWindow } = await import('./calc.js')
      await calcWindow(command.optsWithGlobals())
    })
  calc
    .command('rescission')
    .description('last day and close of a rescission window')
    .requiredOption('--processed <date>', 'day on which the utility processed the enrollment, day 0')
    .option('--days <number>', "calendar days (default: the plan's)")
    .option(...ROLL)
    .option(...CALENDAR)
    .option(...PLAN)
    .action(async (_options, command: Command) => {
      const { calcRescission } = await import('./calc.js')
      await calcRescission(command.optsWithGlobals())
    })
  calc
    .command('cutoff')
    .description('last moment at which the utility takes a request for a read')
    .requiredOption('--anchor <date>', 'scheduled read, or first or last day of the month')
    .option('--days <number>', "calendar days before the anchor (default: the utility's)")
    .option('--at <time>', "local time, inclusive (default: the utility's)")
    .option(...CALENDAR)
    .option(...PLAN)
    .action(async (_options, command: Command) => {
      const { calcCutoff } = await import('./calc.js')
      await calcCutoff(command.optsWithGlobals())
    })
  calc
    .command('billing-window')
    .description('days on which a scheduled read may really happen')
    .requiredOption('--read <date>', 'scheduled read')
    .option(...CALENDAR)
    .option(...PLAN)
    .action(async (_options, command: Command) => {
      const { calcBillingWindow } = await import('./calc.js')
      await calcBillingWindow(command.optsWithGlobals())
    })
  calc
    .command('judge')
    .description('whether a reply is in time')
    .requiredOption('--deadline <date>', "the account's last day in time")
    .requiredOption('--channel <channel>', 'card, phone, web, email, fax or counter')
    .requiredOption('--received <instant>', 'when it was received, with its offset')
    .option('--postmark <date>', "the postal service's mark on a card")
    .option(...PLAN)
    .action(async (_options, command: Command) => {
      const { calcJudge } = await import('./calc.js')
      await calcJudge(command.optsWithGlobals())
    })
}

function addList(list: Command): void {
  list
    .command('review')
    .description('read the list files and find who may be enrolled')
    .requiredOption('--list <folder>', 'folder with the three list files')
    .requiredOption('--boundary <file>', 'street ranges of the aggregate area')
    .requiredOption('--as-of <date>', 'day on which the review holds')
    .option('--mapping <file>', 'names of columns, encoding and values, as JSON')
    .option(...PLAN)
    .action(async (_options, command: Command) => {
      const { listReview } = await import('./list-review.js')
      await listReview(command.optsWithGlobals())
    })
}

function addEdi(edi: Command): void {
  edi
    .command('read')
    .description('count what an interchange says; with --json segment by segment')
    .argument('<file>', 'an X12 file')
    .action(async (file: string, _options, command: Command) => {
      const { ediRead } = await import('./edi.js')
      await ediRead(file, command.optsWithGlobals())
    })
  edi
    .command('write')
    .description('write enrollment requests as one interchange')
    .argument('<file>', 'the requests, as JSON')
    .action(async (file: string, _options, command: Command) => {
      const { ediWrite } = await import('./edi.js')
      await ediWrite(file, command.optsWithGlobals())
    })
}

function addRehearse(rehearse: Command): void {
  rehearse
    .requiredOption('--list <folder>', 'folder with the three list files')
    .requiredOption('--boundary <file>', 'street ranges of the aggregate area')
    .requiredOption('--script <file>', 'the outside facts, as JSON')
    .requiredOption('--out <folder>', 'where letters, EDI files and tables go')
    .option(...PLAN)
    .action(async (_options, command: Command) => {
      const { rehearse: run } = await import('./rehearse.js')
      await run(command.optsWithGlobals())
    })
}

/** Says on stderr what went wrong; gives back the exit code. */
function report(error: unknown): number {
  if (error instanceof CommanderError) {
    if (error.exitCode === 0) return 0
    process.stderr.write(`${sentenceOf(error)}\n`)
    return 2
  }
  if (error instanceof UsageError || error instanceof InputFileError || error instanceof SettingError) {
    process.stderr.write(`${error.message}\n`)
    return 2
  }
  if (error instanceof Error && ['RefusedError', 'NoAnswerError'].includes(error.name)) {
    process.stderr.write(`${error.message}\n`)
    return 1
  }
  process.stderr.write(`meterhall failed: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`)
  return 1
}

/** The parser's message as one sentence: without its prefix and line breaks, with where to look. */
function sentenceOf(error: CommanderError): string {
  if (error.code === 'commander.help') return 'No command is named; `meterhall --help` lists them.'
  const text = error.message
    .replace(/^error: /, '')
    .replaceAll('\n', ' ')
    .replace(/\. Expected/, ': expected')
    .replace(/\.$/, '')
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}; \`--help\` after the command lists what it takes.`
}
