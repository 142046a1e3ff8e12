import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import iconv from 'iconv-lite'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { reviewList } from '../../domain/list-review.js'
import { conventionsOf, readListMapping, type ListMapping } from '../../persistence/list-mapping.js'
import { CONTEXT } from '../domain/list-review-fixture.js'
import { readCustomerList } from '../../persistence/list-files/read-customer-list.js'
import { csvOf, HEADER, rowsOf, valuesOf } from './list-files-fixture.js'

let folder: string
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'mapping-'))
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

function mappingFrom(text: string): ListMapping {
  const path = join(folder, 'mapping.json')
  writeFileSync(path, text)
  return readListMapping(path)
}

describe('the mapping file', () => {
  test('every part may be left out', () => {
    expect(mappingFrom('{}')).toEqual({})
    expect(mappingFrom('{"files":{"fixed":"a.csv"}}')).toEqual({ files: { fixed: 'a.csv' } })
    expect(conventionsOf({})).toMatchObject({ dates: 'YYYY-MM-DD', rateClasses: {} })
  })

  test('the encoding is named in any case', () => {
    expect(mappingFrom('{"encoding":"Windows-1252"}').encoding).toBe('windows-1252')
  })

  test.each([
    ['no JSON', '{', 'is not a JSON document'],
    ['an unknown part', '{"colums":{}}', 'is wrong at its top: unrecognized key: "colums"'],
    ['an unknown list', '{"files":{"free":"x.csv"}}', 'is wrong at files'],
    ['an unknown column', '{"columns":{"acct":"Acct No."}}', 'is wrong at columns'],
    ['a column that is no text', '{"columns":{"pipp":1}}', 'is wrong at columns.pipp'],
    [
      'a file in another folder',
      '{"files":{"fixed":"../x.csv"}}',
      'is wrong at files.fixed: expected the name of a file',
    ],
    [
      'a file in a Windows folder',
      '{"files":{"fixed":"..\\\\x.csv"}}',
      'is wrong at files.fixed: expected the name of a file',
    ],
    ['a delimiter of two characters', '{"delimiter":";;"}', 'is wrong at delimiter: expected one character'],
    ['a quote as delimiter', '{"delimiter":"\\""}', 'is wrong at delimiter: expected one character'],
    ['an encoding we do not know', '{"encoding":"ebcdic"}', 'is wrong at encoding'],
    ['a date pattern without a day', '{"dates":"M/YYYY"}', 'is wrong at dates: expected a date pattern'],
    ['a year of two digits', '{"dates":"M/D/YY"}', 'is wrong at dates: expected a date pattern'],
    ['no mark for yes', '{"yes":[]}', 'is wrong at yes'],
    ['a rate class that does not exist', '{"rateClasses":{"RES":"DS-9"}}', 'is wrong at rateClasses.RES'],
  ])('%s is refused in one sentence', (_name, text, message) => {
    const reading = () => mappingFrom(text)
    expect(reading).toThrow(message)
    expect(reading).toThrow(/^The mapping file [^\n]*\.$/)
  })
})

describe('a list in another layout', () => {
  const mapping: ListMapping = {
    delimiter: ';',
    encoding: 'windows-1252',
    dates: 'M/D/YYYY',
    yes: ['X'],
    rateClasses: { Residential: 'DS-1', 'Small General': 'DS-2' },
    columns: { account_number: 'Acct No.', free_service: 'Free?', customer_name: 'Name', billing_type: null },
  }
  const header = HEADER.replace('account_number', 'Acct No.')
    .replace('free_service', 'Free?')
    .replace('customer_name', 'Name')
    .replace('billing_type', 'Cycle')
  const rows = [
    valuesOf({
      customer_name: 'Zoë; Söhne',
      rate_class: 'Residential',
      service_address: '262 Deer Run Dr',
      bill_group: '1',
      billing_type: 'EOM',
    }),
    valuesOf({
      account_number: '0000000002',
      rate_class: 'Small General',
      service_address: '262 Deer Run Dr',
      bill_group: '1',
      free_service: 'X',
      bundled_hold_until: '3/31/2027',
    }),
    valuesOf({
      account_number: '0000000003',
      rate_class: 'DS1',
      service_address: '262 Deer Run Dr',
      bill_group: '1',
      bundled_hold_until: '1/10/2027',
      account_start: '12/9/2001',
    }),
  ]
  const text = [
    header.replaceAll(',', ';'),
    ...rows.map((row) => row.map((value) => (value.includes(';') ? `"${value}"` : value)).join(';')),
  ].join('\r\n')

  test('is read by its mapping: delimiter, encoding, dates, marks, rate classes, columns', async () => {
    const list = readCustomerList(
      [{ kind: 'fixed', name: 'list.csv', content: iconv.encode(text, 'windows-1252') }],
      mapping,
    )
    const review = await reviewList(list, { ...CONTEXT, conventions: conventionsOf(mapping) })
    expect(review).toMatchObject({ rows: 3, problems: [], warnings: [] })
    expect(review.accounts).toMatchObject([
      { customerName: 'Zoë; Söhne', findings: [], servicePoints: [{ rateClass: 'DS-1', billingType: '' }] },
      {
        findings: ['free-service', 'bundled-hold'],
        bundledHoldUntil: '2027-03-31',
        servicePoints: [{ rateClass: 'DS-2' }],
      },
      { findings: [], bundledHoldUntil: '2027-01-10', accountStart: '2001-12-09' },
    ])
  })

  test('a column the mapping names has to be there, one it gives as null may be missing', async () => {
    await expect(rowsOf(csvOf({}), { columns: { pipp: 'PIPP flag' } })).rejects.toThrow(
      'has no column "PIPP flag" (pipp) among the 35',
    )
    const without = csvOf({}).replace('electric_heat', 'other')
    await expect(rowsOf(without)).rejects.toThrow('has no column "electric_heat"')
    expect((await rowsOf(without, { columns: { electric_heat: null } }))[0]?.cells.electric_heat).toBe('')
  })

  test('a tab as delimiter', async () => {
    expect(await rowsOf(csvOf({}).replaceAll(',', '\t'), { delimiter: '\t' })).toHaveLength(1)
  })
})
