/** Reads what a person typed. Each refuses with one sentence that names the option, the text and what is wanted. */
import { isCivilDate } from '../domain/civil-date.js'
import type { CivilDate } from '../domain/civil-date.js'
import { instant } from '../domain/instant.js'
import type { Instant } from '../domain/instant.js'
import { readMoment } from './local-time.js'
import { UsageError } from './output.js'

/** Far from the ends of the calendar, so that no sum of days leaves it. */
const FIRST_DAY = '1900-01-01'
const LAST_DAY = '2199-12-31'

export function dateArgument(option: string, text: string): CivilDate {
  if (!isCivilDate(text)) {
    throw new UsageError(
      `${option} "${text}" is not a day that exists; write it as YYYY-MM-DD, for example 2026-03-02.`,
    )
  }
  if (text < FIRST_DAY || text > LAST_DAY) {
    throw new UsageError(`${option} "${text}" lies outside ${FIRST_DAY} to ${LAST_DAY}; give a day in between.`)
  }
  return text
}

/** A whole number of days from 0 on. */
export function daysArgument(option: string, text: string): number {
  if (!/^\d{1,4}$/.test(text)) {
    throw new UsageError(`${option} "${text}" is not a number of days; give a whole number from 0 to 9999.`)
  }
  return Number(text)
}

/** A wall-clock time in the plan's zone. */
export function timeArgument(option: string, text: string): string {
  if (!/^([01]\d|2[0-3]):[0-5]\d(:[0-5]\d(\.\d{1,9})?)?$/.test(text)) {
    throw new UsageError(`${option} "${text}" is not a time of day; write it as HH:MM or HH:MM:SS, for example 17:45.`)
  }
  return text
}

export function instantArgument(option: string, text: string): Instant {
  try {
    return instant(text)
  } catch {
    throw new UsageError(
      `${option} "${text}" is not a moment with its offset; write it like 2026-03-21T23:59:59-05:00 or 2026-03-22T04:59:59Z.`,
    )
  }
}

/** A moment with its offset, or a day and time of the village's clock. */
export function momentArgument(option: string, text: string): Instant {
  const moment = readMoment(text)
  if (moment === undefined)
    throw new UsageError(
      `${option} "${text}" is not a day or moment; write it like "2026-03-12 14:15", 2026-03-12 or 2026-03-12T14:15:00-05:00.`,
    )
  return moment
}

export function choiceArgument<T extends string>(option: string, text: string, choices: readonly T[]): T {
  const found = choices.find((choice) => choice === text)
  if (found === undefined) {
    throw new UsageError(`${option} "${text}" is unknown; choose one of: ${choices.join(', ')}.`)
  }
  return found
}
