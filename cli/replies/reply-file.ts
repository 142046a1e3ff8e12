/**
 * A file of replies as a clerk's spreadsheet saves it: read row by row, so that one bad row keeps no other out.
 *
 * Taken as they come: a byte order mark, UTF-8 or the Windows encoding, commas, semicolons or tabs, quoted fields, Windows line ends,
 * names of columns in any case, days as 12/4/2026, and leading zeros that were lost.
 */
import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { parse } from 'csv-parse/sync'
import { readLetterCode } from '../../domain/letter-code.js'
import { CHANNELS } from '../../domain/receipt.js'
import { readDay, readMoment } from '../local-time.js'
import { UsageError } from '../output.js'

export interface ReceiptInput {
  readonly account: string
  readonly letterCode?: string
  readonly channel: string
  readonly postmark: string | null
  readonly received: string
  readonly signed: boolean
}

export type ReplyRow =
  /** `key` is the row's own: the same row of the same or a later file has the same, so that it is recorded once. */
  | { readonly line: number; readonly input: ReceiptInput; readonly key: string }
  | { readonly line: number; readonly fault: string }

const COLUMNS = {
  account: ['account', 'account_number', 'account_no', 'acct', 'acct_no'],
  code: ['letter_code', 'code', 'card_code', 'card'],
  channel: ['channel', 'how'],
  postmark: ['postmark', 'postmarked', 'postmark_date'],
  received: ['received', 'received_at', 'date_received', 'received_on'],
  signed: ['signed', 'signature'],
} as const
type Column = keyof typeof COLUMNS

const CHANNEL_WORDS: Readonly<Record<string, string>> = { telephone: 'phone', mail: 'card', 'e-mail': 'email' }
const YES = ['', 'y', 'yes', 'true', '1', 'x']
const NO = ['n', 'no', 'false', '0']
const CODE_LENGTH = 9

/** @throws UsageError when the file as a whole cannot be used */
export function readReplyFile(file: string, programId: string): readonly ReplyRow[] {
  const text = textOf(file)
  const [header = ''] = text.split(/\r?\n/, 1)
  let records: { readonly record: string[]; readonly info: { readonly lines: number } }[]
  try {
    records = parse(text, {
      delimiter: delimiterOf(header),
      trim: true,
      skip_empty_lines: true,
      relax_column_count: true,
      info: true,
    }) as unknown as typeof records
  } catch (error) {
    throw new UsageError(
      `The file of replies ${file} is no CSV (${(error as Error).message.split('\n')[0]}); save it from the spreadsheet as CSV.`,
    )
  }
  const [names, ...rows] = records
  const place = columnsOf(names?.record ?? [], file)
  const width = names?.record.length ?? 0
  const seen = new Map<string, number>()
  return rows
    .filter(({ record }) => record.some((cell) => cell !== ''))
    .map(({ record, info: { lines: line } }) => {
      if (record.length > width)
        return {
          line,
          fault: `The row has ${record.length} fields and the header ${width}; put quotes around text with commas.`,
        }
      const read = readRow((column) => record[place.get(column) ?? -1] ?? '')
      if (typeof read === 'string') return { line, fault: read }
      const content = createHash('sha256')
        .update(JSON.stringify([programId, read]))
        .digest('hex')
        .slice(0, 40)
      const nth = (seen.get(content) ?? 0) + 1
      seen.set(content, nth)
      return { line, input: read, key: `reply-row:${content}:${nth}` }
    })
}

function textOf(file: string): string {
  let bytes: Buffer
  try {
    bytes = readFileSync(file)
  } catch {
    throw new UsageError(`The file of replies ${file} cannot be read; name a file that exists.`)
  }
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    return new TextDecoder('windows-1252').decode(bytes)
  }
}

function delimiterOf(header: string): string {
  const count = (sign: string): number => header.split(sign).length
  return [',', ';', '\t'].reduce((most, sign) => (count(sign) > count(most) ? sign : most))
}

function columnsOf(names: readonly string[], file: string): ReadonlyMap<Column, number> {
  const plain = names.map((name) =>
    name
      .toLowerCase()
      .replace(/[^a-z0-9]+/g, '_')
      .replace(/^_|_$/g, ''),
  )
  const place = new Map<Column, number>()
  for (const [column, known] of Object.entries(COLUMNS) as [Column, readonly string[]][]) {
    const at = plain.findIndex((name) => known.includes(name))
    if (at >= 0) place.set(column, at)
  }
  const missing = (['channel', 'received'] as const).filter((column) => !place.has(column))
  if (!place.has('account') && !place.has('code')) missing.unshift('account' as never)
  if (missing.length > 0)
    throw new UsageError(
      `The file of replies ${file} has no column ${missing.join(', ')}; its first line names account or letter_code, channel, postmark, received and signed.`,
    )
  return place
}

/** What the row says, or its fault in one sentence. */
function readRow(cell: (column: Column) => string): ReceiptInput | string {
  const account = cell('account').replace(/[\s-]/g, '')
  if (/^\d(\.\d+)?e\+?\d+$/i.test(account))
    return 'The spreadsheet has rounded the account number; give the column the format text and enter it again.'
  const typedCode = cell('code')
  if (account === '' && typedCode === '') return 'The row has neither an account nor a letter code; fill one in.'
  const code = typedCode === '' ? undefined : readCode(typedCode)
  if (code?.ok === false) return code.refusal.message
  const word = cell('channel').toLowerCase()
  const channel = CHANNEL_WORDS[word] ?? word
  if (!CHANNELS.some((known) => known === channel))
    return `Channel "${cell('channel')}" is unknown; write one of: ${CHANNELS.join(', ')}.`
  const postmark = cell('postmark') === '' ? null : readDay(cell('postmark'))
  if (postmark === undefined)
    return `Postmark "${cell('postmark')}" is not a day that exists; write it as 2026-12-04 or 12/4/2026.`
  const received = readMoment(cell('received'))
  if (received === undefined)
    return `Received "${cell('received')}" is not a day or moment; write it as 2026-12-04 14:15 or 12/4/2026 14:15.`
  const signature = cell('signed').toLowerCase()
  if (!YES.includes(signature) && !NO.includes(signature))
    return `Signed "${cell('signed')}" is neither Y nor N; write one of the two.`
  return {
    account,
    ...(code === undefined ? {} : { letterCode: code.value }),
    channel,
    postmark,
    received,
    signed: !NO.includes(signature),
  }
}

/** A code of digits alone may have lost its leading zeros; its last character tells whether it is whole with them. */
function readCode(typed: string): ReturnType<typeof readLetterCode> {
  return readLetterCode(/^\d+$/.test(typed) ? typed.padStart(CODE_LENGTH, '0') : typed)
}
