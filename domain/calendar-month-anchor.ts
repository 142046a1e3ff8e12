/** Accounts billed by calendar months: their service changes at the month, not at a meter read. */
import type { BillingType } from './account.js'
import { addMonths, firstDayOfMonth, lastDayOfMonth } from './civil-date.js'
import type { CivilDate } from './civil-date.js'
import { assertNever } from './invariant.js'

export type CalendarMonthBilling = Exclude<BillingType, ''>

/**
 * The anchor in the month of that day; null in the middle of a month, for which the utility states no rule: a person
 * asks the utility.
 */
export function calendarMonthAnchor(billing: CalendarMonthBilling, dayOfThatMonth: CivilDate): CivilDate | null {
  switch (billing) {
    case 'EOM':
      return lastDayOfMonth(dayOfThatMonth)
    case 'BOM':
      return firstDayOfMonth(dayOfThatMonth)
    case 'MOM':
      return null
    default:
      return assertNever(billing)
  }
}

/** Anchors of the months from the one of `from` through the one of `through`, both inclusive; none for `MOM`. */
export function calendarMonthAnchors(
  billing: CalendarMonthBilling,
  from: CivilDate,
  through: CivilDate,
): readonly CivilDate[] {
  const anchors: CivilDate[] = []
  for (let month = firstDayOfMonth(from); month <= through; month = addMonths(month, 1)) {
    const anchor = calendarMonthAnchor(billing, month)
    if (anchor !== null) anchors.push(anchor)
  }
  return anchors
}
