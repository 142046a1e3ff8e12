import { describe, expect, test } from 'vitest'
import { locate } from '../../domain/boundary.js'
import { parseBoundary, readBoundaryFile } from '../../persistence/list-files/boundary-file.js'

const HEADER = 'street,low,high,side\n'
const parse = (text: string) => parseBoundary(text, 'boundary.csv')

describe('the boundary file', () => {
  test('gives one range a line; a street may have many', () => {
    const boundary = parse(`${HEADER}S Lombard St,100,699,even\nS Lombard St,101,499,odd\n\n"Oak St",1,9,BOTH`)
    expect(locate(boundary, '600 South Lombard Street')).toBe('inside')
    expect(locate(boundary, '601 South Lombard Street')).toBe('outside')
    expect(locate(boundary, '9 Oak St')).toBe('inside')
  })

  test('columns may come in another order, lines may end as on Windows', () => {
    expect(locate(parse('side,street,high,low\r\nboth,Oak St,9,1\r\n'), '5 Oak St')).toBe('inside')
  })

  test.each([
    ['', /does not begin with the header line street,low,high,side/],
    ['Oak St,1,9,both\n', /does not begin with the header line/],
    ['street,low,high\nOak St,1,9\n', /does not begin with the header line/],
    ['street,low,high,side,side\nOak St,1,9,odd,even\n', /does not begin with the header line/],
    ['street;low;high;side\nOak St;1;9;both\n', /does not begin with the header line/],
    [HEADER, /names no street; add one line/],
    [
      `${HEADER}Oak St,1,9,both\nOak St,9,1,both\n`,
      /^Line 3 of the boundary file boundary\.csv runs from 9 down to 1;/,
    ],
    [`${HEADER}Oak St,1,9,left\n`, /^Line 2 .* a side other than odd, even, both;/],
    [`${HEADER}Oak St,1,9,\n`, /^Line 2 .* a side other than/],
    [`${HEADER}Oak St,one,9,both\n`, /^Line 2 .* not a whole house number;/],
    [`${HEADER}Oak St,-1,9,both\n`, /^Line 2 .* not a whole house number;/],
    [`${HEADER}Oak St,1,9.5,both\n`, /^Line 2 .* not a whole house number;/],
    [`${HEADER}Oak St,,9,both\n`, /^Line 2 .* not a whole house number;/],
    [`${HEADER},1,9,both\n`, /^Line 2 .* names no street;/],
    [`${HEADER}Oak St,1,9\n`, /^Line 2 .* has 3 values;/],
    [`${HEADER}Oak, St,1,9,both\n`, /^Line 2 .* has 5 values;/],
    [`${HEADER}"Oak St,1,9,both\n`, /quote in the wrong place/],
  ])('%j is refused in one sentence', (text, message) => {
    expect(() => parse(text)).toThrow(message)
    expect(() => parse(text)).toThrow(/^[^\n]*boundary\.csv[^\n]*\.$/)
  })

  test('a file that is not there is refused', () => {
    expect(() => readBoundaryFile('/nowhere/boundary.csv')).toThrow(
      'The boundary file /nowhere/boundary.csv cannot be read',
    )
  })
})
