import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { DEFAULT_CONVENTIONS } from '../../domain/list-columns.js'
import { dateReader, isDatePattern } from '../../domain/list-date.js'
import { rowReader } from '../../domain/list-row.js'
import { aRow, CONTEXT, review, type RowParts } from './list-review-fixture.js'

const digits = CONTEXT.terms.utility.accountNumberDigits.value

function read(parts: RowParts, conventions: Partial<typeof DEFAULT_CONVENTIONS> = {}) {
  const reading = rowReader({ ...DEFAULT_CONVENTIONS, ...conventions }, digits)(aRow({ line: 412, ...parts }))
  return { ...reading, warnings: [...reading.warnings] }
}

describe('a row is refused for account number, service point and rate class', () => {
  test.each([
    ['', 'account-number', 'The account number is missing'],
    ['048331488', 'account-number', 'The account number is not 10 digits'],
    ['04833148831', 'account-number', 'The account number is not 10 digits'],
    ['12345ABCDE', 'account-number', 'The account number is not 10 digits'],
    ['04833-14883', 'account-number', 'The account number is not 10 digits'],
    ['0483314883.0', 'account-number', 'The account number is not 10 digits'],
    ['４８３３１４８８３０', 'account-number', 'The account number is not 10 digits'],
  ])('account number "%s"', (account_number, code, what) => {
    const { row, problem } = read({ account_number })
    expect(row).toBeNull()
    expect(problem).toEqual({
      file: 'fixed.csv',
      line: 412,
      code,
      message: `${what}: the row is refused; correct the list or ask the utility for a new one.`,
    })
  })

  test.each(['', 'DS1A', 'DS-6', 'DS-0', 'DS-11', 'RES', '1'])('rate class "%s"', (rate_class) => {
    expect(read({ rate_class }).problem?.code).toBe('rate-class')
  })

  test.each([
    ['DS-3', 'DS-3'],
    ['DS3', 'DS-3'],
    ['ds3', 'DS-3'],
    ['DS-5', 'DS-5'],
  ])('rate class "%s" is %s', (rate_class, known) => {
    expect(read({ rate_class }).row?.servicePoint.rateClass).toBe(known)
  })

  test('a rate class by the mapping', () => {
    const conventions = { rateClasses: { Residential: 'DS-1' } } as const
    expect(read({ rate_class: 'Residential' }, conventions).row?.servicePoint.rateClass).toBe('DS-1')
    expect(read({ rate_class: 'constructor' }, conventions).problem?.code).toBe('rate-class')
  })

  test('the first fault is the code, further ones stand in the message', () => {
    const { problem } = read({ account_number: '', service_point: '', rate_class: 'DS1A' })
    expect(problem?.code).toBe('account-number')
    expect(problem?.message).toContain(
      'account number is missing; the service point is missing; rate class "DS1A" is not one of DS-1 to DS-5',
    )
    expect(read({ service_point: '', rate_class: '' }).problem?.code).toBe('service-point')
  })

  test('no value of the row is repeated in the message, whatever column it slipped into', () => {
    fc.assert(
      fc.property(fc.string({ minLength: 6 }), (value) => {
        fc.pre(!/^\s*DS/i.test(value))
        const { problem } = read({ account_number: `x${value}`, service_point: '', rate_class: `Q${value}` })
        expect(problem?.message).toBe(
          'The account number is not 10 digits; the service point is missing; the rate class is not one of DS-1 to DS-5: the row is refused; correct the list or ask the utility for a new one.',
        )
      }),
    )
  })

  test('nothing else refuses a row', () => {
    fc.assert(
      fc.property(
        fc.record({
          customer_name: fc.string(),
          electric_heat: fc.string(),
          bundled_hold_until: fc.string(),
          kwh_01: fc.string(),
          billing_type: fc.string(),
          service_zip: fc.string(),
        }),
        (cells) => {
          expect(read(cells).problem).toBeNull()
        },
      ),
    )
  })
})

