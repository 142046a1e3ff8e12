/** The clock of the filing with the commission's Office of Retail Market Development (ruling R-015). */
import { addBusinessDays } from './business-calendar.js'
import type { CivilDate } from './civil-date.js'
import type { PlanTerms } from './plan.js'

export interface FilingFacts {
  /** Day on which the terms were both final and public; null while they are not. */
  readonly finalAndPublic: CivilDate | null
  /** Day on which the first disclosures were sent; null while none is. */
  readonly disclosuresSent: CivilDate | null
}

/**
 * Last day of the filing, inclusive: the earlier of two clocks, each counted from its own day 0. Null while neither runs.
 *
 * The commission's business days are not known; the billing calendar stands in for them.
 */
export function filingDue(
  facts: FilingFacts,
  terms: Pick<PlanTerms, 'commissionFilingDays' | 'calendar'>,
): CivilDate | null {
  const days = [facts.finalAndPublic, facts.disclosuresSent]
    .filter((day) => day !== null)
    .map((day) => addBusinessDays(terms.calendar, 'billing', day, terms.commissionFilingDays.value))
    .sort()
  return days[0] ?? null
}
