/** Verbs for replies: one, a card by its code, or a file of them. */
import { CHANNELS } from '../../domain/receipt.js'
import { choiceArgument, dateArgument, momentArgument } from '../arguments.js'
import type { VerbOptions } from '../command-options.js'
import { printProgress, printResult, UsageError } from '../output.js'
import { type ReceiptInput, readReplyFile, type ReplyRow } from '../replies/reply-file.js'
import { type ReplyResult, writeResults } from '../replies/reply-results.js'
import { callVerb, NoAnswerError, nowOf, programOf, Unreachable } from '../verb-call.js'
import type { Options } from './typed.js'

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
    channel: choiceArgument('--channel', options.channel, CHANNELS),
    postmark: options.postmark === undefined ? null : dateArgument('--postmark', options.postmark),
    received: await receivedOf(options, program, options.received),
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
    received: await receivedOf(options, program, options.received),
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

/** Row by row: a bad one keeps no other out, and a row that was recorded before is recorded once. */
async function receiptFile(file: string, options: VerbOptions, program: string): Promise<void> {
  const rows = readReplyFile(file, program)
  const results: ReplyResult[] = []
  let isCutOff = false
  let done = 0
  const queue = rows.entries()
  await Promise.all(Array.from({ length: AT_ONCE }, takeRows))
  const recorded = results.filter((row) => row.receipt !== null).length
  const left = results.filter((row) => row.receipt === null)
  const where = writeResults(file, results)
  printResult(options, results, [
    `${recorded} of ${rows.length} replies are on record${left.length === 0 ? '' : `, ${left.length} ${left.length === 1 ? 'is' : 'are'} not`}.`,
    ...left.slice(0, LINES_SHOWN).map((row) => `  line ${row.line}: ${row.why}`),
    ...(left.length > LINES_SHOWN ? [`  and ${left.length - LINES_SHOWN} more`] : []),
    where,
    left.length > 0
      ? 'Next: correct those lines and send the whole file again; rows on record are not recorded twice'
      : 'Next: meterhall status',
  ])
  if (left.length > 0) process.exitCode = 1

  async function takeRows(): Promise<void> {
    for (const [index, row] of queue) {
      results[index] = isCutOff ? notRecorded(row.line, NOT_SENT) : await record(row)
      done += 1
      if (done % PROGRESS_EVERY === 0) printProgress(`${done} of ${rows.length} replies`)
    }
  }
  async function record(row: ReplyRow): Promise<ReplyResult> {
    if ('fault' in row) return notRecorded(row.line, row.fault)
    try {
      const answer = await callVerb<ReceiptAnswer>(options, 'receipt-add', row.input, program, row.key)
      const { receipt, verdict, effect, why, clause } = answer
      return { line: row.line, receipt, verdict, effect, why, clause }
    } catch (error) {
      if (error instanceof Unreachable || error instanceof NoAnswerError) isCutOff = true
      return notRecorded(row.line, (error as Error).message)
    }
  }
}

/** Replies on their way at the same time: while one is committed the next are read. */
const AT_ONCE = 8
const PROGRESS_EVERY = 200
/** The file of results has all of them. */
const LINES_SHOWN = 20
const NOT_SENT = 'Not sent, because the process stopped answering; start it and send the same file again.'

function notRecorded(line: number, why: string): ReplyResult {
  return { line, receipt: null, verdict: 'not-recorded', effect: 'none', why, clause: null }
}

/** A moment as typed; left out, the program's present one. */
async function receivedOf(options: VerbOptions, program: string, typed: string | undefined): Promise<string> {
  return typed === undefined ? nowOf(options, program) : momentArgument('--received', typed)
}
