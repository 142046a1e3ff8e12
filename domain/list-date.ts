/** Dates as a customer list writes them. */
import { isCivilDate, type CivilDate } from './civil-date.js'

const PARTS = /YYYY|MM?|DD?/g

/** True for a pattern of one year in four digits, one month and one day; without signs between them only as `MM` and `DD`. */
export function isDatePattern(pattern: string): boolean {
  const parts = pattern.match(PARTS) ?? []
  const kinds = parts
    .map((part) => part.charAt(0))
    .sort()
    .join('')
  const signs = pattern.replace(PARTS, '')
  return (
    kinds === 'DMY' && !/[A-Za-z\d]/.test(signs) && (!runsTogether(pattern) || parts.every((part) => part.length > 1))
  )
}

function runsTogether(pattern: string): boolean {
  return /Y[MD]|M[YD]|D[YM]/.test(pattern)
}

/**
 * Makes the reader for one pattern. Leading zeros may be missing unless the parts run together; ISO dates are always read,
 * and a time of midnight behind the day is ignored, because spreadsheets add one. The reader gives null for anything else.
 */
export function dateReader(pattern: string): (text: string) => CivilDate | null {
  const twoDigits = runsTogether(pattern) ? '\\d{2}' : '\\d{1,2}'
  const shape = new RegExp(
    `^${pattern
      .replace(/[^\w\s]/g, '\\$&')
      .replace(PARTS, (part) => `(?<${part.charAt(0)}>${part === 'YYYY' ? '\\d{4}' : twoDigits})`)}$`,
  )
  const read = (text: string): CivilDate | null => {
    const day = text.replace(MIDNIGHT, '')
    if (isCivilDate(day)) return day
    const { Y, M, D } = shape.exec(day)?.groups ?? {}
    const iso = `${Y}-${M?.padStart(2, '0')}-${D?.padStart(2, '0')}`
    return isCivilDate(iso) ? iso : null
  }
  // a list repeats its days, and checking one takes longer than everything else in its row
  const known = new Map<string, CivilDate | null>()
  return (text) => {
    const day = known.get(text)
    if (day !== undefined) return day
    const fresh = read(text)
    if (known.size < DAYS_KEPT) known.set(text, fresh)
    return fresh
  }
}

const MIDNIGHT = /[ T](?:00?:00(?::00(?:\.0+)?)?|12:00(?::00)? ?AM)Z?$/i
const DAYS_KEPT = 20_000
