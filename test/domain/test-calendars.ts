/** Calendars of the worked examples: test data, not a list any utility published. */
import type { CivilDate } from '../../domain/civil-date.js'
import type { Calendar } from '../../domain/plan.js'

const billing = [
  '2026-01-01',
  '2026-05-25',
  '2026-07-03',
  '2026-09-07',
  '2026-11-26',
  '2026-11-27',
  '2026-12-24',
  '2026-12-25',
  '2027-01-01',
  '2027-05-31',
  '2027-07-05',
  '2027-09-06',
  '2027-11-25',
  '2027-11-26',
  '2027-12-24',
] as CivilDate[]

const onlyEdi = ['2026-01-19', '2026-02-16', '2026-06-19', '2027-01-18', '2027-02-15', '2027-06-18'] as CivilDate[]

export const CALENDAR_A: Calendar = { id: 'cal-a', version: '1', billing, edi: [...billing, ...onlyEdi].sort() }

/** Shorthand for a day in a table of cases. */
export function day(text: string): CivilDate {
  return text as CivilDate
}
