/** A calendar as a person writes it: `{"billing": ["2026-01-01", …], "edi": […]}`. */
import { createHash } from 'node:crypto'
import { z } from 'zod'
import { isCivilDate } from '../domain/civil-date.js'
import type { CivilDate } from '../domain/civil-date.js'
import type { Calendar } from '../domain/plan.js'
import { checked, readJson } from './input-file.js'

/** A day that exists, written YYYY-MM-DD. */
export const civilDateShape = z.custom<CivilDate>((text) => typeof text === 'string' && isCivilDate(text), {
  error: 'expected a day that exists, written YYYY-MM-DD',
})

/** Both lists are required: a calendar that forgets one would silently open every day of it. */
export const calendarShape = z.strictObject({ billing: z.array(civilDateShape), edi: z.array(civilDateShape) })

export function readCalendarFile(path: string): Calendar {
  const kind = 'calendar file'
  return calendarOf('file', checked(calendarShape, readJson(path, kind), path, kind))
}

/** A calendar from lists already checked. Order and repeats of the days do not matter. */
export function calendarOf(id: string, lists: z.infer<typeof calendarShape>): Calendar {
  const billing = ascending(lists.billing)
  const edi = ascending(lists.edi)
  return { id, version: versionOf(billing, edi), billing, edi }
}

function ascending(days: readonly CivilDate[]): CivilDate[] {
  return [...new Set(days)].sort()
}

/** The same days have the same version, wherever they come from. */
function versionOf(billing: readonly CivilDate[], edi: readonly CivilDate[]): string {
  return createHash('sha256').update(JSON.stringify({ billing, edi })).digest('hex').slice(0, 16)
}
