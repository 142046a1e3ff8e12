/** The utility's cut-off: the last moment at which an enrollment or a drop is received for an anchor (ruling R-012). */
import { previousBusinessDay } from './business-calendar.js'
import { addDays } from './civil-date.js'
import type { CivilDate } from './civil-date.js'
import { atLocalTime, compareInstants } from './instant.js'
import type { Instant } from './instant.js'
import type { PlanTerms, UtilityTerms } from './plan.js'

export interface Cutoff {
  readonly cutoffDate: CivilDate
  /** Inclusive: received at this very instant is received in time. */
  readonly cutoffAt: Instant
}

export type CutoffTerms = Pick<PlanTerms, 'calendar' | 'zone'> & {
  readonly utility: Pick<UtilityTerms, 'cutoffDays' | 'cutoffAt'>
}

/**
 * @param anchor the scheduled read, or the first or last day of the month for an account billed by calendar months.
 * A day without EDI processing moves the cut-off back, never forward.
 */
export function cutoffFor(anchor: CivilDate, terms: CutoffTerms): Cutoff {
  const day = addDays(anchor, -terms.utility.cutoffDays.value)
  const cutoffDate = previousBusinessDay(terms.calendar, 'edi', day)
  return { cutoffDate, cutoffAt: atLocalTime(terms.zone, cutoffDate, terms.utility.cutoffAt.value) }
}

/** @param received when the utility has it, which is later than when we sent it. */
export function isInTimeForCutoff(received: Instant, cutoff: Cutoff): boolean {
  return compareInstants(received, cutoff.cutoffAt) <= 0
}
