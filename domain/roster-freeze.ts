/** When the roster is frozen and submitted (ruling R-006). */
import { nextBusinessDay } from './business-calendar.js'
import { addDays } from './civil-date.js'
import type { CivilDate } from './civil-date.js'
import { atLocalTime } from './instant.js'
import type { Instant } from './instant.js'
import type { PlanTerms } from './plan.js'

export interface RosterFreeze {
  readonly date: CivilDate
  readonly at: Instant
}

export type RosterFreezeTerms = Pick<PlanTerms, 'mailGraceDays' | 'submissionAt' | 'calendar' | 'zone'>

/**
 * The first business day (billing calendar) on or after the last deadline plus the days in which timely cards may
 * still be in the mail.
 * @param lastDeadline the latest deadline of the cohort's drops, inclusive.
 */
export function rosterFreeze(lastDeadline: CivilDate, terms: RosterFreezeTerms): RosterFreeze {
  const date = nextBusinessDay(terms.calendar, 'billing', addDays(lastDeadline, terms.mailGraceDays.value))
  return { date, at: atLocalTime(terms.zone, date, terms.submissionAt.value) }
}
