import { describe, expect, test } from 'vitest'
import { billingWindow, isInBillingWindow } from '../../domain/billing-window.js'
import { readPlan } from '../../persistence/plan-files.js'
import { CALENDAR_A, day } from './test-calendars.js'

const terms = { ...readPlan('mahomet'), calendar: CALENDAR_A }

describe('supplier FAQ, billing window: two business days before the scheduled read to one after', () => {
  test.each([
    ['in an ordinary week', '2026-03-04', '2026-03-02', '2026-03-05'],
    ['Christmas Eve and Christmas are not counted', '2026-12-29', '2026-12-23', '2026-12-30'],
    ['a Monday reaches back to Thursday', '2026-03-09', '2026-03-05', '2026-03-10'],
    ['a Friday reaches forth to Monday', '2026-03-13', '2026-03-11', '2026-03-16'],
    ['the day before Thanksgiving reaches forth over the long weekend', '2026-11-25', '2026-11-23', '2026-11-30'],
    ['the first business day of the year reaches back into the old one', '2027-01-04', '2026-12-30', '2027-01-05'],
    ["Presidents' Day is a billing day and is counted", '2026-02-17', '2026-02-13', '2026-02-18'],
  ])('%s', (_name, read, start, end) => {
    expect(billingWindow(day(read), terms)).toEqual({ start, end })
  })

  test.each([
    ['the day before the start', '2026-12-22', false],
    ['the start', '2026-12-23', true],
    ['a holiday inside', '2026-12-25', true],
    ['a Sunday inside', '2026-12-27', true],
    ['the end', '2026-12-30', true],
    ['the day after the end', '2026-12-31', false],
  ])('a start of service on %s', (_name, actual, inside) => {
    expect(isInBillingWindow(day(actual), billingWindow(day('2026-12-29'), terms))).toBe(inside)
  })
})
