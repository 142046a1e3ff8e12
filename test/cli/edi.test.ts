import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest'
import { main } from '../../cli/meterhall.js'
import { exampleIn } from '../edi/documented-example.js'
import { secondReading } from '../edi/second-reader.js'

interface Ran {
  readonly stdout: string
  readonly stderr: string
  readonly exitCode: number
}

/** Runs the command in this process. */
async function meterhall(...argv: string[]): Promise<Ran> {
  const written = { stdout: '', stderr: '' }
  for (const name of ['stdout', 'stderr'] as const) {
    vi.spyOn(process[name], 'write').mockImplementation((text) => {
      written[name] += String(text)
      return true
    })
  }
  process.exitCode = undefined
  await main(argv)
  const exitCode = Number(process.exitCode ?? 0)
  process.exitCode = undefined
  vi.restoreAllMocks()
  return { ...written, exitCode }
}

afterEach(() => vi.restoreAllMocks())

let folder: string
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'edi-'))
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

function file(name: string, content: string | Buffer): string {
  const path = join(folder, name)
  writeFileSync(path, content)
  return path
}

const REQUEST = {
  id: 'E-2027-000001',
  bgn: 'B-2027-000001',
  account: '0123456789',
  servicePoint: '0123456789001',
  name: 'Zoë Ramirez',
  rate: 'MAHOMET-DS1',
  start: '2027-02-02',
}
const REQUESTS = {
  sender: '006900001',
  receiver: '1234567890001',
  control: 77,
  group: 9,
  usage: 'T',
  date: '2027-01-04',
  requests: [REQUEST],
}

/** Exit code 2, nothing on stdout, one sentence of one line on stderr. */
function expectRefused(ran: Ran, ...words: string[]): void {
  expect(ran.exitCode).toBe(2)
  expect(ran.stdout).toBe('')
  expect(ran.stderr).toMatch(/^[^\n]+\.\n$/)
  for (const word of words) expect(ran.stderr).toContain(word)
}

describe('edi write: requests in, one interchange out', () => {
  test('the bytes are those of docs/edi.md, with --json too, and without a line break at the end', async () => {
    const path = file('requests.json', JSON.stringify(REQUESTS))
    for (const argv of [
      ['edi', 'write', path],
      ['edi', 'write', path, '--json'],
    ]) {
      expect(await meterhall(...argv)).toEqual({
        stdout: exampleIn('Enrollment request (ours)'),
        stderr: '',
        exitCode: 0,
      })
    }
  })

  test('time, first transaction and names are optional', async () => {
    const more = { time: '17:45', firstTransaction: 42, senderName: 'Prairie Wind', receiverName: 'Utility' }
    const { stdout } = await meterhall('edi', 'write', file('more.json', JSON.stringify({ ...REQUESTS, ...more })))
    expect(stdout).toContain('*270104*1745*U*')
    expect(stdout).toContain('~ST*814*0042~')
    expect(stdout).toContain('~N1*8S*Utility*9*1234567890001~N1*SJ*Prairie Wind*1*006900001~')
  })

  test('a rate code of digits may stand without quotes', async () => {
    const { stdout } = await meterhall(
      'edi',
      'write',
      file('rate.json', JSON.stringify({ ...REQUESTS, requests: [{ ...REQUEST, rate: 7290 }] })),
    )
    expect(stdout).toContain('~REF*RB*7290~')
  })

  test('a file that is not there is told like any other', async () => {
    const ran = await meterhall('edi', 'read', join(folder, 'none.x12'))
    expect(ran).toMatchObject({ exitCode: 2, stdout: '' })
    expect(ran.stderr).toContain('cannot be read (there is no such file); name a file that exists.')
  })

  test('what is written is read back, and the second reader agrees', async () => {
    const requests = ['Nguyễn', 'Łukasz & “Co”', '李'].map((name, i) => ({
      ...REQUEST,
      id: `E-${i}`,
      bgn: `B-${i}`,
      name,
    }))
    const { stdout } = await meterhall('edi', 'write', file('three.json', JSON.stringify({ ...REQUESTS, requests })))
    const read = await meterhall('edi', 'read', file('three.x12', stdout), '--json')
    const { interchanges } = JSON.parse(read.stdout)
    expect(interchanges).toHaveLength(1)
    expect(interchanges[0]).toMatchObject({ control: '000000077', sender: '006900001', receiver: '1234567890001' })
    expect(interchanges[0].groups[0].transactions).toEqual(secondReading(stdout).transactions)
  })

  const faults: [string, object, string[]][] = [
    ['an unknown field', { ...REQUESTS, extra: 1 }, ['extra']],
    [
      'an unknown field of a request',
      { ...REQUESTS, requests: [{ ...REQUEST, extra: 1 }] },
      ['Request 1 (id "E-2027-000001")', 'extra'],
    ],
    [
      'a missing field',
      { ...REQUESTS, requests: [REQUEST, { ...REQUEST, id: 'E-2', name: undefined }] },
      ['Request 2 (id "E-2"), field name: it is missing'],
    ],
    ['a missing id', { ...REQUESTS, requests: [{ ...REQUEST, id: undefined }] }, ['Request 1, field id']],
    ['a request that is no object', { ...REQUESTS, requests: [7] }, ['Request 1,']],
    [
      'a day that does not exist',
      { ...REQUESTS, requests: [{ ...REQUEST, start: '2027-02-29' }] },
      ['field start', 'YYYY-MM-DD'],
    ],
    ['a wrong date', { ...REQUESTS, date: '04.01.2027' }, ['date']],
    ['another usage', { ...REQUESTS, usage: 'X' }, ['usage']],
    ['a control number as text', { ...REQUESTS, control: '77' }, ['control']],
    ['a control number too high', { ...REQUESTS, control: 1_000_000_000 }, ['control']],
    ['a sender that is no DUNS number', { ...REQUESTS, sender: '0069' }, ['sender']],
    ['no request', { ...REQUESTS, requests: [] }, ['at least one']],
    [
      'a separator in a value',
      { ...REQUESTS, requests: [REQUEST, { ...REQUEST, id: 'E-2', bgn: 'B-2', name: 'A*B~C' }] },
      ['Request 2 (id "E-2"), field name'],
    ],
    [
      'a line break in a value',
      { ...REQUESTS, requests: [{ ...REQUEST, account: '01234\n56789' }] },
      ['Request 1 (id "E-2027-000001"), field account'],
    ],
    ['the same id twice', { ...REQUESTS, requests: [REQUEST, REQUEST] }, ['Request 2', 'field id']],
  ]
  test.each(faults)('%s ends in one sentence', async (_, document, words) => {
    const ran = await meterhall('edi', 'write', file('bad.json', JSON.stringify(document)))
    expectRefused(ran, ...words)
    expect(ran.stderr).not.toMatch(/0123456789|Ramirez|A\*B/)
  })

  test.each([
    ['no JSON', '{"sender":'],
    ['a list', '[]'],
    ['nothing', ''],
    ['not UTF-8', Buffer.from([0x7b, 0xff])],
  ])('a file that is %s ends in one sentence', async (_, content) => {
    expectRefused(await meterhall('edi', 'write', file('bad.json', content)), 'bad.json')
  })

  test('a file that is not there ends in one sentence', async () => {
    expectRefused(await meterhall('edi', 'write', join(folder, 'absent.json')), 'absent.json')
  })
})

