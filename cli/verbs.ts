/** The operator's verbs: each reads what was typed, asks the running process, and says what came of it and what comes next. */
import { readFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { parse as parseCsv } from 'csv-parse/sync'
import type { Case } from '../client/case.js'
import type { Conservation } from '../client/conservation.js'
import type { Status } from '../client/status.js'
import { DISPOSITIONS, LIST_KINDS } from '../domain/account.js'
import { readInputText, readJson } from '../persistence/input-file.js'
import { listSourcesIn } from '../persistence/list-files/list-source.js'
import { NO_MAPPING, readListMapping } from '../persistence/list-mapping.js'
import { dateArgument } from './arguments.js'
import type { VerbOptions } from './command-options.js'
import { local } from './local-time.js'
import { printProgress, printResult, UsageError } from './output.js'
import { callVerb, programOf } from './verb-call.js'

type Options<T> = VerbOptions & T

export async function programStart(
  options: Options<{ plan: string; name?: string; boundary: string; defaultRates: string; readDates?: string }>,
): Promise<void> {
  const rates = readJson(options.defaultRates, 'default rates') as {
    on?: string
    centsPerKwh?: unknown
    source?: string
  }
  const programId = options.name ?? options.plan
  const value = await callVerb<{ programId: string }>(
    options,
    'program-start',
    {
      plan: options.plan,
      boundary: readInputText(options.boundary, 'boundary file'),
      readDates: readJson(options.readDates ?? join(options.data, 'simulated', 'read-dates.json'), 'read dates'),
      defaultRates: rates,
    },
    programId,
  )
  printResult(options, value, [
    `Program ${value.programId} is started; the data request goes to the utility by e-mail.`,
    'Next: meterhall status',
  ])
}

export async function listImport(options: Options<{ list: string; mapping?: string; asOf?: string }>): Promise<void> {
  const mapping = options.mapping === undefined ? undefined : readListMapping(options.mapping)
  const sources = await listSourcesIn(options.list, mapping ?? NO_MAPPING)
  const files = sources.map((source) => {
    const path = (source.content as { readonly path: string }).path
    return { kind: source.kind, name: basename(path), base64: readFileSync(path).toString('base64') }
  })
  const asOf =
    options.asOf === undefined ? new Date().toISOString().slice(0, 10) : dateArgument('--as-of', options.asOf)
  const value = await callVerb<{ listId: string; repeated: boolean }>(
    options,
    'list-import',
    { asOf, files, ...(mapping === undefined ? {} : { mapping }) },
    await programOf(options),
  )
  const what = value.repeated
    ? 'This list was imported before; nothing changed.'
    : `List ${value.listId.slice(0, 12)} (${LIST_KINDS.length} files) is stored and goes into review.`
  printResult(options, value, [what, 'Next: meterhall status, then meterhall list sign'])
}

export async function listSign(options: VerbOptions): Promise<void> {
  const value = await callVerb<{ signatures: number; needed: number }>(
    options,
    'list-sign',
    {},
    await programOf(options),
  )
  const next =
    value.signatures < value.needed
      ? 'Next: another person signs with meterhall list sign'
      : 'Next: meterhall bid add FILE, one for each supplier'
  printResult(options, value, [`Signed: ${value.signatures} of ${value.needed}.`, next])
}

export async function bidAdd(file: string, options: VerbOptions): Promise<void> {
  const value = await callVerb<{ round: number }>(options, 'bid-add', readJson(file, 'bid'), await programOf(options))
  printResult(options, value, [
    `The bid is sealed in round ${value.round} until all are opened.`,
    'Next: more bids, or meterhall bid open',
  ])
}

export async function bidOpen(options: VerbOptions): Promise<void> {
  const value = await callVerb<{ bids: number; qualified: number }>(options, 'bid-open', {}, await programOf(options))
  printResult(options, value, [
    `${value.bids} bids opened; ${value.qualified} may be awarded today.`,
    'Next: meterhall award SUPPLIER, or meterhall award --reject-all',
  ])
}

export async function awardTo(supplier: string | undefined, options: Options<{ rejectAll?: boolean }>): Promise<void> {
  if ((supplier === undefined) === (options.rejectAll !== true))
    throw new UsageError('Name one supplier, or say --reject-all; not both.')
  const value = await callVerb<{ outcome: string }>(
    options,
    'award',
    { supplier: supplier ?? null },
    await programOf(options),
  )
  const next =
    value.outcome === 'awarded'
      ? 'Next: meterhall notice proof --drop DATE'
      : 'Next: meterhall bid add FILE for a new round'
  printResult(options, value, [
    value.outcome === 'awarded' ? `Awarded to ${supplier}.` : 'All bids are rejected.',
    next,
  ])
}

/** @param drops `DATE` for everybody left, `DATE=FILE` for the accounts in a file, one number a line. */
export async function noticeProof(options: Options<{ drop?: string[] }>): Promise<void> {
  const program = await programOf(options)
  if (options.drop !== undefined) {
    const drops = options.drop.map((text) => {
      const [date = '', file] = text.split('=')
      const accounts =
        file === undefined
          ? null
          : readInputText(file, 'accounts file')
              .split(/\r?\n/)
              .map((line) => line.trim())
              .filter((line) => line !== '')
      return { plannedOn: dateArgument('--drop', date), accounts }
    })
    const planned = await callVerb<{ drops: number; pieces: number }>(options, 'drops-plan', { drops }, program)
    printProgress(`${planned.pieces} letters in ${planned.drops} drops.`)
  }
  const value = await callVerb<{ items: number }>(options, 'notice-proof', {}, program)
  printResult(options, value, [
    `The proof shows all ${value.items} required items; it lies in ${join(options.data, 'letters')}.`,
    'Next: the village reads it, then meterhall notice approve',
  ])
}

export async function noticeApprove(options: VerbOptions): Promise<void> {
  const value = await callVerb<{ batches: number }>(options, 'notice-approve', {}, await programOf(options))
  printResult(options, value, [
    `Approved; ${value.batches} print batches go to the mail house.`,
    'Next: when the post office has certified a drop, meterhall evidence add',
  ])
}

export async function evidenceAdd(
  options: Options<{ drop: string; on: string; pieces: string; form: string; cohort?: string }>,
): Promise<void> {
  const input = {
    dropNo: wholeNumber('--drop', options.drop),
    on: dateArgument('--on', options.on),
    pieces: wholeNumber('--pieces', options.pieces),
    form: options.form,
    ...(options.cohort === undefined ? {} : { cohort: options.cohort }),
  }
  const value = await callVerb<{ reconciled: boolean; deadline: string | null }>(
    options,
    'evidence-add',
    input,
    await programOf(options),
  )
  const what = value.reconciled
    ? `The count agrees; replies are in time until ${value.deadline}.`
    : 'The count differs from the manifest: the clock does not start until the mail house finds the difference.'
  printResult(options, value, [what, 'Next: meterhall receipt add for each reply'])
}

interface ReceiptInput {
  readonly account: string
  readonly letterCode?: string
  readonly channel: string
  readonly postmark: string | null
  readonly received: string
  readonly signed: boolean
}
interface ReceiptAnswer {
  readonly receipt: string
  readonly verdict: string
  readonly effect: string
  readonly why: string
  readonly clause: string | null
}

export async function receiptAdd(
  options: Options<{
    account?: string
    channel?: string
    postmark?: string
    received?: string
    unsigned?: boolean
    file?: string
  }>,
): Promise<void> {
  const program = await programOf(options)
  if (options.file !== undefined) return receiptFile(options.file, options, program)
  if (options.account === undefined || options.channel === undefined)
    throw new UsageError('Name --account and --channel, or a --file of replies.')
  await oneReceipt(options, program, {
    account: options.account,
    channel: options.channel,
    postmark: options.postmark === undefined ? null : dateArgument('--postmark', options.postmark),
    received: options.received ?? (await nowOf(options, program)),
    signed: options.unsigned !== true,
  })
}

export async function receiptCard(
  code: string,
  options: Options<{ postmark?: string; received?: string; unsigned?: boolean }>,
): Promise<void> {
  const program = await programOf(options)
  await oneReceipt(options, program, {
    account: '',
    letterCode: code,
    channel: 'card',
    postmark: options.postmark === undefined ? null : dateArgument('--postmark', options.postmark),
    received: options.received ?? (await nowOf(options, program)),
    signed: options.unsigned !== true,
  })
}

async function oneReceipt(options: VerbOptions, program: string, input: ReceiptInput): Promise<void> {
  const value = await callVerb<ReceiptAnswer>(options, 'receipt-add', input, program)
  printResult(options, value, [
    `${value.receipt}: ${value.verdict}. ${value.why}`,
    `  ${value.clause ?? ''}`,
    EFFECT[value.effect] ?? '',
  ])
}

const EFFECT: Readonly<Record<string, string>> = {
  'opted-out': 'The account is out of the program.',
  'already-out': 'The account had opted out before; this reply is kept beside the first.',
  none: 'It changes nothing by itself; it is kept.',
  'work-item': 'A person has to look at it: meterhall status lists it.',
  undo: 'The account is out; its enrollment is undone without a fee, and a letter says so.',
}

/** CSV with a header: account, letter_code, channel, postmark, received, signed (Y or N). All or one clear sentence before any is sent. */
async function receiptFile(file: string, options: VerbOptions, program: string): Promise<void> {
  let rows: Record<string, string>[]
  try {
    rows = parseCsv(readInputText(file, 'file of replies'), {
      columns: true,
      bom: true,
      trim: true,
      skip_empty_lines: true,
    })
  } catch (error) {
    throw new UsageError(
      `The file of replies ${file} is no CSV with a header line (${(error as Error).message.split('\n')[0]}).`,
    )
  }
  const inputs = rows.map((row, index): ReceiptInput => {
    const line = index + 2
    if (!row['channel'] || !row['received'])
      throw new UsageError(`${file}, line ${line}: channel and received are needed; fill them in.`)
    return {
      account: row['account'] ?? '',
      ...(row['letter_code'] ? { letterCode: row['letter_code'] } : {}),
      channel: row['channel'],
      postmark: row['postmark'] || null,
      received: row['received'],
      signed: row['signed'] !== 'N',
    }
  })
  const answers: (ReceiptAnswer | { readonly line: number; readonly refused: string })[] = []
  for (const [index, input] of inputs.entries()) {
    try {
      answers.push(await callVerb<ReceiptAnswer>(options, 'receipt-add', input, program))
    } catch (error) {
      answers.push({ line: index + 2, refused: (error as Error).message })
    }
    if ((index + 1) % 100 === 0) printProgress(`${index + 1} of ${inputs.length} replies`)
  }
  const refused = answers.flatMap((answer) => ('refused' in answer ? [answer] : []))
  printResult(options, answers, [
    `${inputs.length - refused.length} replies recorded, ${refused.length} refused.`,
    ...refused.map((answer) => `  line ${answer.line}: ${answer.refused}`),
  ])
  if (refused.length > 0) process.exitCode = 1
}

export async function returnAdd(code: string, options: Options<{ on: string }>): Promise<void> {
  const value = await callVerb(
    options,
    'return-add',
    { letterCode: code, returnedOn: dateArgument('--on', options.on) },
    await programOf(options),
  )
  printResult(options, value, [
    'The notice counts as not delivered.',
    'Next: find the address, then meterhall re-mail --on DATE ACCOUNT …',
  ])
}

export async function reMail(accounts: readonly string[], options: Options<{ on: string }>): Promise<void> {
  const value = await callVerb<{ cohort: string; dropNo: number }>(
    options,
    're-mail-plan',
    { accounts, plannedOn: dateArgument('--on', options.on) },
    await programOf(options),
  )
  printResult(options, value, [
    `Printed again as drop ${value.dropNo} of cohort ${value.cohort}, with its own deadline.`,
    `Next: meterhall evidence add --cohort ${value.cohort} --drop ${value.dropNo} …`,
  ])
}

export async function stopSwitch(state: string, party: string, options: Options<{ why?: string }>): Promise<void> {
  if (state !== 'on' && state !== 'off') throw new UsageError(`"${state}" is neither on nor off.`)
  const why = options.why ?? (state === 'off' ? 'released' : '')
  if (why === '') throw new UsageError('Say why with --why "…"; the reason goes into the journal.')
  const value = await callVerb(options, 'stop', { party, on: state === 'on', why }, await programOf(options))
  printResult(options, value, [state === 'on' ? `Nothing more leaves for ${party}.` : `Sending to ${party} goes on.`])
}

export async function itemClose(item: string, options: Options<{ why: string }>): Promise<void> {
  const value = await callVerb(
    options,
    'work-item-close',
    { item: wholeNumber('the item', item), resolution: options.why },
    await programOf(options),
  )
  printResult(options, value, ['Done.'])
}

export async function sendingResolve(
  sending: string,
  options: Options<{ asSent?: boolean; again?: boolean }>,
): Promise<void> {
  if ((options.asSent === true) === (options.again === true))
    throw new UsageError('Say --as-sent or --again; one of the two.')
  const choice = options.asSent === true ? 'treat-as-sent' : 'send-again'
  const value = await callVerb(
    options,
    'sending-resolve',
    { sending: wholeNumber('the sending', sending), choice },
    await programOf(options),
  )
  printResult(options, value, [
    choice === 'treat-as-sent' ? 'It counts as sent.' : 'It is sent again; a duplicate is possible and accepted.',
  ])
}

export async function reconcileStores(options: Options<{ why: string }>): Promise<void> {
  const value = await callVerb(options, 'reconcile', { why: options.why }, await programOf(options))
  printResult(options, value, ['The present state counts; sending is released.'])
}

export async function userAdd(name: string, options: Options<{ role: string[] }>): Promise<void> {
  const password = process.env['METERHALL_NEW_PASSWORD']
  const value = await callVerb<{ token: string }>(options, 'user-add', {
    name,
    roles: options.role,
    ...(password === undefined ? {} : { password }),
  })
  printResult(options, value, [
    `${name} may act as ${options.role.join(', ')}. The token below is shown this once; hand it over in private.`,
    `  METERHALL_TOKEN=${value.token}`,
  ])
}

export async function moveClock(to: string, options: VerbOptions): Promise<void> {
  let value = await callVerb<{ now: string; reached: boolean }>(options, 'clock', { to })
  while (!value.reached) {
    printProgress(`Program time is ${local(value.now)} …`)
    value = await callVerb<{ now: string; reached: boolean }>(options, 'clock', { to })
  }
  printResult(options, value, [`Program time is ${local(value.now)}.`, 'Next: meterhall status'])
}

async function nowOf(options: VerbOptions, program: string): Promise<string> {
  return (await callVerb<Status>(options, 'status', {}, program)).now
}

export async function status(options: VerbOptions): Promise<void> {
  const value = await callVerb<Status>(options, 'status', {}, await programOf(options))
  const lines = [`Program ${value.program}, ${local(value.now)}`, '', 'What runs']
  for (const run of value.runs)
    lines.push(
      `  ${run.run}  (${run.phase})`,
      `    waits for ${run.waitingFor}${run.nextDue === null ? '' : `; next due ${local(run.nextDue)}`}`,
    )
  if (value.drops.length > 0)
    lines.push(
      '',
      'Mailing drops',
      ...value.drops.map(
        (drop) =>
          `  ${drop.cohort} ${drop.drop}: ${drop.pieces} letters, planned ${drop.plannedOn}, ${drop.state}${drop.deadline === null ? '' : `, replies until ${drop.deadline}`}`,
      ),
    )
  if (value.bids.length > 0)
    lines.push('', 'Bids', ...value.bids.map((bid) => `  ${bid.supplier}${bid.sealed ? ' (sealed)' : ''}`))
  if (value.stopped.length > 0)
    lines.push('', 'Stopped', ...value.stopped.map((stopped) => `  ${stopped.party} by ${stopped.by}: ${stopped.why}`))
  if (value.unknownSendings.length > 0)
    lines.push(
      '',
      'Outcome unknown: decide with meterhall sending resolve N --as-sent or --again',
      ...value.unknownSendings.map(
        (sending) => `  ${sending.sending}  ${sending.subject} to ${sending.party}: ${sending.reply ?? ''}`,
      ),
    )
  lines.push(
    '',
    value.toDo.length === 0 ? 'Nothing waits for a person.' : 'Waits for a person',
    ...value.toDo.map(
      (item) =>
        `  ${item.item}  ${item.late ? 'LATE ' : ''}${item.what}${item.due === null ? '' : ` (due ${local(item.due)})`}${item.clause === null ? '' : `\n     ${item.clause}`}`,
    ),
  )
  if (value.moreToDo > 0) lines.push(`  and ${value.moreToDo} more`)
  printResult(options, value, lines)
}

export async function showCase(account: string, options: VerbOptions): Promise<void> {
  const value = await callVerb<Case>(options, 'case', { account }, await programOf(options))
  const lines = [
    `Stands as ${value.disposition ?? 'unknown'}${value.deadline === null ? '' : `; replies until ${value.deadline}`}`,
    '',
  ]
  for (const line of value.story)
    lines.push(
      `${local(line.at)}  ${line.what}`,
      `    ${[line.clause, `by ${line.actor}`].filter((part) => part !== null).join('; ')}`,
    )
  for (const item of value.toDo) lines.push(`to do ${item.item}: ${item.what}`)
  lines.push('', `Next: ${value.next.what}${value.next.at === null ? '' : `, ${local(value.next.at)}`}`)
  printResult(options, value, lines)
}

export async function showLedger(options: VerbOptions): Promise<void> {
  const value = await callVerb<Conservation>(options, 'ledger', {}, await programOf(options))
  const row = (label: string, count: number): string => `  ${label.padEnd(30)}${String(count).padStart(8)}`
  printResult(options, value, [
    'Every listed account in exactly one disposition',
    row('accounts in the list files', value.listed),
    ...DISPOSITIONS.map((disposition) => row(disposition, value.dispositions[disposition])),
    row('lost', value.lost),
    row('doubled', value.doubled),
    row('not listed', value.foreign),
    value.balances ? '  The table balances.' : '  THE TABLE DOES NOT BALANCE.',
  ])
  if (!value.balances) process.exitCode = 1
}

function wholeNumber(name: string, text: string): number {
  if (!/^\d{1,9}$/.test(text)) throw new UsageError(`${name}: "${text}" is no whole number.`)
  return Number(text)
}
