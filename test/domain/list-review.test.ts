import { describe, expect, test } from 'vitest'
import type { CivilDate } from '../../domain/civil-date.js'
import { FINDING_CODES } from '../../domain/plan.js'
import { eligibilityOf } from '../../domain/reviewed-account.js'
import { aRow, CONTEXT, monthsOf, review, type RowParts } from './list-review-fixture.js'

async function findingsOf(...rows: RowParts[]): Promise<readonly string[]> {
  const { accounts } = await review(rows.map((row, at) => aRow({ service_point: `00${at}`, ...row })))
  expect(accounts).toHaveLength(1)
  return accounts[0]?.findings ?? []
}

describe('Mahomet, Determination of Eligible Customer Pool A to C: what each finding makes of an account', () => {
  test.each([
    ['a house on the fixed price inside the village', {}, [], 'auto-enroll'],
    ['a house number outside', { service_address: '1201 Deer Run Dr' }, ['outside-boundary'], 'ineligible'],
    ['free service', { free_service: 'Y' }, ['free-service'], 'ineligible'],
    ['a bundled hold', { bundled_hold_until: '2027-03-31' }, ['bundled-hold'], 'ineligible'],
    ['a business over the limit', { rate_class: 'DS-2', ...monthsOf(15_001) }, ['over-15000-kwh'], 'ineligible'],
    [
      'a street that no range names',
      { service_address: '5 County Road 2200 N' },
      ['boundary-unresolved'],
      'needs-review',
    ],
    ['the hourly list', { list: 'hourly' }, ['hourly'], 'opt-in-only'],
    ['the supplier list', { list: 'supplier' }, ['other-supplier'], 'opt-in-only'],
    ['electric heat', { electric_heat: 'Y' }, ['electric-heat'], 'opt-in-only'],
    ['PIPP', { pipp: 'Y' }, [], 'auto-enroll'],
  ] satisfies [string, RowParts, string[], string][])('%s', async (_name, row, findings, eligibility) => {
    const { accounts } = await review([aRow(row)])
    expect(accounts[0]).toMatchObject({ findings, eligibility })
  })

  test('every finding is kept and the strictest decides', async () => {
    const row = {
      list: 'supplier',
      service_address: '5 County Road 2200 N',
      electric_heat: 'Y',
      free_service: 'Y',
    } as const
    const { accounts, reasons, eligibility } = await review([aRow(row)])
    expect(accounts[0]).toMatchObject({
      findings: ['free-service', 'boundary-unresolved', 'other-supplier', 'electric-heat'],
      eligibility: 'ineligible',
    })
    expect(reasons).toEqual({
      'outside-boundary': 0,
      'free-service': 1,
      'bundled-hold': 0,
      'over-15000-kwh': 0,
      'boundary-unresolved': 1,
      hourly: 0,
      'other-supplier': 1,
      'electric-heat': 1,
    })
    expect(eligibility).toEqual({ ineligible: 1, 'needs-review': 0, 'opt-in-only': 0, 'auto-enroll': 0 })
  })

  test('ineligible comes before needs-review, needs-review before opt-in-only', () => {
    expect(eligibilityOf(FINDING_CODES, CONTEXT.terms)).toBe('ineligible')
    expect(eligibilityOf(['boundary-unresolved', 'hourly'], CONTEXT.terms)).toBe('needs-review')
    expect(eligibilityOf(['hourly', 'electric-heat'], CONTEXT.terms)).toBe('opt-in-only')
    expect(eligibilityOf([], CONTEXT.terms)).toBe('auto-enroll')
  })

  test('a plan that lets electric heat in keeps the finding and enrolls the account', async () => {
    const heat = { ...CONTEXT.terms.eligibility['electric-heat'], value: 'auto-enroll' as const }
    const terms = { ...CONTEXT.terms, eligibility: { ...CONTEXT.terms.eligibility, 'electric-heat': heat } }
    const { accounts } = await review([aRow({ electric_heat: 'Y' })], { terms })
    expect(accounts[0]).toMatchObject({ findings: ['electric-heat'], eligibility: 'auto-enroll' })
  })
})

describe('Mahomet, Determination of Eligible Customer Pool C.3: the bundled hold as of a day', () => {
  test.each([
    ['the day before its last day', '2027-03-30', ['bundled-hold']],
    ['its last day', '2027-03-31', ['bundled-hold']],
    ['the day after', '2027-04-01', []],
  ])('on %s', async (_name, asOf, findings) => {
    const { accounts } = await review([aRow({ bundled_hold_until: '2027-03-31' })], { asOf: asOf as CivilDate })
    expect(accounts[0]).toMatchObject({ findings, bundledHoldUntil: '2027-03-31' })
  })
})

