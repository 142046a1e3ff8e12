/** How dates, months, rates and classes are written for people, in American English. */
import { Temporal } from 'temporal-polyfill/implementation'
import type { RateClass } from './account.js'
import type { CivilDate } from './civil-date.js'

const MONTHS = [
  'January',
  'February',
  'March',
  'April',
  'May',
  'June',
  'July',
  'August',
  'September',
  'October',
  'November',
  'December',
] as const

/** `March 16, 2027` */
export function dateInWords(date: CivilDate): string {
  const day = Temporal.PlainDate.from(date)
  return `${MONTHS[day.month - 1]} ${day.day}, ${day.year}`
}

/** @param month `YYYY-MM` @returns `June 2027` */
export function monthInWords(month: string): string {
  const read = Temporal.PlainYearMonth.from(month)
  return `${MONTHS[read.month - 1]} ${read.year}`
}

/** @unit milliCents: thousandths of a cent. @returns cents with three places, for example `7.290`. */
export function centsInWords(milliCents: number): string {
  const digits = String(milliCents).padStart(4, '0')
  return `${digits.slice(0, -3)}.${digits.slice(-3)}`
}

/** `12,345` */
export function wholeNumber(count: number): string {
  return String(count).replace(/\B(?=(\d{3})+$)/g, ',')
}

/** DS-1 is residential; every other class is small commercial as far as a notice can go to it. */
export function classInWords(rateClass: RateClass): string {
  return rateClass === 'DS-1' ? `Home (${rateClass})` : `Small business (${rateClass})`
}

/** `one`, `one and two`, `one, two and three` */
export function listInWords(items: readonly string[], conjunction = 'and'): string {
  if (items.length < 2) return items.join('')
  return `${items.slice(0, -1).join(', ')} ${conjunction} ${items.at(-1)}`
}
