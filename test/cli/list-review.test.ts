import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import iconv from 'iconv-lite'
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest'
import { main } from '../../cli/meterhall.js'
import { projectRoot } from '../../persistence/project-root.js'

interface Ran {
  readonly stdout: string
  readonly stderr: string
  readonly exitCode: number
}

/** Runs `list review` in this process. */
async function listReview(...argv: string[]): Promise<Ran> {
  const written = { stdout: '', stderr: '' }
  for (const name of ['stdout', 'stderr'] as const) {
    vi.spyOn(process[name], 'write').mockImplementation((text) => {
      written[name] += String(text)
      return true
    })
  }
  process.exitCode = undefined
  await main(['list', 'review', ...argv])
  const exitCode = Number(process.exitCode ?? 0)
  process.exitCode = undefined
  vi.restoreAllMocks()
  return { ...written, exitCode }
}

afterEach(() => vi.restoreAllMocks())

const village = join(projectRoot, 'examples/mahomet/village-list')
const boundary = join(village, 'boundary.csv')
const FILES = {
  fixed: 'utility-fixed-price.csv',
  supplier: 'retail-supplier.csv',
  hourly: 'utility-hourly.csv',
} as const

let folder: string
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'review-'))
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

type Fields = Readonly<Record<string, string>>

/** Values of one line; a comma counts where an even number of quotes stands before it. */
function split(line: string): string[] {
  const values = ['']
  let quotes = 0
  for (const sign of line) {
    if (sign === '"') quotes += 1
    if (sign === ',' && quotes % 2 === 0) values.push('')
    else values.push(values.pop() + sign)
  }
  return values.map((value) => (value.startsWith('"') ? value.slice(1, -1).replaceAll('""', '"') : value))
}

/** The example's values, read by lines that share nothing with the code under test. */
function fieldsOf(name: string): Fields[] {
  const [header = '', ...lines] = readFileSync(join(village, name), 'utf8').trimEnd().split(/\r?\n/)
  const names = split(header)
  return lines.map((line) => Object.fromEntries(split(line).map((value, at) => [names[at], value])))
}

/** What the issue asks of the example, reckoned account by account in the plainest way. */
function reckon(asOf: string) {
  const rows = Object.entries(FILES).flatMap(([list, name]) =>
    fieldsOf(name).map((fields, at): Fields => ({ ...fields, list, file: name, line: String(at + 2) })),
  )
  const kept = rows.filter(
    (row) =>
      /^\d{10}$/.test(row.account_number as string) &&
      row.service_point !== '' &&
      /^DS-[1-5]$/.test(row.rate_class as string),
  )
  const { line: _line, ...first } = kept[0] as Fields
  const unique = [
    ...new Map(
      kept.map((row) => [
        Object.keys(first)
          .map((key) => row[key])
          .join('|'),
        row,
      ]),
    ).values(),
  ]
  const ranges = readFileSync(boundary, 'utf8')
    .trimEnd()
    .split(/\r?\n/)
    .slice(1)
    .map((line) => line.split(','))
  const reasons: Record<string, number> = {
    'outside-boundary': 0,
    'boundary-unresolved': 0,
    'free-service': 0,
    'bundled-hold': 0,
    'over-15000-kwh': 0,
    hourly: 0,
    'other-supplier': 0,
    'electric-heat': 0,
  }
  const eligibility: Record<string, number> = { 'auto-enroll': 0, 'opt-in-only': 0, ineligible: 0, 'needs-review': 0 }
  const accounts = new Map<string, Fields[]>()
  for (const row of unique)
    accounts.set(row.account_number as string, [...(accounts.get(row.account_number as string) ?? []), row])
  for (const own of accounts.values()) {
    const found = new Set<string>()
    for (const row of own) {
      const [house = '', ...street] = (row.service_address as string).split(' ')
      const named = ranges.filter((range) => range[0] === street.join(' '))
      const side = Number(house) % 2 === 0 ? 'even' : 'odd'
      if (named.length === 0) found.add('boundary-unresolved')
      else if (
        !named.some(
          (range) =>
            Number(house) >= Number(range[1]) &&
            Number(house) <= Number(range[2]) &&
            (range[3] === 'both' || range[3] === side),
        )
      )
        found.add('outside-boundary')
      if (row.free_service === 'Y') found.add('free-service')
      if (row.electric_heat === 'Y') found.add('electric-heat')
      if (row.bundled_hold_until !== '' && (row.bundled_hold_until as string) >= asOf) found.add('bundled-hold')
      if (row.list === 'hourly') found.add('hourly')
      if (row.list === 'supplier') found.add('other-supplier')
    }
    const kwh = own.flatMap((row) =>
      Object.entries(row)
        .filter(([key]) => key.startsWith('kwh_'))
        .map(([, value]) => Number(value)),
    )
    if (own.some((row) => row.rate_class !== 'DS-1') && kwh.reduce((a, b) => a + b, 0) > 15_000)
      found.add('over-15000-kwh')
    for (const reason of found) reasons[reason] = (reasons[reason] as number) + 1
    const kind = ['outside-boundary', 'free-service', 'bundled-hold', 'over-15000-kwh'].some((reason) =>
      found.has(reason),
    )
      ? 'ineligible'
      : found.has('boundary-unresolved')
        ? 'needs-review'
        : found.size > 0
          ? 'opt-in-only'
          : 'auto-enroll'
    eligibility[kind] = (eligibility[kind] as number) + 1
  }
  return {
    rows: rows.length,
    accounts: accounts.size,
    servicePoints: unique.length,
    duplicateRows: kept.length - unique.length,
    problems: rows.filter((row) => !kept.includes(row)).map((row) => ({ file: row.file, line: Number(row.line) })),
    eligibility,
    reasons,
  }
}

