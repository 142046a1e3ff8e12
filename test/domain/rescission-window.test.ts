import { describe, expect, test } from 'vitest'
import { addDays, daysBetween } from '../../domain/civil-date.js'
import { rescissionWindow } from '../../domain/rescission-window.js'
import { readPlan } from '../../persistence/plan-files.js'
import { CALENDAR_A, day } from './test-calendars.js'

const terms = { ...readPlan('mahomet'), calendar: CALENDAR_A }

describe('83 Ill. Adm. Code 412 and ruling R-011: ten calendar days from processing, rolled to a business day', () => {
  test.each([
    ['day ten on a Saturday moves to Monday', '2026-04-15', '2026-04-27', '2026-04-28T05:00:00Z'],
    ['day ten on a Sunday moves to Monday', '2026-04-16', '2026-04-27', '2026-04-28T05:00:00Z'],
    ['day ten on a Friday stays', '2026-04-14', '2026-04-24', '2026-04-25T05:00:00Z'],
    ['day ten on a Monday stays', '2026-04-17', '2026-04-27', '2026-04-28T05:00:00Z'],
    ['day ten on Thanksgiving moves over the long weekend', '2026-11-16', '2026-11-30', '2026-12-01T06:00:00Z'],
    ['Christmas makes the longest window, fourteen days', '2026-12-14', '2026-12-28', '2026-12-29T06:00:00Z'],
    ["New Year on a Friday moves into January's first Monday", '2026-12-22', '2027-01-04', '2027-01-05T06:00:00Z'],
    ['a day without EDI is a billing day and does not move it', '2026-06-09', '2026-06-19', '2026-06-20T05:00:00Z'],
    ['the close follows the beginning of daylight time', '2026-02-27', '2026-03-09', '2026-03-10T05:00:00Z'],
    ['the close follows the end of daylight time', '2026-10-22', '2026-11-02', '2026-11-03T06:00:00Z'],
  ])('%s', (_name, processed, lastDay, closesAt) => {
    expect(rescissionWindow(day(processed), terms)).toEqual({ lastDay, closesAt })
  })

  test('no processing date of two years gives fewer than ten or more than fourteen days', () => {
    for (let processed = day('2026-01-01'); processed < day('2028-01-01'); processed = addDays(processed, 1)) {
      const length = daysBetween(processed, rescissionWindow(processed, terms).lastDay)
      expect(length).toBeGreaterThanOrEqual(10)
      expect(length).toBeLessThanOrEqual(14)
    }
  })
})
