/** The operator's verbs as commands; each loads its module only when it is called. */
import { type Command, Option } from 'commander'
import { DEFAULT_DATA } from './command-options.js'

type Verbs = typeof import('./verbs.js')

/** One stack on this machine needs no option: the folder may be named once, for every command. */
const data = (): Option =>
  new Option('--data <folder>', 'folder of the embedded stack').env('METERHALL_DATA').default(DEFAULT_DATA)
const ID = ['--id <id>', 'to ask again after a lost answer: the same id is carried out once'] as const
const PROGRAM = ['--program <name>', 'which program (default: the one that runs)'] as const

/** `npm run up` and everything that is asked of what it starts. */
export function addVerbs(program: Command): void {
  program
    .command('up')
    .description('start the embedded stack: everything in one process, state in one folder')
    .addOption(data())
    .option('--rehearsal', 'program time moves by hand, with: meterhall clock', false)
    .option('--from <instant>', 'where program time begins, at the first start of a rehearsal (default: now)')
    .option('--port <number>', 'of the verbs over HTTP')
    .option('--temporal-port <number>', 'of the workflow server')
    .option('--ui-port <number>', "of the workflow server's pages")
    .option('--verbose', 'log to stderr', false)
    .action(async (_options, command: Command) => {
      const { up } = await import('./up.js')
      await up(command.optsWithGlobals())
    })
  program
    .command('worker')
    .description('the worker process of a production installation')
    .action(async () => {
      const { runWorkerProcess } = await import('../worker/worker-process.js')
      const { endRuntime } = await import('../worker/runtime-logger.js')
      await runWorkerProcess().finally(endRuntime)
    })
  program
    .command('web')
    .description('the process that serves the verbs over HTTP in a production installation')
    .action(async () => {
      const { runWebProcess } = await import('./web-process.js')
      await runWebProcess()
    })

  const operator = program.command('operator').description('who may sign in, before anybody can')
  operator
    .command('first')
    .description('the first person of an installation; prints a token once')
    .argument('<name>', 'of the person')
    .action(async (name: string) => {
      const { firstOperator } = await import('./web-process.js')
      await firstOperator(name)
    })

  const on = (command: Command): Command => command.addOption(data()).option(...PROGRAM)
  const doing = (command: Command): Command => on(command).option(...ID)
  const run =
    (call: (verbs: Verbs, options: never, words: string[]) => Promise<void>) =>
    async (...args: unknown[]): Promise<void> => {
      const command = args.at(-1) as Command
      const words = args.slice(0, -2) as string[]
      await call(await import('./verbs.js'), command.optsWithGlobals() as never, words)
    }

  const programs = program.command('program').description('programs')
  doing(programs.command('start').description('start a program and its first cycle'))
    .requiredOption('--boundary <file>', 'street ranges of the aggregate area')
    .requiredOption('--default-rates <file>', "the utility's default rates, as JSON: on, centsPerKwh, source")
    .option('--read-dates <file>', "the utility's scheduled reads, as JSON (default: the simulated utility's)")
    .option('--name <name>', 'of the program (default: the plan)')
    .option('--plan <id>', 'the plan whose rules hold', 'mahomet')
    .action(run((verbs, options) => verbs.programStart(options)))
  on(program.command('status').description('what runs, what is due, what waits for whom')).action(
    run((verbs, options) => verbs.status(options)),
  )

  const list = program.commands.find((command) => command.name() === 'list')
  if (list !== undefined) {
    doing(list.command('import').description('store the three list files of the utility'))
      .requiredOption('--list <folder>', 'folder with the three list files')
      .option('--mapping <file>', 'names of columns, encoding and values, as JSON')
      .option('--as-of <date>', 'the day the utility made it (default: today)')
      .action(run((verbs, options) => verbs.listImport(options)))
    doing(list.command('sign').description('sign the reviewed list off')).action(
      run((verbs, options) => verbs.listSign(options)),
    )
  }
  const bid = program.command('bid').description('bids of suppliers')
  doing(bid.command('add').description('add a sealed bid').argument('<file>', 'the bid, as JSON')).action(
    run((verbs, options, [file = '']) => verbs.bidAdd(file, options)),
  )
  doing(bid.command('open').description('open all bids of the round')).action(
    run((verbs, options) => verbs.bidOpen(options)),
  )
  doing(program.command('award').description('award, or reject all bids').argument('[supplier]', 'as in the bid'))
    .option('--reject-all', 'reject all bids of the round')
    .action(run((verbs, options, [supplier]) => verbs.awardTo(supplier, options)))

  const notice = program.command('notice').description('the opt-out notice')
  doing(notice.command('proof').description('plan the drops, print a proof and check it'))
    .option('--drop <date...>', 'mailing date of each drop; DATE=FILE for the accounts in a file, one a line')
    .action(run((verbs, options) => verbs.noticeProof(options)))
  doing(notice.command('approve').description("the village's approval; the letters are printed")).action(
    run((verbs, options) => verbs.noticeApprove(options)),
  )
  const evidence = program.command('evidence').description('mailing evidence')
  doing(evidence.command('add').description("enter the post office's form for a drop; a later one corrects it"))
    .requiredOption('--drop <number>', 'of the drop')
    .requiredOption('--on <date>', 'date on the form: day 0 of the window')
    .requiredOption('--pieces <number>', 'count on the form')
    .option('--form <name>', 'of the form', 'PS Form 3606-D')
    .option('--cohort <name>', 'cohort of the drop (default: initial)')
    .action(run((verbs, options) => verbs.evidenceAdd(options)))
  const receipt = program.command('receipt').description('replies of households')
  doing(receipt.command('add').description('record a reply, or a file of them'))
    .option('--account <number>', "the utility's account number")
    .option('--channel <channel>', 'card, phone, web, email, fax or counter')
    .option('--postmark <date>', "the postal service's mark on a card")
    .option('--received <instant>', 'day and time, "2026-12-04 14:15" of the village or with an offset (default: now)')
    .option('--unsigned', 'a card without signature')
    .option('--file <csv>', 'columns account, letter_code, channel, postmark, received, signed')
    .action(run((verbs, options) => verbs.receiptAdd(options)))
  doing(
    receipt
      .command('card')
      .description('record a card by its letter code')
      .argument('<code>', 'as printed on the card'),
  )
    .option('--postmark <date>', "the postal service's mark")
    .option('--received <instant>', 'day and time, "2026-12-04 14:15" of the village or with an offset (default: now)')
    .option('--unsigned', 'without signature')
    .action(run((verbs, options, [code = '']) => verbs.receiptCard(code, options)))
  const returned = program.command('return').description('undeliverable notices')
  doing(returned.command('add').description('a notice came back').argument('<code>', 'letter code'))
    .requiredOption('--on <date>', 'day it came back')
    .action(run((verbs, options, [code = '']) => verbs.returnAdd(code, options)))
  doing(
    program.command('re-mail').description('print returned notices again').argument('<accounts...>', 'account numbers'),
  )
    .requiredOption('--on <date>', 'planned mailing date')
    .action(run((verbs, options, [accounts]) => verbs.reMail(accounts as unknown as string[], options)))
  doing(
    program
      .command('stop')
      .description('stop or release sending')
      .argument('<state>', 'on or off')
      .argument('[party]', 'mail, mail-house, utility or all', 'all'),
  )
    .option('--why <reason>', 'goes into the journal')
    .action(run((verbs, options, [state = '', party = 'all']) => verbs.stopSwitch(state, party, options)))
  const item = program.command('item').description('work items')
  on(item.command('list').description('every open work item with its number, and the account it is about')).action(
    run((verbs, options) => verbs.itemList(options)),
  )
  doing(item.command('close').description('say what came of a work item').argument('<item>', 'its number'))
    .requiredOption('--why <text>', 'what came of it')
    .action(run((verbs, options, [number = '']) => verbs.itemClose(number, options)))
  const sending = program.command('sending').description('sendings whose outcome is unknown')
  doing(sending.command('resolve').description('decide about one').argument('<sending>', 'its number'))
    .option('--as-sent', 'treat it as sent')
    .option('--again', 'send it again and accept a possible duplicate')
    .action(run((verbs, options, [number = '']) => verbs.sendingResolve(number, options)))
  doing(program.command('reconcile').description('after a restore: both stores were compared with the parties'))
    .requiredOption('--why <text>', 'what was compared')
    .action(run((verbs, options) => verbs.reconcileStores(options)))
  on(program.command('case').description('the story of one account').argument('<account>', 'its number')).action(
    run((verbs, options, [account = '']) => verbs.showCase(account, options)),
  )
  on(
    program.command('ledger').description('conservation: every account in one disposition; exit code 1 when not'),
  ).action(run((verbs, options) => verbs.showLedger(options)))
  const accounts = program.command('accounts').description('where every listed account stands')
  on(accounts.command('export').description('the account table as CSV: disposition, reasons, deadline, reply, read'))
    .requiredOption('--out <file>', 'where it goes')
    .action(run((verbs, options) => verbs.accountsExport(options)))
  const journal = program.command('journal').description('what happened, in order')
  on(journal.command('export').description('every entry with clause and who, one JSON document a line'))
    .requiredOption('--out <file>', 'where it goes')
    .action(run((verbs, options) => verbs.journalExport(options)))
  const user = program.command('user').description('people who may sign in')
  doing(
    user
      .command('add')
      .description('prints a token once; METERHALL_NEW_PASSWORD sets a password too')
      .argument('<name>', 'of the person'),
  )
    .requiredOption('--role <role...>', 'clerk, village, consultant, supplier or auditor')
    .action(run((verbs, options, [name = '']) => verbs.userAdd(name, options)))
  on(user.command('list').description('who may sign in, and as what')).action(
    run((verbs, options) => verbs.userList(options)),
  )
  doing(
    user
      .command('end')
      .description('somebody left: their tokens and sessions end, their name stays in the journal')
      .argument('<name>', 'of the person'),
  ).action(run((verbs, options, [name = '']) => verbs.userEnd(name, options)))
  doing(
    program
      .command('clock')
      .description('move program time, in a rehearsal')
      .argument('<instant>', 'day and time of the village, or with an offset'),
  ).action(run((verbs, options, [to = '']) => verbs.moveClock(to, options)))
}