describe('list review of the example', () => {
  test.each(['2027-01-11', '2027-03-31', '2027-04-01'])(
    'as of %s: every count is what a second reckoning finds',
    async (asOf) => {
      const ran = await listReview(
        '--plan',
        'mahomet',
        '--list',
        village,
        '--boundary',
        boundary,
        '--as-of',
        asOf,
        '--json',
      )
      expect(ran).toMatchObject({ stderr: '', exitCode: 0 })
      const result = JSON.parse(ran.stdout)
      const { problems, ...counts } = reckon(asOf)
      expect(Object.keys(result)).toEqual([
        'rows',
        'accounts',
        'servicePoints',
        'duplicateRows',
        'problems',
        'eligibility',
        'reasons',
      ])
      expect(result).toMatchObject(counts)
      expect(result.problems.map(({ file, line }: { file: string; line: number }) => ({ file, line }))).toEqual(
        problems,
      )
    },
  )

  test('a hold that ended changes the counts', () => {
    expect(reckon('2027-03-31').reasons['bundled-hold']).toBeGreaterThan(0)
    expect(reckon('2027-04-01').reasons['bundled-hold']).toBe(0)
  })

  test('each refused row has its file, its line, its code and a message that names nobody', async () => {
    const { stdout } = await listReview('--list', village, '--boundary', boundary, '--as-of', '2027-01-11', '--json')
    const { problems } = JSON.parse(stdout)
    expect(problems.map((problem: Fields) => [problem.file, problem.line, problem.code])).toEqual([
      ['utility-fixed-price.csv', 776, 'rate-class'],
      ['utility-fixed-price.csv', 1015, 'account-number'],
      ['utility-fixed-price.csv', 1277, 'account-number'],
      ['retail-supplier.csv', 286, 'account-number'],
    ])
    for (const problem of problems) {
      expect(Object.keys(problem)).toEqual(['file', 'line', 'code', 'message'])
      expect(problem.message).not.toMatch(/\d{5}|Brown|Marshall|Walker|Carter|Hall/)
    }
  })

  test('a person reads sentences: counts, findings with their clause, refused rows by file and line', async () => {
    const { stdout, exitCode } = await listReview('--list', village, '--boundary', boundary, '--as-of', '2027-01-11')
    expect(exitCode).toBe(0)
    expect(stdout).toContain('3270 rows = 3261 service points + 5 exact repeats + 4 refused rows')
    expect(stdout).toMatch(
      /369 {2}outside-boundary: ineligible, .*\(Mahomet plan, Determination of Eligible Customer Pool C\.1/,
    )
    expect(stdout).toContain('utility-fixed-price.csv:776  Rate class "DS1A" is not one of DS-1 to DS-5')
  })

  test('the same list in another layout gives the same result', async () => {
    const other = mkdtempSync(join(folder, 'other-'))
    const names = { fixed: 'FESTPREIS.TXT', supplier: 'ARES.TXT', hourly: 'RTP.TXT' }
    for (const kind of ['fixed', 'supplier', 'hourly'] as const) {
      const lines = fieldsOf(FILES[kind]).map((fields) =>
        Object.entries(fields)
          .map(([key, value]) => {
            if (key === 'electric_heat' || key === 'free_service' || key === 'pipp') return value === 'Y' ? 'X' : ''
            if (key === 'bundled_hold_until' || key === 'account_start')
              return value.replace(/^(\d+)-0?(\d+)-0?(\d+)$/, '$2/$3/$1')
            if (key === 'rate_class') return value.replace(/^DS-1$/, 'RES')
            return /[;"]/.test(value) ? `"${value.replaceAll('"', '""')}"` : value
          })
          .join(';'),
      )
      const header = Object.keys(fieldsOf(FILES[kind])[0] as Fields)
        .map((key) => (key === 'account_number' ? 'Acct No.' : key))
        .join(';')
      const text = [header, ...lines].join('\r\n').replaceAll('ễ', 'e')
      writeFileSync(join(other, names[kind]), iconv.encode(text, 'windows-1252'))
    }
    const mapping = join(folder, 'mapping.json')
    writeFileSync(
      mapping,
      JSON.stringify({
        files: names,
        delimiter: ';',
        encoding: 'windows-1252',
        dates: 'M/D/YYYY',
        yes: ['X'],
        rateClasses: { RES: 'DS-1' },
        columns: { account_number: 'Acct No.' },
      }),
    )
    const ran = await listReview(
      '--list',
      other,
      '--boundary',
      boundary,
      '--as-of',
      '2027-01-11',
      '--mapping',
      mapping,
      '--json',
    )
    expect(ran.stderr).toBe('')
    const { problems, ...counts } = JSON.parse(ran.stdout)
    const expected = reckon('2027-01-11')
    expect(counts).toEqual({ ...expected, problems: undefined })
    expect(problems.map((problem: { line: number }) => problem.line)).toEqual(
      expected.problems.map((problem) => problem.line),
    )
  })
})

describe('list review of what cannot be used ends in one sentence and exit code 2', () => {
  const good = ['--list', village, '--boundary', boundary, '--as-of', '2027-01-11']
  const without = (option: string, ...instead: string[]) => {
    const at = good.indexOf(option)
    return [...good.slice(0, at), ...instead, ...good.slice(at + 2)]
  }

  test.each([
    ['no list', without('--list'), '--list'],
    [
      'a list folder that is not there',
      without('--list', '--list', '/nowhere'),
      'The list folder /nowhere cannot be read',
    ],
    [
      'a folder without the lists',
      without('--list', '--list', projectRoot),
      'has no utility-fixed-price.csv or utility-fixed-price.xlsx',
    ],
    [
      'a boundary that is not there',
      without('--boundary', '--boundary', '/nowhere.csv'),
      '/nowhere.csv cannot be read',
    ],
    [
      'a list as boundary',
      without('--boundary', '--boundary', join(village, 'utility-hourly.csv')),
      'does not begin with the header line',
    ],
    ['a day that does not exist', without('--as-of', '--as-of', '2027-02-29'), '--as-of "2027-02-29" is not a day'],
    ['a plan that does not exist', [...good, '--plan', 'atlantis'], 'no plan "atlantis"'],
    ['a mapping that is not there', [...good, '--mapping', '/nowhere.json'], '/nowhere.json cannot be read'],
  ])('%s', async (_name, argv, message) => {
    const ran = await listReview(...argv, '--json')
    expect(ran).toMatchObject({ stdout: '', exitCode: 2 })
    expect(ran.stderr).toContain(message)
    expect(ran.stderr.trimEnd()).toMatch(/^[^\n]+\.$/)
  })
})
