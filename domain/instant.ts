/**
 * Instants: a moment, written in UTC as ISO 8601 ending in `Z`.
 *
 * Whole seconds are written without a fraction, so that one moment has one text.
 * `<` does not order them; use `compareInstants` or `isBefore`.
 */
import { Temporal } from 'temporal-polyfill/implementation'
import type { CivilDate } from './civil-date.js'

declare const moment: unique symbol
export type Instant = string & { readonly [moment]: true }

/** Name of a zone in the tz database, for example `America/Chicago`. */
export type Zone = string

/**
 * Reads ISO 8601 with an offset or `Z`.
 * @throws RangeError when the text names no moment (no offset, no such day).
 */
export function instant(text: string): Instant {
  let read: Temporal.Instant
  try {
    read = Temporal.Instant.from(text)
  } catch {
    throw new RangeError(`"${text}" is not a moment written like 2026-03-12T05:00:00Z or 2026-03-12T00:00:00-05:00`)
  }
  return read.toString() as Instant
}

/** @unit ms: milliseconds since 1970-01-01T00:00:00Z. */
export function instantFromMillis(ms: number): Instant {
  return new Date(ms).toISOString().replace(/\.?0+Z$/, 'Z') as Instant
}

export function millisOf(at: Instant): number {
  return Temporal.Instant.from(at).epochMilliseconds
}

/** Negative when `a` is earlier, 0 when they are the same moment; exact to the nanosecond. */
export function compareInstants(a: Instant, b: Instant): number {
  // before the year 0 and after 9999 a year has a sign
  if (!/^\d/.test(a) || !/^\d/.test(b))
    return Temporal.Instant.compare(Temporal.Instant.from(a), Temporal.Instant.from(b))
  const [first, second] = [a.slice(0, -1), b.slice(0, -1)]
  if (first === second) return 0
  return first < second ? -1 : 1
}

export function isBefore(a: Instant, b: Instant): boolean {
  return compareInstants(a, b) < 0
}

export function laterInstant(a: Instant, b: Instant): Instant {
  return compareInstants(a, b) >= 0 ? a : b
}

export function addMillis(at: Instant, ms: number): Instant {
  return Temporal.Instant.from(at).add({ milliseconds: ms }).toString() as Instant
}

/** The civil date in the zone at that moment. */
export function dateIn(zone: Zone, at: Instant): CivilDate {
  return Temporal.Instant.from(at).toZonedDateTimeISO(zone).toPlainDate().toString() as CivilDate
}

/** The wall-clock time in the zone at that moment. @unit `HH:MM`, seconds cut off */
export function timeIn(zone: Zone, at: Instant): string {
  return Temporal.Instant.from(at)
    .toZonedDateTimeISO(zone)
    .toPlainTime()
    .toString({ smallestUnit: 'minute', roundingMode: 'trunc' })
}

/**
 * The moment of a wall-clock time on a day, for example 17:45.
 * In the hour that spring skips it is the moment one hour later; in the doubled hour of autumn the first of the two.
 * @unit time: `HH:MM` or `HH:MM:SS`
 */
export function atLocalTime(zone: Zone, date: CivilDate, time: string): Instant {
  return Temporal.PlainDate.from(date)
    .toZonedDateTime({ timeZone: zone, plainTime: Temporal.PlainTime.from(time) })
    .toInstant()
    .toString() as Instant
}

/** The moment at which the day ends: local midnight of the next day, exclusive. */
export function endOfDay(zone: Zone, date: CivilDate): Instant {
  return Temporal.PlainDate.from(date)
    .add({ days: 1 })
    .toZonedDateTime({ timeZone: zone })
    .toInstant()
    .toString() as Instant
}