describe('220 ILCS 5/16-102: non-residential use of a year', () => {
  test.each([
    ['DS-2', 14_999, []],
    ['DS-2', 15_000, []],
    ['DS-2', 15_001, ['over-15000-kwh']],
    ['DS-5', 15_001, ['over-15000-kwh']],
    ['DS-1', 15_001, []],
    ['DS-1', 150_000, []],
  ])('%s with %i kWh', async (rate_class, annual, findings) => {
    expect(await findingsOf({ rate_class, ...monthsOf(annual) })).toEqual(findings)
  })

  test('the use of all service points of the account counts', async () => {
    const half = { rate_class: 'DS-2', ...monthsOf(7_500) }
    expect(await findingsOf(half, half)).toEqual([])
    expect(await findingsOf(half, { ...half, kwh_12: '626' })).toEqual(['over-15000-kwh'])
  })

  test('one service point of another class makes the account non-residential, with a note', async () => {
    const { accounts } = await review([
      aRow({ service_point: '1', ...monthsOf(15_000) }),
      aRow({ service_point: '2', rate_class: 'DS-5', ...monthsOf(1) }),
    ])
    expect(accounts[0]).toMatchObject({
      findings: ['over-15000-kwh'],
      notes: ['mixed-rate-classes'],
      annualKwh: 15_001,
    })
  })

  test('fewer than twelve months: the months given are added up, and a note says so', async () => {
    const { accounts } = await review([
      aRow({ rate_class: 'DS-2', ...monthsOf(24_000), kwh_01: '', kwh_02: '', kwh_03: '' }),
    ])
    expect(accounts[0]).toMatchObject({
      annualKwh: 18_000,
      notes: ['fewer-than-12-months'],
      findings: ['over-15000-kwh'],
    })
  })

  test('a month in which more was fed in than drawn is subtracted', async () => {
    const { accounts, warnings } = await review([aRow({ ...monthsOf(1200), kwh_06: '-350' })])
    expect(accounts[0]?.annualKwh).toBe(1200 - 100 - 350)
    expect(warnings).toEqual([])
  })
})

describe('rows become accounts', () => {
  test('an account has all its service points, and is counted once', async () => {
    const result = await review([
      aRow({ service_point: '1' }),
      aRow({ service_point: '2', account_start: '2011-01-01' }),
    ])
    expect(result).toMatchObject({ rows: 2, servicePoints: 2, duplicateRows: 0 })
    expect(result.accounts).toHaveLength(1)
    expect(result.accounts[0]).toMatchObject({
      accountStart: '2011-01-01',
      servicePoints: [{ servicePoint: '1' }, { servicePoint: '2' }],
    })
  })

  test('an exact repeat is merged and counted', async () => {
    const result = await review([aRow(), aRow(), aRow({ line: 9 })])
    expect(result).toMatchObject({ rows: 3, servicePoints: 1, duplicateRows: 2, warnings: [] })
  })

  test('one finding on one service point is a finding of the account', async () => {
    expect(await findingsOf({}, { service_address: '1201 Deer Run Dr' })).toEqual(['outside-boundary'])
    expect(await findingsOf({}, { free_service: 'Y' }, { bundled_hold_until: '2030-01-01' })).toEqual([
      'free-service',
      'bundled-hold',
    ])
  })

  test('an account on two lists is one account with the findings of both', async () => {
    const rows = [
      aRow({ list: 'fixed' }),
      aRow({ list: 'hourly', service_point: '2' }),
      aRow({ list: 'supplier', service_point: '3' }),
    ]
    for (const order of [rows, rows.toReversed()]) {
      const result = await review(order)
      expect(result.accounts).toHaveLength(1)
      expect(result.accounts[0]).toMatchObject({ list: 'supplier', findings: ['hourly', 'other-supplier'] })
      expect(result.warnings.map((warning) => warning.code)).toContain('on-several-lists')
    }
  })

  test('the same row on two lists is merged, and both lists count', async () => {
    const result = await review([
      aRow({ list: 'fixed' }),
      { ...aRow({ list: 'supplier' }), fingerprint: aRow().fingerprint },
    ])
    expect(result).toMatchObject({ servicePoints: 1, duplicateRows: 1 })
    expect(result.accounts[0]).toMatchObject({ list: 'supplier', findings: ['other-supplier'] })
  })

  test('a service point listed again with other values is counted, enrolled once and warned of', async () => {
    const rows = [
      aRow({ ...monthsOf(9000) }),
      aRow({ ...monthsOf(9600), free_service: 'Y', line: 3 }),
      aRow({ ...monthsOf(9000), line: 4 }),
    ]
    for (const order of [rows, rows.toReversed()]) {
      const result = await review(order)
      expect(result).toMatchObject({ rows: 3, servicePoints: 2, duplicateRows: 1, problems: [] })
      expect(result.accounts[0]?.servicePoints).toHaveLength(1)
      expect(result.accounts[0]).toMatchObject({
        annualKwh: 9600,
        findings: ['free-service'],
        notes: ['service-point-conflict'],
      })
      expect(result.warnings.map((warning) => warning.code)).toEqual(['service-point-conflict'])
    }
  })

  test('another name or address within an account is warned of, without naming either', async () => {
    const { accounts, warnings } = await review([
      aRow(),
      aRow({ service_point: '2', customer_name: 'Secret Person', line: 3 }),
    ])
    expect(accounts[0]?.customerName).toBe('Pat Example')
    expect(warnings).toEqual([
      {
        file: 'fixed.csv',
        code: 'account-details-differ',
        rows: 1,
        lines: [3],
        message: "fixed.csv, line 3: a name or address other than the account's first row; the first row's is used.",
      },
    ])
  })

  test('a list with a hundred warnings of one kind says so in one line', async () => {
    const rows = Array.from({ length: 100 }, (_, at) => aRow({ service_point: `${at}`, bill_group: '', line: at + 2 }))
    const { warnings } = await review(rows)
    expect(warnings).toMatchObject([{ code: 'bill-group-missing', rows: 100, lines: [2, 3, 4, 5, 6] }])
    expect(warnings[0]?.message).toContain('lines 2, 3, 4, 5, 6 and 95 more')
  })

  test('an empty list is reviewed: no account, every key at zero', async () => {
    const result = await review([])
    expect(result).toMatchObject({
      rows: 0,
      accounts: [],
      servicePoints: 0,
      duplicateRows: 0,
      problems: [],
      warnings: [],
    })
    expect(Object.keys(result.eligibility)).toHaveLength(4)
    expect(Object.keys(result.reasons)).toEqual([...FINDING_CODES])
  })
})
