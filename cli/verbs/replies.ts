/** Verbs for replies: one, a card by its code, or a file of them. */
import { parse as parseCsv } from 'csv-parse/sync'
import type { Status } from '../../client/status.js'
import { readInputText } from '../../persistence/input-file.js'
import { dateArgument } from '../arguments.js'
import type { VerbOptions } from '../command-options.js'
import { printProgress, printResult, UsageError } from '../output.js'
import { callVerb, programOf } from '../verb-call.js'
import type { Options } from './typed.js'

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

async function nowOf(options: VerbOptions, program: string): Promise<string> {
  return (await callVerb<Status>(options, 'status', {}, program)).now
}
