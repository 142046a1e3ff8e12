/** Instants as a clerk reads them: the village's wall clock, with its zone. */
import { Temporal } from 'temporal-polyfill/implementation'

/** The zone of the programs that are shown; one installation serves one zone. */
const ZONE = 'America/Chicago'

/** For example `2027-02-17 08:00 CST`. */
export function local(at: string): string {
  const moment = Temporal.Instant.from(at).toZonedDateTimeISO(ZONE)
  const zone = moment.offset === '-05:00' ? 'CDT' : 'CST'
  return `${moment.toPlainDate().toString()} ${moment.toPlainTime().toString({ smallestUnit: 'minute' })} ${zone}`
}
