import { describe, expect, test } from 'vitest'
import { calendarMonthAnchor, calendarMonthAnchors } from '../../domain/calendar-month-anchor.js'
import { day } from './test-calendars.js'

describe('supplier FAQ, calendar-month billing: the anchor is the month, not the read', () => {
  test.each([
    ['EOM', '2026-10-15', '2026-10-31'],
    ['EOM', '2026-02-01', '2026-02-28'],
    ['EOM', '2028-02-29', '2028-02-29'],
    ['BOM', '2026-12-31', '2026-12-01'],
    ['BOM', '2026-12-01', '2026-12-01'],
  ] as const)('%s in the month of %s is %s', (billing, inMonth, anchor) => {
    expect(calendarMonthAnchor(billing, day(inMonth))).toBe(anchor)
  })

  test('the middle of a month has no anchor: a person asks the utility', () => {
    expect(calendarMonthAnchor('MOM', day('2026-10-15'))).toBeNull()
    expect(calendarMonthAnchors('MOM', day('2026-10-15'), day('2026-12-15'))).toEqual([])
  })

  test('there is one anchor for each month touched, the first and the last included', () => {
    expect(calendarMonthAnchors('EOM', day('2026-12-31'), day('2027-02-01'))).toEqual([
      '2026-12-31',
      '2027-01-31',
      '2027-02-28',
    ])
    expect(calendarMonthAnchors('BOM', day('2026-12-31'), day('2027-02-01'))).toEqual([
      '2026-12-01',
      '2027-01-01',
      '2027-02-01',
    ])
  })
})
