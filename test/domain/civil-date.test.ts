import { Temporal } from 'temporal-polyfill/implementation'
import { describe, expect, test } from 'vitest'
import { isCivilDate } from '../../domain/civil-date.js'

describe('a civil date is an existing day', () => {
  const existsByTheLibrary = (text: string) => {
    try {
      Temporal.PlainDate.from(text, { overflow: 'reject' })
      return true
    } catch {
      return false
    }
  }

  test.each(['1900', '2000', '2023', '2024', '2100', '2400'])(
    'every day and non-day of %s, as the date library says',
    (year) => {
      const two = (n: number) => String(n).padStart(2, '0')
      const texts = Array.from({ length: 14 * 33 }, (_, n) => `${year}-${two(Math.floor(n / 33))}-${two(n % 33)}`)
      expect(texts.filter(isCivilDate)).toEqual(texts.filter(existsByTheLibrary))
      expect(texts.filter(isCivilDate)).toHaveLength(['2000', '2024', '2400'].includes(year) ? 366 : 365)
    },
  )

  test.each([
    '',
    '2027-1-05',
    '2027-01-5',
    '20270105',
    '2027-01-05T00:00',
    ' 2027-01-05',
    '2027-01-055',
    '-027-01-05',
    '2027-0１-05',
  ])('%j is none', (text) => {
    expect(isCivilDate(text)).toBe(false)
  })
})
