/** The simulated utility's days: when it works, when it is too late, and when a meter may be read. */
import { Temporal } from 'temporal-polyfill/implementation'
import { instantAt, localDate, millisOf } from '../central-time.js'
import { RULES } from './rules.js'

/** Days, written `YYYY-MM-DD`, on which it does not bill or does not process EDI. Weekends are implied. */
export interface UtilityCalendar {
  readonly billing: readonly string[]
  readonly edi: readonly string[]
}

export function isDay(text: string): boolean {
  try {
    return Temporal.PlainDate.from(text, { overflow: 'reject' }).toString() === text
  } catch {
    return false
  }
}

export function addDays(date: string, days: number): string {
  return Temporal.PlainDate.from(date).add({ days }).toString()
}

export function daysBetween(from: string, to: string): number {
  return Temporal.PlainDate.from(from).until(to, { largestUnit: 'days' }).days
}

function isWorkday(date: string, closed: readonly string[]): boolean {
  return Temporal.PlainDate.from(date).dayOfWeek <= 5 && !closed.includes(date)
}

/** That day when it is a working day, else the nearest one in the direction. */
function rolled(date: string, closed: readonly string[], direction: 1 | -1): string {
  let day = date
  while (!isWorkday(day, closed)) day = addDays(day, direction)
  return day
}

/** Working days away from `date`, not counting it. */
export function workdaysFrom(date: string, count: number, closed: readonly string[]): string {
  let day = date
  for (let left = Math.abs(count); left > 0; left--)
    day = rolled(addDays(day, Math.sign(count)), closed, count < 0 ? -1 : 1)
  return day
}

/** The day on which the utility works on what it receives at that instant. */
export function processingDate(at: string, { edi }: UtilityCalendar): string {
  const today = localDate(at)
  const inTime = millisOf(at) <= millisOf(instantAt(today, RULES.processingCloses))
  return rolled(inTime ? today : addDays(today, 1), edi, 1)
}

/** Last instant, inclusive, at which a request for that read or anchor may arrive. */
export function cutoffOf(anchor: string, { edi }: UtilityCalendar): string {
  return instantAt(rolled(addDays(anchor, -RULES.cutoffDays), edi, -1), RULES.cutoffAt)
}

/** Last day, inclusive, on which the customer may rescind. */
export function lastRescissionDay(processed: string, { billing }: UtilityCalendar): string {
  return rolled(addDays(processed, RULES.rescissionDays), billing, 1)
}

/** Every day of the billing window, business day or not, first to last. */
export function billingWindowDays(read: string, { billing }: UtilityCalendar): readonly string[] {
  const last = workdaysFrom(read, RULES.billingWindow.after, billing)
  const days: string[] = []
  for (let day = workdaysFrom(read, -RULES.billingWindow.before, billing); day <= last; day = addDays(day, 1))
    days.push(day)
  return days
}

/** Whether service of a calendar-month account can start on that day; `MOM` has no stated day. */
export function isMonthAnchor(date: string, billingType: string): boolean {
  const day = Temporal.PlainDate.from(date)
  return billingType === 'EOM' ? day.day === day.daysInMonth : billingType === 'BOM' && day.day === 1
}
