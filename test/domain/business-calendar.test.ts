import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  addBusinessDays,
  isBusinessDay,
  nextBusinessDay,
  previousBusinessDay,
  roll,
} from '../../domain/business-calendar.js'
import { addDays, dayOfWeek, daysBetween } from '../../domain/civil-date.js'
import type { CivilDate } from '../../domain/civil-date.js'
import type { Calendar, RollMode } from '../../domain/plan.js'
import { CALENDAR_A, day } from './test-calendars.js'

const START = day('2024-01-01')
const anyDay = fc.integer({ min: 0, max: 3 * 366 }).map((days) => addDays(START, days))
const anyCalendar: fc.Arbitrary<Calendar> = fc
  .tuple(fc.array(anyDay, { maxLength: 60 }), fc.array(anyDay, { maxLength: 60 }))
  .map(([billing, edi]) => ({ id: 'any', version: '1', billing, edi }))
const anyKind = fc.constantFrom('billing' as const, 'edi' as const)
const anyCase = fc.tuple(anyCalendar, anyKind, anyDay)

describe('business days of a calendar', () => {
  test.each([
    ['a weekday in neither list', '2026-02-17', true, true],
    ['a Saturday', '2026-02-14', false, false],
    ['a Sunday', '2026-02-15', false, false],
    ['a holiday in both lists', '2026-11-26', false, false],
    ["Presidents' Day: meters are read, no EDI is processed", '2026-02-16', true, false],
    ['Juneteenth: meters are read, no EDI is processed', '2026-06-19', true, false],
  ])('%s', (_name, date, billing, edi) => {
    expect(isBusinessDay(CALENDAR_A, 'billing', day(date))).toBe(billing)
    expect(isBusinessDay(CALENDAR_A, 'edi', day(date))).toBe(edi)
  })

  test('a business day is its own next and previous one', () => {
    expect(nextBusinessDay(CALENDAR_A, 'billing', day('2026-11-25'))).toBe('2026-11-25')
    expect(previousBusinessDay(CALENDAR_A, 'billing', day('2026-11-25'))).toBe('2026-11-25')
  })

  test('the chain Thanksgiving, Friday, weekend is crossed whole in both directions', () => {
    expect(nextBusinessDay(CALENDAR_A, 'billing', day('2026-11-26'))).toBe('2026-11-30')
    expect(previousBusinessDay(CALENDAR_A, 'billing', day('2026-11-29'))).toBe('2026-11-25')
  })

  test('the turn of the year is crossed', () => {
    expect(nextBusinessDay(CALENDAR_A, 'billing', day('2027-01-01'))).toBe('2027-01-04')
    expect(previousBusinessDay(CALENDAR_A, 'billing', day('2027-01-03'))).toBe('2026-12-31')
  })
})

describe('counting business days', () => {
  test.each([
    ['the day itself is not counted', '2026-03-02', 1, '2026-03-03'],
    ['zero leaves even a closed day where it is', '2026-03-01', 0, '2026-03-01'],
    ['a new account is announced three business days before its set-up', '2026-05-26', -3, '2026-05-20'],
    ['a cure period of seven business days crosses Christmas', '2026-12-16', 7, '2026-12-29'],
    ['from a Saturday the first business day is Monday', '2026-03-07', 1, '2026-03-09'],
    ['back from a Sunday the first business day is Friday', '2026-03-08', -1, '2026-03-06'],
  ])('%s', (_name, from, count, expected) => {
    expect(addBusinessDays(CALENDAR_A, 'billing', day(from), count)).toBe(expected)
  })
})

