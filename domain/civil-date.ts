/**
 * Civil dates: a day on the wall calendar, without a time and without a zone.
 *
 * A civil date is the text `YYYY-MM-DD`; comparing two with `<` compares the days.
 */
import { Temporal } from 'temporal-polyfill/implementation'

declare const civil: unique symbol
export type CivilDate = string & { readonly [civil]: true }

const SHAPE = /^\d{4}-\d{2}-\d{2}$/
const DAYS_OF_MONTHS = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]

/** True for an existing day written `YYYY-MM-DD`; 2026-02-29 is false. Files hold them by the million: it is counted, not parsed. */
export function isCivilDate(text: string): text is CivilDate {
  if (!SHAPE.test(text)) return false
  const [year, month, day] = [Number(text.slice(0, 4)), Number(text.slice(5, 7)), Number(text.slice(8))]
  const isLeapDay = month === 2 && day === 29 && year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0)
  return isLeapDay || (day >= 1 && day <= (DAYS_OF_MONTHS[month - 1] ?? 0))
}

/** @throws RangeError naming the text when it is not an existing day. */
export function civilDate(text: string): CivilDate {
  if (!isCivilDate(text)) throw new RangeError(`"${text}" is not a date written YYYY-MM-DD`)
  return text
}

/** @unit days: calendar days, negative goes back. */
export function addDays(date: CivilDate, days: number): CivilDate {
  return Temporal.PlainDate.from(date).add({ days }).toString() as CivilDate
}

/** A day that the month does not have becomes its last one (31 January + 1 month = 28 or 29 February). */
export function addMonths(date: CivilDate, months: number): CivilDate {
  return Temporal.PlainDate.from(date).add({ months }).toString() as CivilDate
}

/** Calendar days from `from` to `to`; negative when `to` is earlier. */
export function daysBetween(from: CivilDate, to: CivilDate): number {
  return Temporal.PlainDate.from(from).until(Temporal.PlainDate.from(to), { largestUnit: 'days' }).days
}

/** 1 = Monday … 7 = Sunday. */
export function dayOfWeek(date: CivilDate): number {
  return Temporal.PlainDate.from(date).dayOfWeek
}

export function lastDayOfMonth(date: CivilDate): CivilDate {
  const day = Temporal.PlainDate.from(date)
  return day.with({ day: day.daysInMonth }).toString() as CivilDate
}

export function firstDayOfMonth(date: CivilDate): CivilDate {
  return Temporal.PlainDate.from(date).with({ day: 1 }).toString() as CivilDate
}

/** The later of two days. */
export function laterOf(a: CivilDate, b: CivilDate): CivilDate {
  return a > b ? a : b
}
