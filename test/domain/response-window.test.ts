import { describe, expect, test } from 'vitest'
import { addMonths, daysBetween } from '../../domain/civil-date.js'
import { dateIn, isBefore } from '../../domain/instant.js'
import {
  closesAt,
  honouredDeadline,
  printedDeadline,
  replyDeadline,
  responseWindow,
} from '../../domain/response-window.js'
import type { Occasion } from '../../domain/response-window.js'
import { readPlan } from '../../persistence/plan-files.js'
import { CALENDAR_A, day } from './test-calendars.js'

const terms = { ...readPlan('mahomet'), calendar: CALENDAR_A }

describe('Mahomet, Implementation Procedures E.3, G.1 and G.3: duration of the opt-out period', () => {
  const cases: [string, Occasion, string, string, string][] = [
    [
      'a first notice has nineteen days, though the clocks change in between',
      'initial',
      '2026-03-02',
      '2026-03-21',
      '2026-03-22T05:00:00Z',
    ],
    [
      'a renewal notice has fourteen days, though the clocks change in between',
      'renewal',
      '2027-03-10',
      '2027-03-24',
      '2027-03-25T05:00:00Z',
    ],
    [
      'a new account has fourteen days, and Thanksgiving does not stretch them',
      'addition',
      '2026-11-12',
      '2026-11-26',
      '2026-11-27T06:00:00Z',
    ],
    [
      'the day on which daylight time begins ends at 05:00 UTC',
      'initial',
      '2026-02-17',
      '2026-03-08',
      '2026-03-09T05:00:00Z',
    ],
    ['the day before it ends at 06:00 UTC', 'initial', '2026-02-16', '2026-03-07', '2026-03-08T06:00:00Z'],
    [
      'the day on which daylight time ends closes at 06:00 UTC',
      'initial',
      '2026-10-13',
      '2026-11-01',
      '2026-11-02T06:00:00Z',
    ],
    ['the day before it closes at 05:00 UTC', 'initial', '2026-10-12', '2026-10-31', '2026-11-01T05:00:00Z'],
    ['a window crosses the turn of the year', 'initial', '2026-12-20', '2027-01-08', '2027-01-09T06:00:00Z'],
    ['a window ends on the leap day', 'initial', '2028-02-10', '2028-02-29', '2028-03-01T06:00:00Z'],
  ]
  test.each(cases)('%s', (_name, occasion, evidence, deadline, closes) => {
    expect(responseWindow(day(evidence), occasion, terms)).toEqual({ deadline, closesAt: closes })
  })

  test('the last instant of the last day is inside and local midnight is not', () => {
    const { closesAt: closes } = responseWindow(day('2026-03-02'), 'initial', terms)
    expect(dateIn(terms.zone, closes)).toBe('2026-03-22')
    expect(isBefore('2026-03-22T04:59:59.999999999Z' as typeof closes, closes)).toBe(true)
    expect(isBefore('2026-03-22T05:00:00Z' as typeof closes, closes)).toBe(false)
  })
})

describe('ruling R-002: how a last day rolls', () => {
  test.each([
    ['2026-03-02', 19, 'none', '2026-03-21'],
    ['2026-03-02', 19, 'sundayOnly', '2026-03-21'],
    ['2026-03-02', 19, 'nextBusinessDay', '2026-03-23'],
    ['2026-01-30', 30, 'none', '2026-03-01'],
    ['2026-01-30', 30, 'sundayOnly', '2026-03-02'],
    ['2026-01-30', 30, 'nextBusinessDay', '2026-03-02'],
    ['2026-11-12', 14, 'none', '2026-11-26'],
    ['2026-11-12', 14, 'nextBusinessDay', '2026-11-30'],
    // a day without EDI is a billing day, so a window does not roll over it
    ['2026-06-05', 14, 'nextBusinessDay', '2026-06-19'],
    ['2026-03-02', 0, 'none', '2026-03-02'],
  ] as const)('from %s, %i days, %s: %s', (from, days, mode, deadline) => {
    expect(replyDeadline(day(from), days, mode, CALENDAR_A)).toBe(deadline)
  })

  test('an opt-in window of thirty days that ends on a Sunday closes at 06:00 UTC', () => {
    expect(closesAt('America/Chicago', day('2026-03-01'))).toBe('2026-03-02T06:00:00Z')
  })

  test("the zone is the plan's, not the machine's", () => {
    expect(closesAt('America/New_York', day('2026-03-21'))).toBe('2026-03-22T04:00:00Z')
  })
})

describe('ruling R-003: the printed deadline', () => {
  test('it is counted from the planned mailing date like the clock itself', () => {
    expect(printedDeadline(day('2026-03-02'), 'initial', terms)).toBe('2026-03-21')
  })

  test.each([
    ['evidence later than planned: the computed day is honoured', '2026-03-04', '2026-03-23'],
    ['evidence as planned: both are the same day', '2026-03-02', '2026-03-21'],
    ['evidence earlier than planned: the printed day is honoured', '2026-02-27', '2026-03-21'],
  ])('%s', (_name, evidence, deadline) => {
    expect(responseWindow(day(evidence), 'initial', terms, day('2026-03-21')).deadline).toBe(deadline)
  })

  test('the later of two days is honoured in either order', () => {
    expect(honouredDeadline(day('2026-03-21'), day('2026-03-23'))).toBe('2026-03-23')
    expect(honouredDeadline(day('2026-03-23'), day('2026-03-21'))).toBe('2026-03-23')
  })
})

describe('over the life of the plan', () => {
  test('from the first of every month every window is exactly as long as its clause says and ends at midnight', () => {
    for (let from = day('2012-12-01'); from < day('2040-01-01'); from = addMonths(from, 1)) {
      for (const occasion of ['initial', 'renewal', 'addition'] as const) {
        const window = responseWindow(from, occasion, terms)
        expect(daysBetween(from, window.deadline)).toBe(terms.window[occasion].value)
        expect(window.closesAt).toMatch(/T0[56]:00:00Z$/)
        expect(dateIn(terms.zone, window.closesAt) > window.deadline).toBe(true)
      }
    }
  })
})