describe('roll of a last day', () => {
  const cases: [string, string, RollMode, string][] = [
    ['none leaves a Saturday', '2026-03-21', 'none', '2026-03-21'],
    ['sundayOnly leaves a Saturday', '2026-03-21', 'sundayOnly', '2026-03-21'],
    ['nextBusinessDay moves a Saturday to Monday', '2026-03-21', 'nextBusinessDay', '2026-03-23'],
    ['none leaves a Sunday', '2026-03-01', 'none', '2026-03-01'],
    ['sundayOnly moves a Sunday to Monday', '2026-03-01', 'sundayOnly', '2026-03-02'],
    ['nextBusinessDay moves a Sunday to Monday', '2026-03-01', 'nextBusinessDay', '2026-03-02'],
    ['sundayOnly leaves a holiday', '2026-11-26', 'sundayOnly', '2026-11-26'],
    ['nextBusinessDay moves Thanksgiving over the long weekend', '2026-11-26', 'nextBusinessDay', '2026-11-30'],
    ['sundayOnly moves a Sunday even onto a holiday', '2027-07-04', 'sundayOnly', '2027-07-05'],
    ['nextBusinessDay moves past a holiday on Monday', '2027-07-04', 'nextBusinessDay', '2027-07-06'],
  ]
  test.each(cases)('%s', (_name, date, mode, expected) => {
    expect(roll(CALENDAR_A, 'billing', day(date), mode)).toBe(expected)
  })
})

describe('every calendar whatever', () => {
  test('the next business day is open, not earlier, and nothing open lies in between', () => {
    fc.assert(
      fc.property(anyCase, ([calendar, kind, date]) => {
        const next = nextBusinessDay(calendar, kind, date)
        expect(isBusinessDay(calendar, kind, next)).toBe(true)
        expect(next >= date).toBe(true)
        for (let between = date; between < next; between = addDays(between, 1)) {
          expect(isBusinessDay(calendar, kind, between)).toBe(false)
        }
        expect(nextBusinessDay(calendar, kind, next)).toBe(next)
      }),
    )
  })

  test('the previous business day is open, not later, and nothing open lies in between', () => {
    fc.assert(
      fc.property(anyCase, ([calendar, kind, date]) => {
        const previous = previousBusinessDay(calendar, kind, date)
        expect(isBusinessDay(calendar, kind, previous)).toBe(true)
        expect(previous <= date).toBe(true)
        for (let between = addDays(previous, 1); between <= date; between = addDays(between, 1)) {
          expect(isBusinessDay(calendar, kind, between)).toBe(false)
        }
      }),
    )
  })

  test('never lands on a closed day', () => {
    fc.assert(
      fc.property(anyCase, fc.integer({ min: -40, max: 40 }), ([calendar, kind, date], count) => {
        fc.pre(count !== 0)
        expect(isBusinessDay(calendar, kind, addBusinessDays(calendar, kind, date, count))).toBe(true)
      }),
    )
  })

  test('counting forth and back comes home to a business day', () => {
    fc.assert(
      fc.property(anyCase, fc.integer({ min: -40, max: 40 }), ([calendar, kind, date], count) => {
        const home = nextBusinessDay(calendar, kind, date)
        expect(addBusinessDays(calendar, kind, addBusinessDays(calendar, kind, home, count), -count)).toBe(home)
      }),
    )
  })

  test('counting in two steps equals counting in one', () => {
    const steps = fc.integer({ min: 0, max: 20 })
    fc.assert(
      fc.property(anyCase, steps, steps, ([calendar, kind, date], first, second) => {
        const twice = addBusinessDays(calendar, kind, addBusinessDays(calendar, kind, date, first), second)
        expect(twice).toBe(addBusinessDays(calendar, kind, date, first + second))
      }),
    )
  })

  test('a later day never rolls to an earlier one', () => {
    const anyMode = fc.constantFrom<RollMode>('none', 'sundayOnly', 'nextBusinessDay')
    fc.assert(
      fc.property(anyCase, anyMode, ([calendar, kind, date], mode) => {
        const here = roll(calendar, kind, date, mode)
        expect(here >= date).toBe(true)
        expect(roll(calendar, kind, addDays(date, 1), mode) >= here).toBe(true)
      }),
    )
  })

  test('the number of business days equals a plain count over the days', () => {
    fc.assert(
      fc.property(anyCase, fc.integer({ min: 1, max: 40 }), ([calendar, kind, date], count) => {
        const end = addBusinessDays(calendar, kind, date, count)
        const closed = new Set<CivilDate>(calendar[kind])
        let open = 0
        for (let offset = 1; offset <= daysBetween(date, end); offset++) {
          const at = addDays(date, offset)
          if (dayOfWeek(at) < 6 && !closed.has(at)) open += 1
        }
        expect(open).toBe(count)
      }),
    )
  })
})
