import fc from 'fast-check'
import { Temporal } from 'temporal-polyfill/implementation'
import { describe, expect, test } from 'vitest'
import { compareInstants, dateIn, instant, instantFromMillis, timeIn } from '../../domain/instant.js'

describe('instants have one text and one order', () => {
  const millis = fc.integer({ min: -8.64e15, max: 8.64e15 })
  const nanos = fc.bigInt({ min: -(10n ** 18n), max: 4n * 10n ** 18n })
  const byTheLibrary = (ms: number) => Temporal.Instant.fromEpochMilliseconds(ms).toString()

  test('milliseconds are written as the date library writes them, over its whole range', () => {
    fc.assert(
      fc.property(millis, (ms) => {
        expect(instantFromMillis(ms)).toBe(byTheLibrary(ms))
      }),
    )
  })

  test.each([0, 1, 10, 100, 120, 999, 1_000, 60_000, 36_000_000, -1, -62_167_219_200_000, 253_402_300_800_000])(
    '%i ms after 1970 is written as the date library writes it',
    (ms) => {
      expect(instantFromMillis(ms)).toBe(byTheLibrary(ms))
    },
  )

  test('two are ordered as the date library orders them, down to the nanosecond', () => {
    const moments = fc.oneof(nanos, fc.constantFrom(0n, 1n, 10n, 999n, 10n ** 6n, 10n ** 9n, 12n * 10n ** 8n))
    fc.assert(
      fc.property(moments, moments, (a, b) => {
        const [first, second] = [new Temporal.Instant(a), new Temporal.Instant(b)]
        const order = compareInstants(instant(first.toString()), instant(second.toString()))
        expect(order).toBe(Temporal.Instant.compare(first, second))
      }),
    )
  })

  test.each([
    ['-000001-12-31T23:59:59Z', '0000-01-01T00:00:00Z', -1],
    ['+010000-01-01T00:00:00Z', '9999-12-31T23:59:59.999Z', 1],
    ['-000002-01-01T00:00:00Z', '-000001-01-01T00:00:00Z', -1],
  ])('years with a sign: %s to %s', (a, b, order) => {
    expect(compareInstants(instant(a), instant(b))).toBe(order)
  })
})

describe('the day and the time in a zone are those of one moment', () => {
  test.each([
    ['2027-01-15T05:59:59Z', '2027-01-14', '23:59'],
    ['2027-01-15T06:00:00Z', '2027-01-15', '00:00'],
    ['2027-03-14T07:59:59.999Z', '2027-03-14', '01:59'],
    ['2027-03-14T08:00:00Z', '2027-03-14', '03:00'],
    ['2027-07-01T04:59:00Z', '2027-06-30', '23:59'],
    ['2027-11-07T07:30:00Z', '2027-11-07', '01:30'],
  ])('%s is %s %s in Chicago', (at, day, time) => {
    expect([dateIn('America/Chicago', instant(at)), timeIn('America/Chicago', instant(at))]).toEqual([day, time])
  })
})
