/**
 * A read table for a utility that exists nowhere: bill group g is read on the g-th business day of each month.
 *
 * The real utility publishes its table; this one is labelled synthetic wherever it is shown.
 */
import { Temporal } from 'temporal-polyfill/implementation'

const BILL_GROUPS = 21

/** @param from first month, any day of it; @param holidays days without meter reading, weekends implied */
export function syntheticReadDates(
  from: string,
  months: number,
  holidays: readonly string[],
): Record<string, string[]> {
  const closed = new Set(holidays)
  const table: Record<string, string[]> = {}
  for (let group = 1; group <= BILL_GROUPS; group++) table[String(group)] = []
  for (let month = 0; month < months; month++) {
    const first = Temporal.PlainDate.from(from).with({ day: 1 }).add({ months: month })
    const days: string[] = []
    for (let day = first; day.month === first.month; day = day.add({ days: 1 })) {
      if (day.dayOfWeek <= 5 && !closed.has(day.toString())) days.push(day.toString())
    }
    for (let group = 1; group <= BILL_GROUPS; group++)
      table[String(group)]?.push(days[Math.min(group, days.length) - 1] ?? first.toString())
  }
  return table
}
