/** The billing window: the days on which the utility may really read a meter whose read is scheduled. */
import { addBusinessDays } from './business-calendar.js'
import type { CivilDate } from './civil-date.js'
import type { PlanTerms, UtilityTerms } from './plan.js'

export interface BillingWindow {
  /** First day, inclusive. */
  readonly start: CivilDate
  /** Last day, inclusive. */
  readonly end: CivilDate
}

export type BillingWindowTerms = Pick<PlanTerms, 'calendar'> & { readonly utility: Pick<UtilityTerms, 'billingWindow'> }

/** Counted in business days of the billing calendar; the scheduled read itself is day 0. */
export function billingWindow(scheduledRead: CivilDate, terms: BillingWindowTerms): BillingWindow {
  const { before, after } = terms.utility.billingWindow.value
  return {
    start: addBusinessDays(terms.calendar, 'billing', scheduledRead, -before),
    end: addBusinessDays(terms.calendar, 'billing', scheduledRead, after),
  }
}

/** A weekend or holiday between start and end is inside: reads happen on such days. */
export function isInBillingWindow(day: CivilDate, window: BillingWindow): boolean {
  return window.start <= day && day <= window.end
}
