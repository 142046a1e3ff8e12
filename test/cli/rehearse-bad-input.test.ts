/** Whatever is wrong with what a person gave: one sentence, exit code 2, and nothing is left behind. */
import {
  appendFileSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { main } from '../../cli/meterhall.js'
import { argumentsFor, filesIn, type Ran } from '../support/rehearsal-run.js'
import { type Home, numberOf, type Script, type VillageFiles, writeVillage } from '../support/rehearsal-village.js'

const [FIRST, SECOND, STRANGER] = [numberOf(1), numberOf(2), numberOf(99)]
const HOMES: readonly Home[] = [{ number: FIRST }, { number: SECOND }]
const SCRIPT: Script = {
  start: '2027-01-11',
  calendar: { billing: [], edi: [] },
  readDates: { plain: ['2027-03-15', '2027-04-15'] },
  defaultRates: { on: '2027-01-01', 'DS-1': 8.6 },
  bids: [{ supplier: 'Prairie Wind', centsPerKwh: { 'DS-1': 7.29 }, termMonths: 24 }],
  award: 'Prairie Wind',
  drops: [{ evidenceDate: '2027-01-20', accounts: 'all' }],
}

let files: VillageFiles
/** Of this test's own: other processes make folders in the machine's meanwhile. */
let scratch: string
beforeEach(() => {
  scratch = mkdtempSync(join(tmpdir(), 'bad-input-test-'))
  vi.stubEnv('TMPDIR', scratch)
  files = writeVillage(HOMES, SCRIPT)
})
afterEach(() => {
  vi.restoreAllMocks()
  vi.unstubAllEnvs()
  rmSync(scratch, { recursive: true, force: true })
})

/** Runs the command in this process. */
async function run(argv: readonly string[]): Promise<Ran> {
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

const scratchFolders = () => readdirSync(scratch).filter((name) => name.startsWith('meterhall-'))

/** Refused with one sentence that matches, and no trace of it on the disk. */
async function expectRefused(argv: readonly string[], sentence: RegExp): Promise<void> {
  const before = { files: filesIn(files.folder), scratch: scratchFolders() }
  const { exitCode, stdout, stderr } = await run(argv)
  expect({ exitCode, stdout, stderr }).toEqual({ exitCode: 2, stdout: '', stderr: expect.stringMatching(sentence) })
  expect(stderr.split('\n')).toEqual([expect.stringMatching(/^[A-Z].*\.$/), ''])
  expect(filesIn(files.folder)).toEqual(before.files)
  expect(scratchFolders()).toEqual(before.scratch)
}

const script = (change: object) => writeFileSync(files.script, JSON.stringify({ ...SCRIPT, ...change }))

describe('the rehearsal script', () => {
  test.each<[string, () => void, RegExp]>([
    [
      'is missing',
      () => rmSync(files.script),
      /script .*script\.json cannot be read \(there is no such file\); name a file/,
    ],
    ['is a folder', () => [rmSync(files.script), mkdirSync(files.script)], /it is a folder/],
    ['is empty', () => writeFileSync(files.script, ''), /not a JSON document/],
    ['is cut off', () => writeFileSync(files.script, JSON.stringify(SCRIPT).slice(0, -1)), /not a JSON document/],
    ['is not UTF-8', () => writeFileSync(files.script, Buffer.from('{"start":"\xe9"}', 'latin1')), /not text in UTF-8/],
    ['is a list', () => writeFileSync(files.script, '[]'), /wrong at its top/],
    ['is null', () => writeFileSync(files.script, 'null'), /wrong at its top/],
    ['has an unknown field', () => script({ recieps: [] }), /wrong at its top: .*recieps/],
    [
      'has an unknown field in a drop',
      () => script({ drops: [{ ...SCRIPT.drops[0], pieces: 2 }] }),
      /drops\.0: .*pieces/,
    ],
    ['has an unknown field in a bid', () => script({ bids: [{ ...SCRIPT.bids[0], price: 2 }] }), /bids\.0: .*price/],
    ['has an unknown field in a reply', () => script({ receipts: [{ ...reply(), name: 'x' }] }), /receipts\.0: .*name/],
    ['has an unknown field for the utility', () => script({ utility: { reject: [] } }), /utility: .*reject/],
    [
      'has an unknown field in a rejection',
      () => script({ utility: { rejects: [{ account: FIRST, code: 'A76', why: 'x' }] } }),
      /rejects\.0: .*why/,
    ],
    ['has no start', () => script({ start: undefined }), /at start: expected a day that exists/],
    ['starts on 30 February', () => script({ start: '2027-02-30' }), /at start: expected a day that exists/],
    ['starts at an hour', () => script({ start: '2027-01-11T08:00:00Z' }), /at start: expected a day/],
    [
      'is for another plan',
      () => script({ plan: 'rolling' }),
      /at plan: it is written for "rolling" and --plan says "mahomet"; make them the same/,
    ],
    ['has half a calendar', () => script({ calendar: { billing: [] } }), /at calendar\.edi/],
    [
      'has a read on no day',
      () => script({ readDates: { plain: ['2027-13-01'] } }),
      /at readDates\.plain\.0: expected a day/,
    ],
    ['has no read dates', () => script({ readDates: undefined }), /at readDates/],
    ['has default rates of no day', () => script({ defaultRates: { 'DS-1': 8 } }), /at defaultRates\.on/],
    [
      'has default rates from after the start',
      () => script({ defaultRates: { on: '2027-01-12', 'DS-1': 8 } }),
      /at defaultRates\.on: .*date them on or before/,
    ],
    [
      'has a rate of an unknown class',
      () => script({ defaultRates: { on: '2027-01-01', 'DS-9': 8 } }),
      /at defaultRates: .*DS-9/,
    ],
    [
      'has a negative rate',
      () => script({ defaultRates: { on: '2027-01-01', 'DS-1': -8 } }),
      /at defaultRates\.DS-1: .*not a rate in cents per kWh/,
    ],
    [
      'has a rate of four decimals',
      () => script({ bids: [{ ...SCRIPT.bids[0], centsPerKwh: { 'DS-1': 7.2901 } }] }),
      /at bids\.0\.centsPerKwh\.DS-1: .*decimals/,
    ],
    [
      'has a bid without a term',
      () => script({ bids: [{ supplier: 'A', centsPerKwh: {} }], award: null }),
      /at bids\.0\.termMonths/,
    ],
    [
      'has a bid for half a month',
      () => script({ bids: [{ ...SCRIPT.bids[0], termMonths: 0.5 }] }),
      /at bids\.0\.termMonths/,
    ],
    [
      'has two bids of one supplier',
      () => script({ bids: [SCRIPT.bids[0], SCRIPT.bids[0]] }),
      /at bids: a supplier bids twice/,
    ],
    ['awards to nobody who bid', () => script({ award: 'Nobody' }), /at award: no bid is by that supplier/],
    [
      'has a reply by telegram',
      () => script({ receipts: [{ ...reply(), channel: 'telegram' }] }),
      /at receipts\.0\.channel/,
    ],
    [
      'has a reply at an hour without an offset',
      () => script({ receipts: [{ ...reply(), received: '2027-02-01T09:00:00' }] }),
      /at receipts\.0\.received/,
    ],
    [
      'has a reply on a bare day',
      () => script({ receipts: [{ ...reply(), received: '2027-02-01' }] }),
      /at receipts\.0\.received/,
    ],
    [
      'has a postmark on no day',
      () => script({ receipts: [{ ...reply(), postmark: '2027-02-29' }] }),
      /at receipts\.0\.postmark/,
    ],
    [
      'has a drop of nobody',
      () => script({ drops: [{ evidenceDate: '2027-01-20', accounts: [] }] }),
      /at drops\.0\.accounts/,
    ],
    [
      'has a drop of some',
      () => script({ drops: [{ evidenceDate: '2027-01-20', accounts: 'some' }] }),
      /at drops\.0\.accounts/,
    ],
    [
      'certifies half a piece',
      () => script({ drops: [{ ...SCRIPT.drops[0], certifiedPieces: 1.5 }] }),
      /at drops\.0\.certifiedPieces/,
    ],
    [
      'has two drops of all',
      () => script({ drops: [SCRIPT.drops[0], SCRIPT.drops[0]] }),
      /at drops\[1\]: an earlier drop takes all/,
    ],
    [
      'puts an account into two drops',
      () => script({ drops: [drop(FIRST), drop(FIRST)] }),
      /at drops\[1\]\.accounts\[0\]: .*name it once/,
    ],
    [
      'puts an account into a drop twice',
      () => script({ drops: [drop(FIRST, FIRST)] }),
      /at drops\[0\]\.accounts\[1\]/,
    ],
  ])('%s', async (_name, spoil, sentence) => {
    spoil()
    await expectRefused(argumentsFor(files), sentence)
  })
})

const reply = () => ({ account: FIRST, channel: 'phone', received: '2027-02-01T09:00:00-06:00' })
const drop = (...accounts: string[]) => ({ evidenceDate: '2027-01-20', accounts })

describe('facts that contradict the order of things', () => {
  test.each<[string, object, RegExp]>([
    [
      'evidence before the approval',
      { drops: [{ evidenceDate: '2027-01-10', accounts: 'all' }] },
      /at drops\[0\]: the evidence is dated before the start/,
    ],
    [
      'a drop with an account that nobody lists',
      { drops: [drop(FIRST, STRANGER)] },
      /at drops\[0\]\.accounts\[1\]: the utility lists no such account/,
    ],
    [
      'a reply before the approval',
      { receipts: [{ ...reply(), received: '2027-01-11T07:59:59-06:00' }] },
      /at receipts\[0\]\.received: the reply comes before/,
    ],
    [
      'a letter that comes back before it was mailed',
      { undeliverable: [{ account: FIRST, returned: '2027-01-19' }] },
      /at undeliverable\[0\]\.returned: .*before its drop was mailed/,
    ],
    [
      'a letter that comes back from an account in no drop',
      { drops: [drop(SECOND)], undeliverable: [{ account: FIRST, returned: '2027-01-29' }] },
      /at undeliverable\[0\]\.account: no drop takes the account/,
    ],
    [
      'a letter that comes back from an account that nobody lists',
      { undeliverable: [{ account: STRANGER, returned: '2027-01-29' }] },
      /at undeliverable\[0\]\.account: the utility lists no such/,
    ],
    [
      'a letter mailed again before it came back',
      { undeliverable: [{ account: FIRST, returned: '2027-01-29', remailedEvidenceDate: '2027-01-28' }] },
      /at undeliverable\[0\]: .*re-mailed before it came back/,
    ],
    [
      'one letter that comes back twice',
      {
        undeliverable: [
          { account: FIRST, returned: '2027-01-29' },
          { account: FIRST, returned: '2027-01-30' },
        ],
      },
      /at undeliverable\[1\]\.account/,
    ],
    [
      'a rejection of an account that nobody lists',
      { utility: { rejects: [{ account: STRANGER, code: 'A76' }] } },
      /at utility\.rejects\[0\]\.account/,
    ],
    [
      'two rejections of one account',
      {
        utility: {
          rejects: [
            { account: FIRST, code: 'A76' },
            { account: FIRST, code: 'NFI' },
          ],
        },
      },
      /at utility\.rejects\[1\]\.account/,
    ],
    [
      'a rescission of an account that nobody lists',
      { utility: { rescissions: [{ account: STRANGER, on: '2027-03-01' }] } },
      /at utility\.rescissions\[0\]\.account/,
    ],
    [
      'a rescission before the start',
      { utility: { rescissions: [{ account: FIRST, on: '2027-01-10' }] } },
      /at utility\.rescissions\[0\]\.on/,
    ],
    [
      'a start of an account that nobody lists',
      { utility: { actualStarts: [{ account: STRANGER, on: '2027-03-01' }] } },
      /at utility\.actualStarts\[0\]\.account/,
    ],
  ])('%s', async (_name, change, sentence) => {
    script(change)
    await expectRefused(argumentsFor(files), sentence)
  })
})

describe('list, boundary and plan', () => {
  const fixed = () => join(files.list, 'utility-fixed-price.csv')
  test.each<[string, () => void, RegExp]>([
    ['no list folder', () => rmSync(files.list, { recursive: true }), /list folder .* cannot be read/],
    [
      'a list folder that is a file',
      () => [rmSync(files.list, { recursive: true }), writeFileSync(files.list, '')],
      /list folder .* cannot be read/,
    ],
    ['a list file is missing', () => rmSync(fixed()), /has no utility-fixed-price\.csv or utility-fixed-price\.xlsx/],
    ['a list file is empty', () => writeFileSync(fixed(), ''), /utility-fixed-price\.csv is empty/],
    [
      'a list file lacks a column',
      () => writeFileSync(fixed(), 'account_number\n1\n'),
      /has no column "service_point"/,
    ],
    ['a list file is cut in a row', () => appendFileSync(fixed(), '7300000003,1'), /2 values on line 4/],
    ['a list file is a folder', () => [rmSync(fixed()), mkdirSync(fixed())], /cannot be read/],
    [
      'a damaged workbook',
      () => [rmSync(fixed()), writeFileSync(fixed().replace('csv', 'xlsx'), 'PK\x03\x04 no more')],
      /workbook|Excel/,
    ],
    ['no boundary', () => rmSync(files.boundary), /boundary file .* cannot be read/],
    ['an empty boundary', () => writeFileSync(files.boundary, ''), /does not begin with the header line/],
    ['a boundary without streets', () => writeFileSync(files.boundary, 'street,low,high,side\n'), /names no street/],
    [
      'a boundary with a faulty line',
      () => writeFileSync(files.boundary, 'street,low,high,side\nOak St,9,1,odd\n'),
      /Line 2 .*from 9 down to 1/,
    ],
  ])('%s', async (_name, spoil, sentence) => {
    spoil()
    await expectRefused(argumentsFor(files), sentence)
  })

  test('a plan that nobody entered', async () => {
    await expectRefused(argumentsFor(files, '--plan', 'atlantis'), /plan .*atlantis/)
  })

  test.each(['--list', '--boundary', '--script', '--out'])('%s is not given', async (option) => {
    const argv = argumentsFor(files)
    argv.splice(argv.indexOf(option), 2)
    await expectRefused(argv, new RegExp(`${option}.*not specified`))
  })

  test('an argument nobody knows', async () => {
    await expectRefused(argumentsFor(files, '--fast'), /--fast/)
  })
})

describe('the output folder', () => {
  test('is a file', async () => {
    writeFileSync(files.out, 'mine')
    await expectRefused(argumentsFor(files), /output folder .* is not a folder that can be read; name another/)
  })

  test('holds something that no rehearsal made', async () => {
    mkdirSync(files.out)
    writeFileSync(join(files.out, 'thesis.doc'), 'mine')
    await expectRefused(argumentsFor(files), /holds something that no rehearsal made/)
  })

  test('is a link to nowhere', async () => {
    symlinkSync(join(files.folder, 'nowhere'), files.out)
    await expectRefused(argumentsFor(files), /output folder /)
  })

  test('lies in a file', async () => {
    await expectRefused(argumentsFor({ ...files, out: join(files.script, 'out') }), /output folder .* cannot be made/)
  })

  test('is made by a rehearsal, and somebody put a file of their own into it', async () => {
    mkdirSync(files.out)
    for (const name of ['.meterhall-rehearsal', 'summary.json', 'notes.txt']) writeFileSync(join(files.out, name), '')
    await expectRefused(argumentsFor(files), /holds something that no rehearsal made/)
  })

  test.each(['script', 'boundary', 'list'] as const)('is made by a rehearsal, and the %s lies in it', async (input) => {
    mkdirSync(join(files.out, 'letters'), { recursive: true })
    writeFileSync(join(files.out, '.meterhall-rehearsal'), '')
    const inside = join(files.out, 'letters', input)
    renameSync(files[input], inside)
    await expectRefused(argumentsFor({ ...files, [input]: inside }), /lies in the output folder .*; name another/)
  })

  test('is the folder of the inputs', async () => {
    await expectRefused(argumentsFor({ ...files, out: files.folder }), /holds something that no rehearsal made/)
  })
})
