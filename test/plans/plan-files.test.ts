import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { isBusinessDay } from '../../domain/business-calendar.js'
import { addDays, addMonths, dayOfWeek } from '../../domain/civil-date.js'
import { cutoffFor } from '../../domain/cutoff.js'
import { chooseAnchor } from '../../domain/read-choice.js'
import { atLocalTime } from '../../domain/instant.js'
import { FINDING_CODES } from '../../domain/plan.js'
import { rescissionWindow } from '../../domain/rescission-window.js'
import { responseWindow } from '../../domain/response-window.js'
import { InputFileError } from '../../persistence/input-file.js'
import { planIds, readPlan, readPlanCalendar } from '../../persistence/plan-files.js'
import { projectRoot } from '../../persistence/project-root.js'
import { CALENDAR_A, day } from '../domain/test-calendars.js'

const mahomet = readPlan('mahomet')

describe('the plan of Mahomet with the rules of Illinois and Ameren Illinois', () => {
  test('has the windows, the roll and the channels of Implementation Procedures E and G', () => {
    expect(mahomet.window.initial).toMatchObject({ value: 19, unit: 'calendar days' })
    expect(mahomet.window.renewal.value).toBe(14)
    expect(mahomet.window.addition.value).toBe(14)
    expect(mahomet.windowRoll.value).toBe('none')
    expect(mahomet.channels.value).toEqual(['card', 'phone', 'web', 'email', 'fax', 'counter'])
  })

  test('names an eligibility for every finding of list review', () => {
    expect(Object.keys(mahomet.eligibility).sort()).toEqual([...FINDING_CODES].sort())
  })

  test('keeps the 25 dollars as history and lets a notice name no fee', () => {
    expect(mahomet.fees.earlyTermination).toMatchObject({ value: 0, since: '2020-01-01', ruling: 'R-009' })
    expect(mahomet.fees.history).toMatchObject([{ value: 25, since: '2012-11-27', ruling: 'R-009' }])
  })

  test('handles every reject code of the utility', () => {
    const handling = Object.entries(mahomet.utility.rejectCodes).map(([code, entry]) => [code, entry.handling])
    expect(Object.fromEntries(handling)).toEqual({
      '008': 'terminal',
      A13: 'person',
      A76: 'person',
      ABN: 'already-submitted',
      API: 'our-error',
      DIV: 'reschedule',
      FRB: 'stop-batch',
      NFI: 'terminal',
      UND: 'stop-batch',
    })
  })

  test("is plain JSON, so that it can be recorded as a workflow's input", () => {
    expect(JSON.parse(JSON.stringify(mahomet))).toEqual(mahomet)
  })

  test('states its authority in the order in which it arose', () => {
    const days = mahomet.aggregator.authority.map((step) => step.on)
    expect([...days].sort()).toEqual(days)
    expect(mahomet.aggregator.authority.filter((step) => step.kind === 'hearing')).toHaveLength(2)
    expect(mahomet.aggregator.authority.find((step) => step.kind === 'referendum')?.on).toBe('2012-11-06')
  })
})

describe('the calendar of Ameren Illinois', () => {
  test('holds for 2026 and 2027 the days of the worked examples, EDI apart from billing', () => {
    for (const kind of ['billing', 'edi'] as const) {
      const twoYears = mahomet.calendar[kind].filter((date) => date >= '2026-01-01' && date <= '2027-12-31')
      expect(twoYears).toEqual(CALENDAR_A[kind])
    }
  })

  test('knows no Juneteenth in the edition of 2022, and one in that of 2023', () => {
    expect(isBusinessDay(mahomet.calendar, 'edi', day('2022-06-20'))).toBe(true)
    expect(isBusinessDay(mahomet.calendar, 'edi', day('2023-06-19'))).toBe(false)
    expect(isBusinessDay(mahomet.calendar, 'billing', day('2023-06-19'))).toBe(true)
  })

  test('has an edition with both lists for every year it covers, each list without weekends', () => {
    const { covers, billing, edi } = mahomet.calendar
    const first = covers?.first ?? ''
    const last = covers?.last ?? ''
    expect(first <= '2024-01-01' && last >= '2031-12-31').toBe(true)
    for (let year = Number(first.slice(0, 4)); year <= Number(last.slice(0, 4)); year++) {
      for (const days of [billing, edi]) {
        expect(days.filter((date) => date.startsWith(`${year}-`)).length).toBeGreaterThanOrEqual(6)
      }
    }
    expect([...billing, ...edi].filter((date) => dayOfWeek(date) >= 6)).toEqual([])
  })

  test('says that nobody vouches for it', () => {
    expect(mahomet.calendar.verified).toBe(false)
  })

  test('every clock has a value on the first of every month it covers', () => {
    for (let first = day('2022-01-01'); first < day('2036-11-01'); first = addMonths(first, 1)) {
      expect(responseWindow(first, 'initial', mahomet).deadline).toBe(addDays(first, 19))
      expect(rescissionWindow(first, mahomet).lastDay >= addDays(first, 10)).toBe(true)
      expect(cutoffFor(first, mahomet).cutoffDate <= addDays(first, -7)).toBe(true)
      expect(chooseAnchor('EOM', [], atLocalTime(mahomet.zone, first, '08:00'), mahomet).kind).toBe('read')
    }
  })
})

