import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { readReplyFile, type ReplyRow } from '../../../cli/replies/reply-file.js'
import { resultsPath, writeResults } from '../../../cli/replies/reply-results.js'
import { letterCode } from '../../../domain/letter-code.js'

const folder = mkdtempSync(join(tmpdir(), 'meterhall-replies-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

function read(content: string | Buffer, program = 'mahomet'): readonly ReplyRow[] {
  const file = join(folder, 'replies.csv')
  writeFileSync(file, content)
  return readReplyFile(file, program)
}
const HEADER = 'account,letter_code,channel,postmark,received,signed\n'
const one = (row: string): ReplyRow => read(`${HEADER}${row}\n`)[0] as ReplyRow
const inputOf = (row: ReplyRow) => ('input' in row ? row.input : row.fault)
const faultOf = (row: ReplyRow) => ('fault' in row ? row.fault : row.input)
const keyOf = (row: ReplyRow | undefined) => (row !== undefined && 'key' in row ? row.key : undefined)

describe('a file of replies as a spreadsheet saves it', () => {
  const reply = {
    account: '0343031578',
    channel: 'card',
    postmark: '2027-02-01',
    received: '2027-02-03T20:15:00Z',
    signed: false,
  }

  test.each([
    [
      'with a byte order mark and Windows line ends',
      '\uFEFFaccount,channel,postmark,received,signed\r\n0343031578,card,2027-02-01,2027-02-03 14:15,N\r\n',
    ],
    [
      'with semicolons and quoted fields',
      'Account No.;Channel;Postmark Date;Date Received;Signature\n"0343031578";"Card";"2/1/2027";"2/3/2027 2:15 PM";"no"\n',
    ],
    [
      'with tabs and columns of its own',
      'Notes\tReceived\tChannel\tAccount Number\tPostmarked\tSigned\n"first, second"\t2027-02-03T14:15:00-06:00\tmail\t0343-031-578\t02/01/2027\tfalse\n',
    ],
  ])('%s says the same', (_how, content) => {
    expect(read(content).map(inputOf)).toEqual([reply])
  })

  test('in the Windows encoding is read too', () => {
    const rows = read(Buffer.from(`${HEADER.trimEnd()},notes\n1,,phone,,2027-02-03,,caf\xe9\n`, 'latin1'))
    expect(rows.map(inputOf)).toMatchObject([{ account: '1', channel: 'phone' }])
  })

  test('a day alone is its first moment, so that it is never after now', () => {
    expect(inputOf(one('1,,phone,,2027-02-03,'))).toMatchObject({ received: '2027-02-03T06:00:00Z', signed: true })
  })

  test('a letter code of digits gets back the zeros that were cut off', () => {
    const digits = [...Array(2_000).keys()].map(letterCode).find((code) => /^0+\d+$/.test(code)) ?? ''
    expect(digits).toMatch(/^0/)
    expect(inputOf(one(`,${Number(digits)},card,,2027-02-03,Y`))).toMatchObject({ letterCode: digits })
  })

  test.each([
    ['an account number that was rounded', '1.34E+09,,phone,,2027-02-03,', /rounded the account number/],
    ['neither account nor code', ',,phone,,2027-02-03,', /neither an account nor a letter code/],
    ['a mistyped letter code', ',7K3M9QXWA,card,,2027-02-03,', /mistyped or exchanged character/],
    ['an unknown channel', '1,,pigeon,,2027-02-03,', /"pigeon" is unknown; write one of: card, phone/],
    ['a day that does not exist', '1,,card,2027-02-30,2027-03-03,', /Postmark "2027-02-30" is not a day that exists/],
    ['no time of receipt', '1,,phone,,,', /Received "" is not a day or moment/],
    ['a time that does not exist', '1,,phone,,2/3/2027 14:75,', /Received "2\/3\/2027 14:75"/],
    ['a signature of neither kind', '1,,card,,2027-02-03,maybe', /neither Y nor N/],
    ['more fields than the header', '1,,card,,2027-02-03,Y,more', /7 fields and the header 6/],
  ])('%s is a fault of its row alone', (_what, row, sentence) => {
    const rows = read(`${HEADER}${row}\n2,,phone,,2027-02-03,\n`)
    expect(faultOf(rows[0] as ReplyRow)).toMatch(sentence)
    expect(inputOf(rows[1] as ReplyRow)).toMatchObject({ account: '2' })
    expect(rows.map((each) => each.line)).toEqual([2, 3])
  })

  test('without a column that is needed is refused as a whole, naming it', () => {
    expect(() => read('account,received\n1,2027-02-03\n')).toThrow(/has no column channel;/)
  })
})

describe('a row sent again', () => {
  const row = '1,,phone,,2027-02-03,Y\n'

  test('has the same key in a corrected file, wherever it stands', () => {
    const [first] = read(HEADER + row)
    const [, second] = read(`${HEADER}9,,fax,,2/3/2027,\n1,,telephone,,2/3/2027 0:00,yes\n`)
    expect(keyOf(first)).toBeDefined()
    expect(keyOf(second)).toBe(keyOf(first))
  })

  test('that stands twice in one file is two replies', () => {
    const keys = read(HEADER + row + row).map(keyOf)
    expect(new Set(keys).size).toBe(2)
  })

  test('of another program is another reply', () => {
    expect(keyOf(read(HEADER + row, 'other')[0])).not.toBe(keyOf(read(HEADER + row)[0]))
  })
})

test('the results stand beside the file, a line for each row', () => {
  const file = join(folder, 'day-19.csv')
  const receipt = {
    line: 2,
    receipt: 'R-0000001',
    verdict: 'timely',
    effect: 'opted-out',
    why: 'In time, by "mail".',
    clause: 'E.3',
  }
  const left = { line: 3, receipt: null, verdict: 'not-recorded', effect: 'none', why: '=1+1', clause: null }
  expect(writeResults(file, [receipt, left])).toBe(`Row by row: ${join(folder, 'day-19.results.csv')}`)
  expect(readFileSync(resultsPath(file), 'utf8')).toBe(
    '\uFEFFline,receipt,verdict,effect,why,clause\r\n' +
      '2,R-0000001,timely,opted-out,"In time, by ""mail"".",E.3\r\n' +
      "3,,not-recorded,none,'=1+1,\r\n",
  )
  expect(writeResults(join(folder, 'nowhere', 'x.csv'), [])).toMatch(/could not be written to .*ENOENT/)
})
