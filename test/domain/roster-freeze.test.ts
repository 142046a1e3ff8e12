import { describe, expect, test } from 'vitest'
import { rosterFreeze } from '../../domain/roster-freeze.js'
import { readPlan } from '../../persistence/plan-files.js'
import { CALENDAR_A, day } from './test-calendars.js'

const terms = { ...readPlan('mahomet'), calendar: CALENDAR_A }

describe('ruling R-006: frozen on the first business day seven days after the last deadline, at 08:00', () => {
  test.each([
    ['day seven on a Saturday waits for Monday', '2026-03-21', '2026-03-30', '2026-03-30T13:00:00Z'],
    ['day seven on a Friday is taken', '2026-03-20', '2026-03-27', '2026-03-27T13:00:00Z'],
    ['day seven on a Sunday waits for Monday', '2026-03-22', '2026-03-30', '2026-03-30T13:00:00Z'],
    ['day seven on Thanksgiving waits over the long weekend', '2026-11-19', '2026-11-30', '2026-11-30T14:00:00Z'],
    ['the turn of the year', '2026-12-25', '2027-01-04', '2027-01-04T14:00:00Z'],
    ['the Monday after daylight time begins', '2026-03-01', '2026-03-09', '2026-03-09T13:00:00Z'],
    ['the Monday after daylight time ends', '2026-10-25', '2026-11-02', '2026-11-02T14:00:00Z'],
  ])('%s', (_name, lastDeadline, date, at) => {
    expect(rosterFreeze(day(lastDeadline), terms)).toEqual({ date, at })
  })
})
