import { execFile } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest'
import { main } from '../../cli/meterhall.js'
import { projectRoot } from '../../persistence/project-root.js'

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
let calendar: string
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'calc-'))
  calendar = file(
    'calendar.json',
    JSON.stringify({ billing: ['2026-11-26', '2026-11-27', '2026-12-24', '2026-12-25'], edi: ['2026-02-16'] }),
  )
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

function file(name: string, text: string | Buffer): string {
  const path = join(folder, name)
  writeFileSync(path, text)
  return path
}

describe('calc --json prints exactly the keys promised', () => {
  const cases: [string, object][] = [
    ['window --from 2026-03-02 --days 19', { deadline: '2026-03-21', closesAt: '2026-03-22T05:00:00Z' }],
    ['window --from 2026-03-02 --days 19 --roll none', { deadline: '2026-03-21', closesAt: '2026-03-22T05:00:00Z' }],
    ['window --from 2026-03-02 --days 19 --roll next', { deadline: '2026-03-23', closesAt: '2026-03-24T05:00:00Z' }],
    ['window --from 2026-03-02 --days 19 --roll sunday', { deadline: '2026-03-21', closesAt: '2026-03-22T05:00:00Z' }],
    ['window --from 2026-01-30 --days 30 --roll sunday', { deadline: '2026-03-02', closesAt: '2026-03-03T06:00:00Z' }],
    ['window --from 2027-03-10 --days 14', { deadline: '2027-03-24', closesAt: '2027-03-25T05:00:00Z' }],
    ['window --from 2026-11-12 --days 14 --roll next', { deadline: '2026-11-30', closesAt: '2026-12-01T06:00:00Z' }],
    ['window --from 2026-11-12 --days 0', { deadline: '2026-11-12', closesAt: '2026-11-13T06:00:00Z' }],
    ['rescission --processed 2026-04-15', { lastDay: '2026-04-27', closesAt: '2026-04-28T05:00:00Z' }],
    ['rescission --processed 2026-04-15 --roll none', { lastDay: '2026-04-25', closesAt: '2026-04-26T05:00:00Z' }],
    ['rescission --processed 2026-04-15 --days 9', { lastDay: '2026-04-24', closesAt: '2026-04-25T05:00:00Z' }],
    ['cutoff --anchor 2026-10-31', { cutoffDate: '2026-10-23', cutoffAt: '2026-10-23T22:45:00Z' }],
    ['cutoff --anchor 2026-12-01', { cutoffDate: '2026-11-24', cutoffAt: '2026-11-24T23:45:00Z' }],
    ['cutoff --anchor 2026-02-23', { cutoffDate: '2026-02-13', cutoffAt: '2026-02-13T23:45:00Z' }],
    [
      'cutoff --anchor 2026-02-23 --days 6 --at 09:30:15',
      { cutoffDate: '2026-02-17', cutoffAt: '2026-02-17T15:30:15Z' },
    ],
    ['billing-window --read 2026-12-29', { start: '2026-12-23', end: '2026-12-30' }],
  ]
  test.each(cases)('%s', async (line, expected) => {
    const { stdout, stderr, exitCode } = await meterhall('calc', ...line.split(' '), '--json')
    expect(stdout).toBe(`${JSON.stringify(expected)}\n`)
    expect(stderr).toBe('')
    expect(exitCode).toBe(0)
  })

  test.each([
    ['--channel card --postmark 2026-03-21 --received 2026-03-30T09:00:00-05:00', 'timely'],
    ['--channel card --postmark 2026-03-22 --received 2026-03-30T09:00:00-05:00', 'late'],
    ['--channel card --postmark 2026-03-22 --received 2026-03-21T09:00:00-05:00', 'needs-a-person'],
    ['--channel card --received 2026-03-24T23:59:59-05:00', 'timely'],
    ['--channel card --received 2026-03-25T05:00:00Z', 'late'],
    ['--channel web --received 2026-03-22T04:59:59Z', 'timely'],
    ['--channel web --received 2026-03-22T05:00:00Z', 'late'],
    ['--channel counter --postmark 2026-03-20 --received 2026-03-22T00:00:00-05:00', 'late'],
  ])('judge %s: %s', async (line, verdict) => {
    const { stdout, exitCode } = await meterhall(
      'calc',
      'judge',
      '--deadline',
      '2026-03-21',
      ...line.split(' '),
      '--json',
    )
    const judgement = JSON.parse(stdout) as Record<string, string>
    expect(Object.keys(judgement)).toEqual(['verdict', 'why', 'clause'])
    expect(judgement.verdict).toBe(verdict)
    expect(exitCode).toBe(0)
  })

  test("a calendar file takes the place of the plan's: billing for windows, edi for cut-offs", async () => {
    const ask = async (line: string) =>
      JSON.parse((await meterhall('calc', ...line.split(' '), '--calendar', calendar, '--json')).stdout) as object
    expect(await ask('window --from 2026-11-12 --days 14 --roll next')).toMatchObject({ deadline: '2026-11-30' })
    expect(await ask('billing-window --read 2026-12-29')).toEqual({ start: '2026-12-23', end: '2026-12-30' })
    expect(await ask('cutoff --anchor 2026-02-23')).toMatchObject({ cutoffDate: '2026-02-13' })
    // Thanksgiving is closed for billing only in this file
    expect(await ask('cutoff --anchor 2026-12-03')).toMatchObject({ cutoffDate: '2026-11-26' })
    // Labor Day is in neither list
    expect(await ask('window --from 2026-08-19 --days 19 --roll next')).toMatchObject({ deadline: '2026-09-07' })
  })

  test('--json may stand before, between or after', async () => {
    const line = ['window', '--from', '2026-03-02', '--days', '19']
    const after = await meterhall('calc', ...line, '--json')
    expect(await meterhall('--json', 'calc', ...line)).toEqual(after)
    expect(await meterhall('calc', '--json', ...line)).toEqual(after)
    expect(await meterhall('calc', 'window', '--json', ...line.slice(1))).toEqual(after)
  })
})

