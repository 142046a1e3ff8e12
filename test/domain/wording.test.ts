import { describe, expect, test } from 'vitest'
import { civilDate } from '../../domain/civil-date.js'
import {
  centsInWords,
  classInWords,
  dateInWords,
  listInWords,
  monthInWords,
  wholeNumber,
} from '../../domain/wording.js'

describe('words for people', () => {
  test.each([
    [0, '0.000'],
    [5, '0.005'],
    [999, '0.999'],
    [1000, '1.000'],
    [7290, '7.290'],
    [12_345, '12.345'],
  ])('%i thousandths of a cent are %s cents', (milliCents, words) => {
    expect(centsInWords(milliCents)).toBe(words)
  })

  test.each([
    [0, '0'],
    [999, '999'],
    [1000, '1,000'],
    [1_234_567, '1,234,567'],
  ])('%i is written %s', (count, words) => {
    expect(wholeNumber(count)).toBe(words)
  })

  test('dates and months are written out', () => {
    expect(dateInWords(civilDate('2027-03-01'))).toBe('March 1, 2027')
    expect(dateInWords(civilDate('2028-02-29'))).toBe('February 29, 2028')
    expect(monthInWords('2029-12')).toBe('December 2029')
  })

  test.each([
    [[], ''],
    [['a'], 'a'],
    [['a', 'b'], 'a and b'],
    [['a', 'b', 'c'], 'a, b and c'],
  ])('%j is listed as "%s"', (items, words) => {
    expect(listInWords(items)).toBe(words)
  })

  test('DS-1 is a home, every other class a small business', () => {
    expect(classInWords('DS-1')).toBe('Home (DS-1)')
    expect(classInWords('DS-5')).toBe('Small business (DS-5)')
  })
})
