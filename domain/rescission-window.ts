/** The rescission window: in it a customer may take back the enrollment with the utility (ruling R-011). */
import { roll } from './business-calendar.js'
import { addDays } from './civil-date.js'
import type { CivilDate } from './civil-date.js'
import { endOfDay } from './instant.js'
import type { Instant } from './instant.js'
import type { PlanTerms } from './plan.js'

export interface RescissionWindow {
  /** Last day on which a rescission counts, inclusive. */
  readonly lastDay: CivilDate
  /** First instant that is too late: local midnight after the last day. */
  readonly closesAt: Instant
}

export type RescissionTerms = Pick<PlanTerms, 'rescissionDays' | 'rescissionRoll' | 'calendar' | 'zone'>

/** @param processedOn the day on which the utility processed the enrollment: day 0, whenever we sent it or its letter came. */
export function rescissionWindow(processedOn: CivilDate, terms: RescissionTerms): RescissionWindow {
  const day = addDays(processedOn, terms.rescissionDays.value)
  const lastDay = roll(terms.calendar, 'billing', day, terms.rescissionRoll.value)
  return { lastDay, closesAt: endOfDay(terms.zone, lastDay) }
}