describe('calc for a person', () => {
  test.each([
    ['window --from 2026-03-02 --days 19', 'Saturday 2026-03-21', 'Implementation Procedures E.3 (ruling R-002)'],
    ['rescission --processed 2026-04-15', 'Monday 2026-04-27', 'ruling R-011'],
    ['cutoff --anchor 2026-10-31', 'Friday 2026-10-23 at 17:45', 'ruling R-012'],
    ['billing-window --read 2026-12-29', 'Wednesday 2026-12-23 through Wednesday 2026-12-30', 'billing window'],
    ['judge --deadline 2026-03-21 --channel web --received 2026-03-22T00:00:00-05:00', 'late: ', 'ruling R-004'],
  ])('%s answers in sentences with the clause', async (line, answer, clause) => {
    const { stdout, exitCode } = await meterhall('calc', ...line.split(' '))
    expect(stdout).toContain(answer)
    expect(stdout).toContain(clause)
    expect(exitCode).toBe(0)
  })

  test("a year the plan's calendar does not cover is answered with a remark on stderr", async () => {
    const { stdout, stderr, exitCode } = await meterhall('calc', 'billing-window', '--read', '2050-12-27', '--json')
    expect(JSON.parse(stdout)).toEqual({ start: '2050-12-23', end: '2050-12-28' })
    expect(stderr).toMatch(/^The calendar ameren-illinois covers .*\n$/)
    expect(exitCode).toBe(0)
  })

  test('--help lists every option of a command', async () => {
    const { stdout, exitCode } = await meterhall('calc', 'window', '--help')
    for (const option of ['--from', '--days', '--roll', '--calendar', '--plan', '--json'])
      expect(stdout).toContain(option)
    expect(exitCode).toBe(0)
  })

  test('without arguments the verbs are listed', async () => {
    const { stdout, exitCode } = await meterhall()
    for (const verb of ['calc', 'list', 'edi', 'rehearse']) expect(stdout).toContain(verb)
    expect(exitCode).toBe(0)
  })
})

