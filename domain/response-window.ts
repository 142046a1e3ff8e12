/**
 * The response window: from the evidenced mailing date to the last day on which a reply is in time.
 *
 * The evidence date is day 0; the last day counts in full and ends at local midnight (rulings ).
 */
import { roll } from './business-calendar.js'
import { addDays, laterOf } from './civil-date.js'
import type { CivilDate } from './civil-date.js'
import { endOfDay } from './instant.js'
import type { Instant, Zone } from './instant.js'
import type { Calendar, PlanTerms, RollMode } from './plan.js'

/** Which of the plan's windows: the first notice, a renewal of the term, or an account that came later. */
export type Occasion = keyof PlanTerms['window']

export interface ResponseWindow {
  /** Last day on which a reply is in time, inclusive. */
  readonly deadline: CivilDate
  /** First instant that is too late: local midnight after the deadline. */
  readonly closesAt: Instant
}

export type ResponseWindowTerms = Pick<PlanTerms, 'window' | 'windowRoll' | 'calendar' | 'zone'>

/**
 * The account's own window.
 *
 * @param printed the deadline on the letter, once it is printed: the later of printed and computed is honoured.
 */
export function responseWindow(
  evidenceDate: CivilDate,
  occasion: Occasion,
  terms: ResponseWindowTerms,
  printed?: CivilDate,
): ResponseWindow {
  const computed = replyDeadline(evidenceDate, terms.window[occasion].value, terms.windowRoll.value, terms.calendar)
  const deadline = printed === undefined ? computed : honouredDeadline(printed, computed)
  return { deadline, closesAt: closesAt(terms.zone, deadline) }
}

/**
 * The deadline a drop prints, before there is evidence: the window counted from the planned mailing date.
 * Evidence of the same date makes printed and computed equal.
 */
export function printedDeadline(
  plannedMailingDate: CivilDate,
  occasion: Occasion,
  terms: ResponseWindowTerms,
): CivilDate {
  return replyDeadline(plannedMailingDate, terms.window[occasion].value, terms.windowRoll.value, terms.calendar)
}

/** The letter binds the sender: nobody is held to an earlier day than the one printed, nor loses days the clock gives. */
export function honouredDeadline(printed: CivilDate, computed: CivilDate): CivilDate {
  return laterOf(printed, computed)
}

/**
 * Last day of a window, inclusive. A roll looks at the billing calendar.
 * @unit days: calendar days after the evidence date, which is day 0
 */
export function replyDeadline(
  evidenceDate: CivilDate,
  days: number,
  rollMode: RollMode,
  calendar: Calendar,
): CivilDate {
  return roll(calendar, 'billing', addDays(evidenceDate, days), rollMode)
}

/** First instant after the last day. A window that spans a change of the clocks is an hour longer or shorter; its days are not. */
export function closesAt(zone: Zone, lastDay: CivilDate): Instant {
  return endOfDay(zone, lastDay)
}
