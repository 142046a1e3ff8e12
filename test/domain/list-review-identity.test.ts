import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { ELIGIBILITIES } from '../../domain/account.js'
import type { ListRow } from '../../domain/list-row.js'
import { FINDING_CODES } from '../../domain/plan.js'
import { aRow, CONTEXT, review } from './list-review-fixture.js'

/** Few values for each column, so that repeats, conflicts and shared accounts are frequent. */
const rowArbitrary: fc.Arbitrary<ListRow> = fc
  .record({
    list: fc.constantFrom('fixed' as const, 'supplier' as const, 'hourly' as const),
    account_number: fc.constantFrom('0000000001', '0000000002', '0000000003', '12', ''),
    service_point: fc.constantFrom('A', 'B', ''),
    rate_class: fc.constantFrom('DS-1', 'DS2', 'DS1A'),
    service_address: fc.constantFrom('262 Deer Run Dr', '1300 Deer Run Dr', '5 Elsewhere Rd', ''),
    electric_heat: fc.constantFrom('Y', 'N', '?'),
    free_service: fc.constantFrom('Y', '', 'N'),
    bundled_hold_until: fc.constantFrom('', '2026-01-01', '2028-01-01', 'soon'),
    kwh_01: fc.constantFrom('', '0', '-50', '16000', 'x'),
  })
  .map((parts) => aRow(parts))

const rowsArbitrary = fc.array(rowArbitrary, { maxLength: 60 })

/** The rule of the issue, written again in the plainest way and sharing nothing with the code under test. */
function isRefused({ cells }: ListRow): boolean {
  return (
    !/^[0-9]{10}$/.test(cells.account_number) ||
    cells.service_point === '' ||
    !['DS-1', 'DS-2', 'DS-3', 'DS-4', 'DS-5', 'DS1', 'DS2', 'DS3', 'DS4', 'DS5'].includes(cells.rate_class)
  )
}

describe('nobody is lost: rows = service points + merged repeats + refused rows', () => {
  test('for any list', async () => {
    await fc.assert(
      fc.asyncProperty(rowsArbitrary, async (rows) => {
        const result = await review(rows)
        const refused = rows.filter(isRefused)
        const kept = rows.filter((row) => !isRefused(row))
        expect(result.rows).toBe(rows.length)
        expect(result.problems).toHaveLength(refused.length)
        expect(result.servicePoints).toBe(new Set(kept.map((row) => row.fingerprint)).size)
        expect(result.rows).toBe(result.servicePoints + result.duplicateRows + result.problems.length)

        const numbers = result.accounts.map((account) => account.accountNumber)
        expect(numbers.toSorted()).toEqual([...new Set(kept.map((row) => row.cells.account_number))].sort())
        for (const account of result.accounts) {
          const points = account.servicePoints.map((point) => point.servicePoint)
          const listed = kept.filter((row) => row.cells.account_number === account.accountNumber)
          expect(points.toSorted()).toEqual([...new Set(listed.map((row) => row.cells.service_point))].sort())
        }
      }),
    )
  })

  test('each account has one eligibility, and reasons counts every finding of every account', async () => {
    await fc.assert(
      fc.asyncProperty(rowsArbitrary, async (rows) => {
        const { accounts, eligibility, reasons } = await review(rows)
        expect(ELIGIBILITIES.reduce((sum, key) => sum + eligibility[key], 0)).toBe(accounts.length)
        for (const code of FINDING_CODES) {
          expect(reasons[code]).toBe(accounts.filter((account) => account.findings.includes(code)).length)
        }
        for (const account of accounts) {
          const strictest = account.findings
            .map((code) => ELIGIBILITIES.indexOf(CONTEXT.terms.eligibility[code].value))
            .reduce((low, rank) => Math.min(low, rank), ELIGIBILITIES.indexOf('auto-enroll'))
          expect(account.eligibility).toBe(ELIGIBILITIES[strictest])
        }
      }),
    )
  })

  test('the order of the rows changes no count, no finding and no service point', async () => {
    const shuffled = rowsArbitrary.chain((rows) =>
      fc.tuple(fc.constant(rows), fc.shuffledSubarray(rows, { minLength: rows.length, maxLength: rows.length })),
    )
    await fc.assert(
      fc.asyncProperty(shuffled, async ([rows, others]) => {
        const [one, other] = [await review(rows), await review(others)]
        const gist = (result: typeof one) => ({
          counts: [result.rows, result.servicePoints, result.duplicateRows, result.eligibility, result.reasons],
          problems: result.problems.map((problem) => problem.message).sort(),
          warnings: result.warnings
            .map(({ file, code, rows }) => `${file} ${code} ${rows}`)
            .filter((text) => !ORDERED.test(text))
            .sort(),
          accounts: result.accounts
            .map(({ accountNumber, list, findings, annualKwh, notes, servicePoints }) => ({
              accountNumber,
              list,
              findings,
              annualKwh,
              notes,
              points: servicePoints.map((point) => JSON.stringify(point)).sort(),
            }))
            .sort((a, b) => a.accountNumber.localeCompare(b.accountNumber)),
        })
        expect(gist(other)).toEqual(gist(one))
      }),
    )
  })

  test('a row given again adds one repeat and nothing else', async () => {
    await fc.assert(
      fc.asyncProperty(rowsArbitrary, fc.nat(), async (rows, pick) => {
        const kept = rows.filter((row) => !isRefused(row))
        fc.pre(kept.length > 0)
        const again = kept[pick % kept.length] as ListRow
        const [before, after] = [await review(rows), await review([...rows, again])]
        expect(after.duplicateRows).toBe(before.duplicateRows + 1)
        expect({ ...after, rows: 0, duplicateRows: 0, warnings: [] }).toEqual({
          ...before,
          rows: 0,
          duplicateRows: 0,
          warnings: [],
        })
      }),
    )
  })
})

/** Warnings about a difference from an earlier row depend on which row came first. */
const ORDERED = /on-several-lists|account-details-differ|service-point-conflict/
