/** Central Prevailing Time, by which all simulated parties keep their hours. Nothing here asks what time it is. */
import { Temporal } from 'temporal-polyfill/implementation'

const ZONE = 'America/Chicago'

/** The Central date at that instant. */
export function localDate(at: string): string {
  return Temporal.Instant.from(at).toZonedDateTimeISO(ZONE).toPlainDate().toString()
}

/** `HH:MM` by the Central clock at that instant. */
export function localTime(at: string): string {
  return Temporal.Instant.from(at).toZonedDateTimeISO(ZONE).toPlainTime().toString({ smallestUnit: 'minute' })
}

/** The instant at which the Central clock shows `time` (`HH:MM`) on that day. */
export function instantAt(date: string, time: string): string {
  return Temporal.PlainDate.from(date).toZonedDateTime({ timeZone: ZONE, plainTime: time }).toInstant().toString()
}

export function addMinutes(at: string, minutes: number): string {
  return Temporal.Instant.from(at).add({ minutes }).toString()
}

export function millisOf(at: string): number {
  return Temporal.Instant.from(at).epochMilliseconds
}
