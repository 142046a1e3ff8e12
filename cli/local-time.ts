/** Instants as a clerk reads and writes them: the village's wall clock, with its zone. */
import { Temporal } from 'temporal-polyfill/implementation'
import { type CivilDate, isCivilDate } from '../domain/civil-date.js'
import { atLocalTime, dateIn, type Instant, instant } from '../domain/instant.js'

/** The zone of the programs that are shown; one installation serves one zone. */
const ZONE = 'America/Chicago'

/** For example `2027-02-17 08:00 CST`. */
export function local(at: string): string {
  const moment = Temporal.Instant.from(at).toZonedDateTimeISO(ZONE)
  return `${moment.toPlainDate().toString()} ${timeOf(moment)} ${moment.offset === '-05:00' ? 'CDT' : 'CST'}`
}

/** A moment up to which something may be done: the midnight that ends a day is named by that day. */
export function localDue(at: string): string {
  const moment = Temporal.Instant.from(at).toZonedDateTimeISO(ZONE)
  return timeOf(moment) === '00:00' ? `the end of ${moment.toPlainDate().subtract({ days: 1 }).toString()}` : local(at)
}

/** The day it is in the village at that moment. */
export function localDay(at: Instant): CivilDate {
  return dateIn(ZONE, at)
}

function timeOf(moment: Temporal.ZonedDateTime): string {
  return moment.toPlainTime().toString({ smallestUnit: 'minute' })
}

const DAY = /^(?:(\d{4})-(\d{1,2})-(\d{1,2})|(\d{1,2})\/(\d{1,2})\/(\d{4}))$/
const TIME = /^(\d{1,2}):(\d{2})(?::(\d{2}))?\s*([ap])?\.?(?:m\.?)?$/i

/** A day as people and their spreadsheets write it: 2026-12-04 or 12/4/2026. Undefined when there is no such day. */
export function readDay(text: string): CivilDate | undefined {
  const [, year, month, day, usMonth, usDay, usYear] = DAY.exec(text.trim()) ?? []
  const date = `${year ?? usYear}-${(month ?? usMonth ?? '').padStart(2, '0')}-${(day ?? usDay ?? '').padStart(2, '0')}`
  return isCivilDate(date) ? date : undefined
}

/**
 * A moment with its offset, or a day and a time of the village's wall clock: 2026-12-04 14:15, 12/4/2026 2:15 PM.
 * A day alone is its first moment: replies are judged by the day.
 */
export function readMoment(text: string): Instant | undefined {
  const plain = text.trim()
  try {
    return instant(plain)
  } catch {
    const [day = '', ...rest] = plain.split(/[\sT]+/)
    const date = readDay(day)
    const time = readTime(rest.join(' '))
    return date === undefined || time === undefined ? undefined : atLocalTime(ZONE, date, time)
  }
}

function readTime(text: string): string | undefined {
  if (text === '') return '00:00'
  const [, hours = '', minutes = '', seconds = '00', half] = TIME.exec(text) ?? []
  let hour = Number(hours)
  if (half !== undefined) {
    if (hour < 1 || hour > 12) return undefined
    hour = (hour % 12) + (half.toLowerCase() === 'p' ? 12 : 0)
  }
  const time = `${String(hour).padStart(2, '0')}:${minutes}:${seconds}`
  return hours !== '' && /^([01]\d|2[0-3]):[0-5]\d:[0-5]\d$/.test(time) ? time : undefined
}
