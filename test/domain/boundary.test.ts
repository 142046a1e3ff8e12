import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { boundaryOf, locate } from '../../domain/boundary.js'
import { streetKey } from '../../domain/street-address.js'

const boundary = boundaryOf([
  { street: 'E Main St', low: 100, high: 1899, side: 'both' },
  { street: 'S Lombard St', low: 100, high: 698, side: 'even' },
  { street: 'S Lombard St', low: 101, high: 499, side: 'odd' },
  { street: 'Lake of the Woods Rd', low: 100, high: 1899, side: 'both' },
  { street: 'First St', low: 1, high: 9, side: 'both' },
  { street: 'County Road 150 E', low: 1, high: 99, side: 'both' },
  { street: 'Rue Élysée', low: 1, high: 99, side: 'both' },
])

describe('Mahomet, Determination of Eligible Customer Pool C.1: inside the corporate limits, by street range', () => {
  test.each([
    ['below the range', '99 E Main St', 'outside'],
    ['at the low end', '100 E Main St', 'inside'],
    ['at the high end', '1899 E Main St', 'inside'],
    ['above the range', '1900 E Main St', 'outside'],
    ['even, at the end of the even side', '698 S Lombard St', 'inside'],
    ['even, above the even side', '700 S Lombard St', 'outside'],
    ['odd, at the end of the odd side', '499 S Lombard St', 'inside'],
    ['odd, above the odd side but below the end of the even one', '501 S Lombard St', 'outside'],
  ])('%s: %s is %s', (_name, address, location) => {
    expect(locate(boundary, address)).toBe(location)
  })

  test.each([
    ['a street that no range names', '100 Township Rd 350 E'],
    ['the same name with another direction', '200 W Main St'],
    ['the same name without its direction', '200 Main St'],
    ['the same name with another kind of street', '200 E Main Ave'],
    ['no number', 'E Main St'],
    ['number zero', '0 E Main St'],
    ['a post box', 'PO Box 513'],
    ['a crossing', 'E Main St & S Lombard St'],
    ['two numbers run together', '100/102 E Main St'],
    ['a number of more digits than a house has', '1234567890123 E Main St'],
    ['nothing', ''],
    ['spaces', '   '],
  ])('%s is left to a person', (_name, address) => {
    expect(locate(boundary, address)).toBe('unresolved')
  })

  test.each([
    '200 EAST MAIN STREET',
    '200 e. main st.',
    '  200   East  Main   Str ',
    '00200 E Main St',
    '200A E Main St',
    '200-A E Main St',
    '200 1/2 E Main St',
    '200½ E Main St',
    '200 ½ E Main St',
    '200-1/2 E Main St',
    '200-202 E Main St',
    '200 - 202 E Main St',
    '200 E Main St Apt 4',
    '200 E Main St, Unit B',
    '200 E Main St #4',
    '200 E Main St # 4-B',
    '200 E Main St Lot 12',
    '200\u00a0E Main St',
    '２００ E Main St',
  ])('"%s" is 200 E Main St', (address) => {
    expect(locate(boundary, address)).toBe('inside')
  })

  test('a fraction sign does not become part of the number', () => {
    expect(locate(boundary, '189½ E Main St')).toBe('inside')
    expect(locate(boundary, '18½ E Main St')).toBe('outside')
  })

  test('a hyphenated number counts only when both its ends agree', () => {
    expect(locate(boundary, '1898-1902 E Main St')).toBe('unresolved')
    expect(locate(boundary, '1901-1903 E Main St')).toBe('outside')
    expect(locate(boundary, '499-501 S Lombard St')).toBe('unresolved')
  })

  test.each([
    ['Lake of the Woods Road', '100 LAKE OF THE WOODS RD'],
    ['the ordinal as a word or a figure', '5 1st Street'],
    ['a county road in each spelling', '50 Co. Rd. 150 East'],
    ['a county road by its letters', '50 CR 150 E'],
    ['without its accents', '50 Rue Elysee'],
  ])('%s: "%s" is inside', (_name, address) => {
    expect(locate(boundary, address)).toBe('inside')
  })

  test('every number of one side, and no number of the other, lies in a range of that side', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 3000 }),
        fc.nat(3000),
        fc.integer({ min: 1, max: 6000 }),
        (low, length, number) => {
          const high = low + length
          const of = (side: 'odd' | 'even' | 'both') =>
            locate(boundaryOf([{ street: 'Elm St', low, high, side }]), `${number} Elm Street`)
          const inside = number >= low && number <= high
          expect(of('both')).toBe(inside ? 'inside' : 'outside')
          expect(of(number % 2 === 0 ? 'even' : 'odd')).toBe(inside ? 'inside' : 'outside')
          expect(of(number % 2 === 0 ? 'odd' : 'even')).toBe('outside')
        },
      ),
    )
  })

  test('no text makes the reader fail, and writing a street in one way is final', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(['inside', 'outside', 'unresolved']).toContain(locate(boundary, text))
        expect(streetKey(streetKey(text))).toBe(streetKey(text))
      }),
    )
  })
})
