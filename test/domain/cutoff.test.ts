import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { isBusinessDay } from '../../domain/business-calendar.js'
import { addDays } from '../../domain/civil-date.js'
import { cutoffFor, isInTimeForCutoff } from '../../domain/cutoff.js'
import { instant } from '../../domain/instant.js'
import { readPlan } from '../../persistence/plan-files.js'
import { CALENDAR_A, day } from './test-calendars.js'

const terms = { ...readPlan('mahomet'), calendar: CALENDAR_A }

describe('supplier FAQ and ruling R-012: seven calendar days before the anchor at 17:45, rolled back', () => {
  test.each([
    ['the end of a month: Saturday moves back to Friday', '2026-10-31', '2026-10-23', '2026-10-23T22:45:00Z'],
    ['the beginning of a month, in standard time', '2026-12-01', '2026-11-24', '2026-11-24T23:45:00Z'],
    [
      "an ordinary read: Presidents' Day has no EDI, so the Friday before",
      '2026-02-23',
      '2026-02-13',
      '2026-02-13T23:45:00Z',
    ],
    ['a Sunday moves back to Friday', '2026-03-15', '2026-03-06', '2026-03-06T23:45:00Z'],
    ['a day with EDI stays', '2026-03-16', '2026-03-09', '2026-03-09T22:45:00Z'],
    ['Juneteenth moves back a day', '2026-06-26', '2026-06-18', '2026-06-18T22:45:00Z'],
    ['Thanksgiving Friday moves back over the holiday', '2026-12-04', '2026-11-25', '2026-11-25T23:45:00Z'],
    ['New Year moves back into December', '2027-01-08', '2026-12-31', '2026-12-31T23:45:00Z'],
    ['an anchor early in January has its cut-off in the old year', '2027-01-05', '2026-12-29', '2026-12-29T23:45:00Z'],
    ['the last Friday before daylight time ends', '2026-11-07', '2026-10-30', '2026-10-30T22:45:00Z'],
    ['the first Monday after daylight time ends', '2026-11-09', '2026-11-02', '2026-11-02T23:45:00Z'],
  ])('%s', (_name, anchor, cutoffDate, cutoffAt) => {
    expect(cutoffFor(day(anchor), terms)).toEqual({ cutoffDate, cutoffAt })
  })

  test.each([
    ['one minute before', '2026-02-13T17:44:00-06:00', true],
    ['at 17:45:00.000 exactly', '2026-02-13T17:45:00.000-06:00', true],
    ['one millisecond after', '2026-02-13T17:45:00.001-06:00', false],
    ['one minute after', '2026-02-13T17:46:00-06:00', false],
    ['on the day between cut-off and holiday', '2026-02-14T09:00:00-06:00', false],
  ])('received %s', (_name, received, inTime) => {
    expect(isInTimeForCutoff(instant(received), cutoffFor(day('2026-02-23'), terms))).toBe(inTime)
  })

  test('no cut-off is later than seven days before its anchor, none lies on a day without EDI', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 730 }), (offset) => {
        const anchor = addDays(day('2026-01-01'), offset)
        const { cutoffDate } = cutoffFor(anchor, terms)
        expect(cutoffDate <= addDays(anchor, -7)).toBe(true)
        expect(isBusinessDay(CALENDAR_A, 'edi', cutoffDate)).toBe(true)
      }),
    )
  })
})