describe('what cannot be read is warned of and keeps the account from being enrolled unseen', () => {
  test.each([
    ['', false, []],
    ['N', false, []],
    ['no', false, []],
    ['0', false, []],
    ['FALSE', false, []],
    ['Y', true, []],
    ['y', true, []],
    ['Yes', true, []],
    ['TRUE', true, []],
    ['maybe', true, ['mark-unreadable']],
    ['-', true, ['mark-unreadable']],
  ])('the mark "%s"', (free_service, freeService, warnings) => {
    expect(read({ free_service })).toMatchObject({ row: { freeService }, warnings })
  })

  test("the mapping's marks take the place of the usual ones", () => {
    expect(read({ free_service: 'x' }, { yes: ['X'] })).toMatchObject({ row: { freeService: true }, warnings: [] })
    expect(read({ free_service: 'N' }, { yes: ['X'] })).toMatchObject({ row: { freeService: false }, warnings: [] })
    expect(read({ free_service: 'Y' }, { yes: ['X'] })).toMatchObject({
      row: { freeService: true },
      warnings: ['mark-unreadable'],
    })
    expect(read({ free_service: '-' }, { no: ['N', '-'] })).toMatchObject({ row: { freeService: false }, warnings: [] })
  })

  test('a hold without a readable day counts as a hold', async () => {
    const { accounts, warnings } = await review([aRow({ bundled_hold_until: 'until further notice' })])
    expect(accounts[0]).toMatchObject({ findings: ['bundled-hold'], eligibility: 'ineligible', bundledHoldUntil: null })
    expect(warnings).toMatchObject([{ code: 'hold-unreadable', rows: 1 }])
  })

  test.each([
    ['', null, []],
    ['0', 0, []],
    ['-0', 0, []],
    ['1234', 1234, []],
    ['1,234', 1234, []],
    ['1,234,567', 1234567, []],
    ['-350', -350, []],
    ['1234.0', 1234, []],
    ['1234.5', 1235, ['kwh-rounded']],
    ['1234.4', 1234, ['kwh-rounded']],
    ['12,34', null, ['kwh-unreadable']],
    ['1e3', null, ['kwh-unreadable']],
    ['n/a', null, ['kwh-unreadable']],
    ['12345678901', null, ['kwh-unreadable']],
  ])('a month\'s use of "%s"', (kwh_01, kwh, warnings) => {
    const reading = read({ kwh_01 })
    expect(reading.row?.servicePoint.monthlyKwh[0]).toBe(kwh)
    expect(reading.warnings).toEqual(warnings)
  })

  test('a billing type nobody knows goes to a person', () => {
    expect(read({ billing_type: 'eom' })).toMatchObject({ row: { servicePoint: { billingType: 'EOM' } }, warnings: [] })
    expect(read({ billing_type: 'QTR' })).toMatchObject({
      row: { servicePoint: { billingType: 'MOM' } },
      warnings: ['billing-type-unknown'],
    })
  })

  test('no name and no bill group are warned of', () => {
    expect(read({ customer_name: '', bill_group: '' }).warnings).toEqual(['name-missing', 'bill-group-missing'])
  })
})

describe('addresses', () => {
  test('mail goes to the service address when the list gives no other', () => {
    const { row } = read({})
    expect(row?.mailAddress).toEqual(row?.serviceAddress)
  })

  test('a mailing address of its own is kept whole', () => {
    const mail = {
      mail_address: 'PO Box 513',
      mail_unit: 'Ste 4',
      mail_city: 'Phoenix',
      mail_state: 'AZ',
      mail_zip: '85013-2002',
    }
    expect(read(mail).row?.mailAddress).toEqual({
      street: 'PO Box 513',
      unit: 'Ste 4',
      city: 'Phoenix',
      state: 'AZ',
      zip: '85013',
      zip4: '2002',
    })
  })

  test('the same address twice keeps the +4 that only the service address has', () => {
    const mail = { mail_address: '262 Deer Run Dr', mail_city: 'Mahomet', mail_state: 'IL', mail_zip: '61853' }
    expect(read(mail).row?.mailAddress.zip4).toBe('1005')
  })

  test('a ZIP with its +4 in one column is taken apart', () => {
    expect(read({ service_zip: '61853-1005', service_zip4: '' }).row?.serviceAddress).toMatchObject({
      zip: '61853',
      zip4: '1005',
    })
  })
})

describe('dates as the list writes them', () => {
  test.each([
    ['M/D/YYYY', '3/31/2027', '2027-03-31'],
    ['M/D/YYYY', '03/31/2027', '2027-03-31'],
    ['M/D/YYYY', '31/3/2027', null],
    ['M/D/YYYY', '3/31/27', null],
    ['M/D/YYYY', '3-31-2027', null],
    ['M/D/YYYY', '2/29/2027', null],
    ['M/D/YYYY', '2/29/2028', '2028-02-29'],
    ['M/D/YYYY', '3/31/2027 0:00', '2027-03-31'],
    ['M/D/YYYY', '3/31/2027 12:00:00 AM', '2027-03-31'],
    ['M/D/YYYY', '3/31/2027 12:00', null],
    ['MM/DD/YYYY', '03/31/2027', '2027-03-31'],
    ['D.M.YYYY', '31.3.2027', '2027-03-31'],
    ['D.M.YYYY', '31x3x2027', null],
    ['YYYY-MM-DD', '2027-03-31', '2027-03-31'],
    ['YYYY-MM-DD', '2027-03-31 00:00:00.000', '2027-03-31'],
    ['M/D/YYYY', '2027-03-31', '2027-03-31'],
    ['YYYY-MM-DD', 'soon', null],
    ['YYYYMMDD', '20270331', '2027-03-31'],
    ['YYYYMMDD', '2027331', null],
  ])('%s reads "%s" as %s', (pattern, text, day) => {
    expect(dateReader(pattern)(text)).toBe(day)
  })

  test.each(['M/D/YYYY', 'MM/DD/YYYY', 'D.M.YYYY', 'YYYY-MM-DD', 'D-M-YYYY', 'YYYY/M/D', 'D. M. YYYY', 'YYYYMMDD'])(
    '%s is a pattern',
    (pattern) => {
      expect(isDatePattern(pattern)).toBe(true)
    },
  )

  test.each(['', 'M/D/YY', 'MDYYYY', 'M/D', 'M/M/YYYY', 'MMM D, YYYY', 'D/YYYY/Mth', 'YYYY-MM-DDTHH', 'YYYYMD'])(
    '%s is none',
    (pattern) => {
      expect(isDatePattern(pattern)).toBe(false)
    },
  )
})
