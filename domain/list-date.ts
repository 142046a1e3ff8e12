/** Dates as a customer list writes them. */
import { isCivilDate, type CivilDate } from './civil-date.js'

const PARTS = /YYYY|MM?|DD?/g

/** True for a pattern with one year of four digits, one month and one day, and something between any two of them. */
export function isDatePattern(pattern: string): boolean {
  const parts = pattern.match(PARTS) ?? []
  const kinds = parts
    .map((part) => part[0])
    .sort()
    .join('')
  const rest = pattern.replace(PARTS, '\0')
  return kinds === 'DMY' && !/[A-Za-z\d]/.test(rest) && !rest.includes('\0\0')
}

/**
 * Makes the reader for one pattern. Leading zeros may be missing or there; ISO dates are always read, and a time of
 * midnight behind the day is ignored, because spreadsheets add one. The reader gives null for anything else.
 */
export function dateReader(pattern: string): (text: string) => CivilDate | null {
  const order = (pattern.match(PARTS) ?? []).map((part) => part[0] as 'Y' | 'M' | 'D')
  const source = pattern.split(PARTS).map((text) => text.replace(/[^\w\s]/g, '\\$&'))
  const shape = new RegExp(
    `^${source[0]}${order.map((part, index) => `(\\d{${part === 'Y' ? 4 : '1,2'}})${source[index + 1]}`).join('')}$`,
  )
  const read = (text: string): CivilDate | null => {
    const day = text.replace(MIDNIGHT, '')
    if (isCivilDate(day)) return day
    const match = shape.exec(day)
    if (!match) return null
    const part = (name: 'Y' | 'M' | 'D'): string => (match[order.indexOf(name) + 1] as string).padStart(2, '0')
    const iso = `${part('Y')}-${part('M')}-${part('D')}`
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

const DAYS_KEPT = 20_000

const MIDNIGHT = /[ T](?:00?:00(?::00(?:\.0+)?)?|12:00(?::00)? ?AM)Z?$/i
