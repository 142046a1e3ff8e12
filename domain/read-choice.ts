/**
 * Which read an enrollment asks for: the earliest that is neither too late nor too early (ruling R-010).
 *
 * Too late is past the cut-off; too early is more than the utility's longest lead ahead. In between there may be no
 * read at all for some days: then the enrollment waits for the next one to come within reach.
 */
import type { BillingType } from './account.js'
import { calendarMonthAnchors } from './calendar-month-anchor.js'
import { addDays, addMonths, daysBetween, laterOf } from './civil-date.js'
import type { CivilDate } from './civil-date.js'
import { cutoffFor, isInTimeForCutoff } from './cutoff.js'
import type { Cutoff } from './cutoff.js'
import { atLocalTime, dateIn } from './instant.js'
import type { Instant } from './instant.js'
import type { PlanTerms, UtilityTerms } from './plan.js'
import { rescissionWindow } from './rescission-window.js'

export type ReadTerms = Pick<
  PlanTerms,
  'zone' | 'calendar' | 'submissionAt' | 'avoidReadInRescission' | 'rescissionDays' | 'rescissionRoll'
> & { readonly utility: Pick<UtilityTerms, 'cutoffDays' | 'cutoffAt' | 'maxLeadDays'> }

/**
 * `read`: send now. `wait`: at `waitUntil` that read can be asked for, and no earlier one. `none`: the table has run
 * out of reads. `person`: the utility has no rule for this billing.
 */
export type ReadChoice =
  | { readonly kind: 'read'; readonly read: CivilDate; readonly cutoff: Cutoff }
  | { readonly kind: 'wait'; readonly read: CivilDate; readonly cutoff: Cutoff; readonly waitUntil: Instant }
  | { readonly kind: 'none' }
  | { readonly kind: 'person' }

/** @param readDates scheduled reads of the bill group, ascending. */
export function chooseRead(readDates: readonly CivilDate[], now: Instant, terms: ReadTerms): ReadChoice {
  const today = dateIn(terms.zone, now)
  for (const read of readDates) {
    const cutoff = cutoffFor(read, terms)
    if (!isInTimeForCutoff(now, cutoff)) continue
    const sendOn = laterOf(today, addDays(read, -terms.utility.maxLeadDays.value))
    const sendAt = sendOn === today ? now : atLocalTime(terms.zone, sendOn, terms.submissionAt.value)
    if (!isInTimeForCutoff(sendAt, cutoff)) continue
    // the day of processing is not known yet; the day of sending is the earliest it can be
    if (terms.avoidReadInRescission.value && read <= rescissionWindow(sendOn, terms).lastDay) continue
    return sendOn === today ? { kind: 'read', read, cutoff } : { kind: 'wait', read, cutoff, waitUntil: sendAt }
  }
  return { kind: 'none' }
}

/** The same for any billing: by the read table, by the month's own anchor, or, in the middle of a month, by a person. */
export function chooseAnchor(
  billing: BillingType,
  readDates: readonly CivilDate[],
  now: Instant,
  terms: ReadTerms,
): ReadChoice {
  if (billing === '') return chooseRead(readDates, now, terms)
  if (billing === 'MOM') return { kind: 'person' }
  const today = dateIn(terms.zone, now)
  // one month more than the longest lead reaches, so that there is always a next anchor to wait for
  const through = addMonths(addDays(today, terms.utility.maxLeadDays.value), 1)
  return chooseRead(calendarMonthAnchors(billing, today, through), now, terms)
}

/** How a request received at that instant stands to a read: `too-early` is the utility's DIV, `too-late` its next cycle. */
export function leadTo(read: CivilDate, received: Instant, terms: ReadTerms): 'in-time' | 'too-early' | 'too-late' {
  if (!isInTimeForCutoff(received, cutoffFor(read, terms))) return 'too-late'
  return daysBetween(dateIn(terms.zone, received), read) > terms.utility.maxLeadDays.value ? 'too-early' : 'in-time'
}