describe('what is wrong ends in one sentence, exit code 2 and nothing on stdout', () => {
  const lines: [string, string][] = [
    ['calc window --from 2026-02-29 --days 19', '--from "2026-02-29"'],
    ['calc window --from 2026-3-2 --days 19', '--from "2026-3-2"'],
    ['calc window --from 9999-12-31 --days 19', '--from "9999-12-31"'],
    ['calc window --from 2026-03-02 --days -1', '--days "-1"'],
    ['calc window --from 2026-03-02 --days 1.5', '--days "1.5"'],
    ['calc window --from 2026-03-02 --days nineteen', '--days "nineteen"'],
    ['calc window --from 2026-03-02 --days 19 --roll later', '--roll "later"'],
    ['calc window --from 2026-03-02 --days 19 --plan springfield', '"springfield"'],
    ['calc window --from 2026-03-02 --days 19 --colour red', '--colour'],
    ['calc window --from 2026-03-02 --days 19 more', 'Too many arguments'],
    ['calc window --from 2026-03-02', '--days'],
    ['calc window --from 2026-03-02 --days', '--days'],
    ['calc window --days 19', '--from'],
    ['calc rescission --processed today', '--processed "today"'],
    ['calc cutoff --anchor 2026-10-31 --at 25:00', '--at "25:00"'],
    ['calc cutoff --anchor 2026-10-31 --at 5:45pm', '--at "5:45pm"'],
    ['calc billing-window --read 2026-13-01', '--read "2026-13-01"'],
    ['calc judge --deadline 2026-03-21 --channel pigeon --received 2026-03-21T12:00:00Z', '--channel "pigeon"'],
    ['calc judge --deadline 2026-03-21 --channel web --received 2026-03-21T12:00:00', '--received'],
    ['calc judge --deadline 2026-03-21 --channel web --received 2026-03-21', '--received'],
    [
      'calc judge --deadline 2026-03-21 --channel card --postmark 2026-04-31 --received 2026-03-21T12:00:00Z',
      '--postmark',
    ],
    ['calc', 'No command'],
    ['calc windows', 'windows'],
    ['clac', 'clac'],
  ]
  test.each(lines)('%s', async (line, named) => {
    for (const json of [[], ['--json']]) {
      const { stdout, stderr, exitCode } = await meterhall(...line.split(' '), ...json)
      expect(stdout).toBe('')
      expect(stderr).toContain(named)
      expect(stderr).toMatch(/^[^\n]+\.\n$/)
      expect(exitCode).toBe(2)
    }
  })

  const files: [string, string | Buffer][] = [
    ['a list left out', '{"billing":[]}'],
    ['a day that does not exist', '{"billing":["2026-02-30"],"edi":[]}'],
    ['a number for a day', '{"billing":[20260101],"edi":[]}'],
    ['a list within a list', '{"billing":[["2026-01-01"]],"edi":[]}'],
    ['an unknown field', '{"billing":[],"edi":[],"bank":[]}'],
    ['a list at its top', '[]'],
    ['null', 'null'],
    ['half a document', '{"billing":["2026-01-01"'],
    ['nothing', ''],
    ['bytes that are no UTF-8', Buffer.from([0x7b, 0xff, 0x7d])],
  ]
  test.each(files)('a calendar file with %s', async (_name, text) => {
    const path = file('wrong.json', text)
    const { stdout, stderr, exitCode } = await meterhall(
      'calc',
      'window',
      '--from',
      '2026-03-02',
      '--days',
      '19',
      '--calendar',
      path,
    )
    expect(stdout).toBe('')
    expect(stderr).toMatch(/^The calendar file \S+wrong\.json [^\n]+\.\n$/)
    expect(exitCode).toBe(2)
  })

  test('a calendar file that does not exist, or is a folder', async () => {
    for (const path of [join(folder, 'none.json'), folder]) {
      const { stdout, stderr, exitCode } = await meterhall(
        'calc',
        'billing-window',
        '--read',
        '2026-12-29',
        '--calendar',
        path,
      )
      expect(stdout).toBe('')
      expect(stderr).toMatch(/^The calendar file \S+ cannot be read [^\n]+\.\n$/)
      expect(exitCode).toBe(2)
    }
  })

  test('a calendar file with a byte order mark, repeats and any order is fine', async () => {
    const path = file('odd.json', '\uFEFF{"edi":[],"billing":["2026-03-24","2026-03-23","2026-03-23","2026-03-21"]}')
    const { stdout } = await meterhall(
      'calc',
      'window',
      '--from',
      '2026-03-02',
      '--days',
      '19',
      '--roll',
      'next',
      '--calendar',
      path,
      '--json',
    )
    expect(JSON.parse(stdout)).toEqual({ deadline: '2026-03-25', closesAt: '2026-03-26T05:00:00Z' })
  })
})

describe('the command as installed', () => {
  const run = promisify(execFile)
  const bin = join(projectRoot, 'bin/meterhall.mjs')

  test('answers from any folder and loads neither the SDK nor the store', async () => {
    const loaded = file(
      'loaded.mjs',
      `
      import { register } from 'node:module'
      register('data:text/javascript,' + encodeURIComponent(
        'export async function resolve(name, context, next) { const found = await next(name, context); ' +
        'if (/node_modules.(@temporalio|@electric-sql|pg|kysely|zod|yaml|pdfkit)/.test(found.url)) console.error(found.url); return found }'))
    `,
    )
    const line = ['calc', 'window', '--from', '2026-03-02', '--days', '19', '--json']
    await run(process.execPath, [bin, ...line], { cwd: folder })
    const { stdout, stderr } = await run(process.execPath, ['--import', loaded, bin, ...line], { cwd: folder })
    expect(JSON.parse(stdout)).toEqual({ deadline: '2026-03-21', closesAt: '2026-03-22T05:00:00Z' })
    expect(stderr).toBe('')
  })

  test('a reader that stops reading is no failure', async () => {
    const piped = await run('bash', [
      '-c',
      `set -o pipefail; "$0" "$1" calc window --help | true`,
      process.execPath,
      bin,
    ])
    expect(piped).toMatchObject({ stdout: '', stderr: '' })
  })

  test('gives exit code 2 to its caller', async () => {
    const failed = await run(process.execPath, [bin, 'calc', 'window', '--from', 'x', '--days', '1']).catch(
      (error) => error as { code: number; stdout: string },
    )
    expect(failed).toMatchObject({ code: 2, stdout: '' })
  })
})