describe('edi read: a file as one JSON document, or quarantine', () => {
  const usage = exampleIn('Monthly usage: the first one gives the actual start')

  test('the document has exactly the keys promised, and every value is text', async () => {
    const ran = await meterhall('--json', 'edi', 'read', file('usage.x12', usage))
    expect(ran).toMatchObject({ stderr: '', exitCode: 0 })
    expect(JSON.parse(ran.stdout)).toEqual({
      interchanges: [
        {
          control: '000000950',
          sender: '1234567890001',
          receiver: '006900001',
          groups: [
            {
              control: '440',
              transactions: [
                {
                  control: '0001',
                  set: '867',
                  segments: [
                    ['BPT', '00', 'U-867-1', '20270304', 'C1'],
                    ['N1', '8S', 'Utility', '9', '1234567890001'],
                    ['N1', 'SJ', 'Supplier', '1', '006900001'],
                    ['N1', '8R', 'Zoe Ramirez'],
                    ['REF', '12', '0123456789'],
                    ['REF', 'LU', '0123456789001'],
                    ['PTD', 'SU'],
                    ['DTM', '150', '20270203'],
                    ['DTM', '151', '20270303'],
                    ['QTY', 'QD', '861', 'KH'],
                  ],
                },
              ],
            },
          ],
        },
      ],
    })
  })

  test('a person reads who wrote to whom and what it says, without any account', async () => {
    const { stdout } = await meterhall(
      'edi',
      'read',
      file('answers.x12', exampleIn('Accept, reject, unsolicited enrollment') + usage),
    )
    expect(stdout.split('\n')).toEqual([
      'Interchange 000000917 (test) from 1234567890001 to 006900001, 1 functional group:',
      '  group 412, 814 enrollment-accepted: 1',
      '  group 412, 814 enrollment-rejected: 1',
      '  group 412, 814 enrollment-unsolicited: 1',
      'Interchange 000000950 (test) from 1234567890001 to 006900001, 1 functional group:',
      '  group 440, 867 monthly-usage: 1',
      '',
    ])
  })

  test('values in UTF-8 and in Latin-1 are shown as they are meant', async () => {
    for (const encoding of ['utf8', 'latin1'] as const) {
      const { stdout } = await meterhall(
        'edi',
        'read',
        file('zoe.x12', Buffer.from(usage.replace('Zoe', 'Zoë'), encoding)),
        '--json',
      )
      expect(JSON.parse(stdout).interchanges[0].groups[0].transactions[0].segments[3]).toEqual([
        'N1',
        '8R',
        'Zoë Ramirez',
      ])
    }
  })

  test('a cut file ends in one sentence with segment and byte, wherever it is cut', async () => {
    await fc.assert(
      fc.asyncProperty(fc.nat(usage.length - 1), async (length) => {
        expectRefused(
          await meterhall('edi', 'read', file('cut.x12', usage.slice(0, length)), '--json'),
          'Segment ',
          ' at byte ',
        )
      }),
      { numRuns: 60 },
    )
  })

  test('a wrong count names its own segment and byte', async () => {
    const ran = await meterhall('edi', 'read', file('count.x12', usage.replace('SE*12', 'SE*13')))
    expectRefused(ran, `Segment 14 at byte ${usage.indexOf('SE*12')}: SE01`)
  })

  test('a file that is not there, or a folder, ends in one sentence', async () => {
    expectRefused(await meterhall('edi', 'read', join(folder, 'absent.x12')), 'absent.x12')
    expectRefused(await meterhall('edi', 'read', folder), folder)
  })
})