describe('a plan file that is wrong', () => {
  let root: string
  beforeAll(() => {
    root = mkdtempSync(join(tmpdir(), 'plans-'))
  })
  afterAll(() => rmSync(root, { recursive: true, force: true }))

  const PROGRAM = 'programs/mahomet'
  const cases: [string, string, string | RegExp, string, string][] = [
    [
      'an unknown field',
      PROGRAM,
      'dataRequestReminder:',
      'surprise: 1\ndataRequestReminder:',
      'unrecognized key: "surprise"',
    ],
    ['a misspelt field within a value', PROGRAM, 'unit: people, cite:', 'unit: people, cites:', 'listSignatures'],
    [
      'a text where a number belongs',
      PROGRAM,
      'initial: { value: 19',
      'initial: { value: nineteen',
      'window.initial.value',
    ],
    ['a window of no days', PROGRAM, 'initial: { value: 19', 'initial: { value: 0', 'window.initial.value'],
    ['half a day', PROGRAM, 'mailGraceDays: { value: 7', 'mailGraceDays: { value: 7.5', 'mailGraceDays.value'],
    [
      'a value without a clause',
      PROGRAM,
      "unit: people, cite: 'Mahomet plan, Role of the Village D', ",
      'unit: people, ',
      'listSignatures.cite',
    ],
    ['a day that does not exist', PROGRAM, 'on: 2012-11-06', 'on: 2012-11-31', 'aggregator.authority.1.on'],
    ['a finding left out', PROGRAM, /\n {2}electric-heat:[\s\S]*?R-007\n/, '\n', 'eligibility.electric-heat'],
    ['a finding nobody knows', PROGRAM, '  electric-heat:', '  solar-roof:', 'eligibility'],
    ['an unknown time zone', PROGRAM, 'zone: America/Chicago', 'zone: America/Springfield', 'zone'],
    ['a time without quotes', PROGRAM, "value: '08:00'", 'value: 8', 'submissionAt.value'],
    ['a key given twice', PROGRAM, 'state: illinois', 'state: illinois\nstate: illinois', 'is not YAML at line'],
    ['broken punctuation', PROGRAM, 'aggregator:', 'aggregator: [', 'is not YAML at line'],
    ["an id that is not the file's name", PROGRAM, 'id: mahomet', 'id: mahomett', 'wrong at id'],
    ['a state that has no file', PROGRAM, 'state: illinois', 'state: ohio', 'plans/states/ohio.yaml'],
    [
      'an unknown handling of a reject',
      'utilities/ameren-illinois',
      'handling: stop-batch',
      'handling: shrug',
      'rejectCodes.FRB.handling',
    ],
    [
      'a lead shorter than the cut-off',
      'utilities/ameren-illinois',
      'maxLeadDays: { value: 45',
      'maxLeadDays: { value: 7',
      'maxLeadDays',
    ],
    ['a ruling without its number', 'states/illinois', 'ruling: R-015', 'ruling: R-15', 'commissionFilingDays.ruling'],
    [
      'a weekend day among the closed days',
      'calendars/ameren-illinois',
      '2026-07-03: Ind',
      '2026-07-04: Ind',
      'editions.4.billing',
    ],
    ['a day of another year', 'calendars/ameren-illinois', '2026-01-01: New', '2027-01-01: New', 'editions.4'],
    ['a year left out', 'calendars/ameren-illinois', 'year: 2036', 'year: 2037', 'editions'],
  ]
  test.each(cases)(
    '%s is refused in one sentence that names the file and the place',
    (_name, file, from, to, expected) => {
      cpSync(join(projectRoot, 'plans'), join(root, 'plans'), { recursive: true })
      const path = join(root, 'plans', `${file}.yaml`)
      const before = readFileSync(path, 'utf8')
      const after = before.replace(from, to)
      expect(after).not.toBe(before)
      writeFileSync(path, after)
      let message = ''
      try {
        readPlan('mahomet', { root })
      } catch (error) {
        expect(error).toBeInstanceOf(InputFileError)
        message = (error as Error).message
      }
      expect(message).toContain(expected)
      expect(message).toMatch(/^The plan file \S*plans\/[a-z]+\/[a-z-]+\.yaml .*\.$/)
      expect(message).not.toContain('\n')
    },
  )

  test('an unchanged copy elsewhere gives the same plan', () => {
    cpSync(join(projectRoot, 'plans'), join(root, 'plans'), { recursive: true })
    expect(readPlan('mahomet', { root })).toEqual(mahomet)
    expect(planIds({ root })).toEqual(planIds())
  })

  test.each(['nowhere', '', '../states/illinois', 'mahomet.yaml'])(
    'there is no plan "%s", and the sentence names those there are',
    (id) => {
      expect(() => readPlan(id)).toThrow(/^There is no plan ".*" in plans\/programs; choose one of: .*mahomet.*\.$/)
    },
  )

  test('a closed day more makes another version of the calendar, the same days the same one', () => {
    cpSync(join(projectRoot, 'plans'), join(root, 'plans'), { recursive: true })
    const path = join(root, 'plans/calendars/ameren-illinois.yaml')
    expect(readPlanCalendar('ameren-illinois', { root }).version).toBe(mahomet.calendar.version)
    writeFileSync(path, readFileSync(path, 'utf8').replace('2026-07-03: Ind', '2026-07-02: eve\n      2026-07-03: Ind'))
    expect(readPlanCalendar('ameren-illinois', { root }).version).not.toBe(mahomet.calendar.version)
  })
})
