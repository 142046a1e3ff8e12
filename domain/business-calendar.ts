/**
 * Business days. Weekends are closed in every calendar; the other closed days come from the calendar's two lists,
 * which are never derived from each other: the utility reads meters on days on which it processes no EDI.
 */
import { addDays, dayOfWeek } from './civil-date.js'
import type { CivilDate } from './civil-date.js'
import { assertNever } from './invariant.js'
import type { Calendar, RollMode } from './plan.js'

/** `billing`: reads, bills, rescissions, windows with a roll. `edi`: enrollments and drops are processed. */
export type CalendarKind = 'billing' | 'edi'

export function isBusinessDay(calendar: Calendar, kind: CalendarKind, date: CivilDate): boolean {
  return !isWeekend(date) && !closedDays(calendar)[kind].has(date)
}

/** The day itself when it is a business day, otherwise the first one after it. */
export function nextBusinessDay(calendar: Calendar, kind: CalendarKind, date: CivilDate): CivilDate {
  let day = date
  while (!isBusinessDay(calendar, kind, day)) day = addDays(day, 1)
  return day
}

/** The day itself when it is a business day, otherwise the last one before it. */
export function previousBusinessDay(calendar: Calendar, kind: CalendarKind, date: CivilDate): CivilDate {
  let day = date
  while (!isBusinessDay(calendar, kind, day)) day = addDays(day, -1)
  return day
}

/**
 * The nth business day after the day, which is itself never counted; before it when `businessDays` is negative.
 * Zero gives the day back, closed or not.
 */
export function addBusinessDays(
  calendar: Calendar,
  kind: CalendarKind,
  date: CivilDate,
  businessDays: number,
): CivilDate {
  const step = businessDays < 0 ? -1 : 1
  let day = date
  for (let left = Math.abs(businessDays); left > 0; ) {
    day = addDays(day, step)
    if (isBusinessDay(calendar, kind, day)) left -= 1
  }
  return day
}

/**
 * Where a last day ends up: `none` leaves it, `sundayOnly` moves a Sunday to its Monday even when that is a holiday
 * (715 ILCS 5/6 knows no chain), `nextBusinessDay` moves it to the first business day on or after it.
 */
export function roll(calendar: Calendar, kind: CalendarKind, date: CivilDate, mode: RollMode): CivilDate {
  switch (mode) {
    case 'none':
      return date
    case 'sundayOnly':
      return dayOfWeek(date) === SUNDAY ? addDays(date, 1) : date
    case 'nextBusinessDay':
      return nextBusinessDay(calendar, kind, date)
    default:
      return assertNever(mode)
  }
}

const SATURDAY = 6
const SUNDAY = 7

function isWeekend(date: CivilDate): boolean {
  return dayOfWeek(date) >= SATURDAY
}

type ClosedDays = Readonly<Record<CalendarKind, ReadonlySet<CivilDate>>>

/** One pair of sets per calendar object: a hundred thousand accounts ask the same calendar. */
const known = new WeakMap<Calendar, ClosedDays>()

function closedDays(calendar: Calendar): ClosedDays {
  let sets = known.get(calendar)
  if (sets === undefined) {
    sets = { billing: new Set(calendar.billing), edi: new Set(calendar.edi) }
    known.set(calendar, sets)
  }
  return sets
}
