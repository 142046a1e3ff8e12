import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Account, RateClass } from '../../domain/account.js'
import { anonymousUsage, type AnonymousGroup } from '../../domain/anonymous-usage.js'
import { readPlan } from '../../persistence/plan-files.js'

type Customer = Pick<Account, 'serviceAddress' | 'servicePoints'>

const rule = readPlan('mahomet').anonymity

function customer(
  months: readonly (number | null)[],
  zip4 = '1005',
  zip = '61853',
  rateClass: RateClass = 'DS-1',
): Customer {
  return {
    serviceAddress: { street: '', unit: '', city: '', state: 'IL', zip, zip4 },
    servicePoints: [{ servicePoint: '1', rateClass, billGroup: '1', billingType: '', monthlyKwh: months }],
  }
}

const level = (kwh: number): number[] => Array.from({ length: 12 }, () => kwh)
const many = (count: number, kwh: number, zip4?: string, zip?: string): Customer[] =>
  Array.from({ length: count }, () => customer(level(kwh), zip4, zip))

function gist({ groups }: { groups: readonly AnonymousGroup[] }): [string, number][] {
  return groups.map((group) => [
    `${group.rateClass} ${group.area}${group.remaining ? ' remaining' : ''}`,
    group.customers,
  ])
}

describe('Ameren Illinois, aggregated customer data: at least 15 customers of one rate class', () => {
  test.each([
    [14, []],
    [15, [['DS-1 61853-1005', 15]]],
    [16, [['DS-1 61853-1005', 16]]],
  ] satisfies [number, [string, number][]][])('%i customers', (count, groups) => {
    expect(gist(anonymousUsage(many(count, 500), rule))).toEqual(groups)
  })

  test('rate classes are never added together', () => {
    const mixed = [...many(14, 500), customer(level(500), '1005', '61853', 'DS-2')]
    const { groups, heldBack } = anonymousUsage(mixed, rule)
    expect(groups).toEqual([])
    expect(heldBack).toEqual({ customers: 15, publishable: true })
  })
})

describe('Ameren Illinois, aggregated customer data: no customer above 15 percent', () => {
  test.each([
    ['14.997 percent', 2470, true],
    ['15.002 percent', 2471, false],
  ])('%s', (_name, kwh, shown) => {
    expect(anonymousUsage([...many(14, 1000), customer(level(kwh))], rule).groups.length === 1).toBe(shown)
  })

  test('exactly 15 percent is shown', () => {
    expect(anonymousUsage([...many(17, 500), customer(level(1500))], rule).groups).toHaveLength(1)
    expect(anonymousUsage([...many(17, 500), customer(level(1501))], rule).groups).toHaveLength(0)
  })

  test('a single month in which one customer dominates keeps the group back as well', () => {
    const dryer = [...level(500).slice(1), 3000]
    expect(anonymousUsage([...many(19, 500), customer(dryer)], rule).groups).toHaveLength(0)
  })

  test('what one customer feeds in weighs as much as what one draws', () => {
    expect(anonymousUsage([...many(19, 500), customer(level(-500))], rule).groups).toHaveLength(1)
    expect(anonymousUsage([...many(19, 500), customer(level(-2500))], rule).groups).toHaveLength(0)
  })

  test('a month in which nobody uses anything is not shown: it would say what each of them used', () => {
    expect(anonymousUsage(many(20, 0), rule).groups).toEqual([])
  })
})

describe('widening: ZIP+4, first two digits of the +4, ZIP, held back', () => {
  test('two small neighbours are shown together', () => {
    expect(gist(anonymousUsage([...many(8, 500, '1001'), ...many(8, 500, '1002')], rule))).toEqual([
      ['DS-1 61853-10xx', 16],
    ])
  })

  test('a small area far away is shown with the rest of the ZIP', () => {
    expect(gist(anonymousUsage([...many(8, 500, '1001'), ...many(8, 500, '2002')], rule))).toEqual([['DS-1 61853', 16]])
  })

  test('customers without a +4 count for their ZIP', () => {
    expect(gist(anonymousUsage([...many(8, 500, ''), ...many(8, 500, '2002')], rule))).toEqual([['DS-1 61853', 16]])
  })

  test('two ZIPs are never added together', () => {
    const { groups, heldBack } = anonymousUsage([...many(8, 500, '1001'), ...many(8, 500, '1001', '61801')], rule)
    expect(groups).toEqual([])
    expect(heldBack).toEqual({ customers: 16, publishable: true })
  })

  test('a few customers beside a group that could be shown alone take it in, so that nobody can subtract', () => {
    expect(gist(anonymousUsage([...many(20, 500, '1001'), ...many(3, 500, '1002')], rule))).toEqual([
      ['DS-1 61853-10xx', 23],
    ])
  })

  test('they take in the smallest group only, the others stay apart', () => {
    const accounts = [...many(40, 500, '1001'), ...many(20, 500, '1002'), ...many(3, 500, '1003')]
    expect(gist(anonymousUsage(accounts, rule))).toEqual([
      ['DS-1 61853-1001', 40],
      ['DS-1 61853-10xx remaining', 23],
    ])
  })

  test('one customer too large for the whole ZIP is held back, and the groups that pass are shown', () => {
    const { groups, heldBack } = anonymousUsage([...many(20, 500, '1001'), customer(level(100_000), '1002')], rule)
    expect(gist({ groups })).toEqual([['DS-1 61853-1001', 20]])
    expect(heldBack).toEqual({ customers: 1, publishable: false })
  })

  test('an account without twelve months, or without a ZIP, is held back', () => {
    const accounts = [...many(15, 500), customer([...level(500).slice(1), null]), customer(level(500), '1005', '')]
    expect(anonymousUsage(accounts, rule)).toMatchObject({
      groups: [{ customers: 15 }],
      heldBack: { customers: 2, publishable: false },
    })
  })

  test('the totals are those of the group', () => {
    const [group] = anonymousUsage(
      Array.from({ length: 15 }, (_, at) => customer(level(500 + at))),
      rule,
    ).groups
    expect(group).toMatchObject({ monthlyKwh: level(15 * 500 + 105), annualKwh: 12 * (15 * 500 + 105) })
  })

  test('an account with service points of two classes is a customer of each', () => {
    const both: Customer = {
      ...customer(level(1)),
      servicePoints: [...customer(level(500)).servicePoints, ...customer(level(700), '', '', 'DS-2').servicePoints],
    }
    expect(
      gist(
        anonymousUsage(
          Array.from({ length: 15 }, () => both),
          rule,
        ),
      ),
    ).toEqual([
      ['DS-1 61853-1005', 15],
      ['DS-2 61853-1005', 15],
    ])
  })
})

/** The rule again in its plainest form, over the customers themselves: at least 4, none above 40 percent. */
function passes(customers: readonly Customer[]): boolean {
  const figures = customers.map((one) => {
    const months = monthsOf(one)
    return [...months, months.reduce((a, b) => a + b, 0)]
  })
  const columns = [...Array(13).keys()].map((at) => figures.map((figure) => figure[at] as number))
  return (
    customers.length >= 4 &&
    columns.every((column) => {
      const total = column.reduce((a, b) => a + b, 0)
      return total > 0 && column.every((value) => Math.abs(value) * 100 <= 40 * total)
    })
  )
}

function monthsOf(one: Customer): readonly number[] {
  return one.servicePoints[0]?.monthlyKwh as readonly number[]
}

/** Every area an address lies in, narrowest first. */
function areasOf({ serviceAddress: { zip, zip4 } }: Customer): readonly string[] {
  return zip4 === '' ? [zip] : [`${zip}-${zip4}`, `${zip}-${zip4.slice(0, 2)}xx`, zip]
}

/**
 * Finds out from the published figures alone who is in which group: people of one ZIP+4 are never parted, so every group
 * is some of these blocks. Null when the figures fit no choice of disjoint blocks inside the groups' areas.
 */
function decode(
  groups: readonly AnonymousGroup[],
  blocks: readonly (readonly Customer[])[],
): Map<AnonymousGroup, Customer[]> | null {
  const [group, ...others] = groups
  if (!group) return new Map()
  const near = blocks.filter((block) => areasOf(block[0] as Customer).includes(group.area))
  for (let choice = 1; choice < 2 ** near.length; choice += 1) {
    const chosen = near.filter((_, at) => (choice >> at) % 2 === 1)
    const members = chosen.flat()
    const totals = [...Array(12).keys()].map((at) =>
      members.reduce((sum, one) => sum + (monthsOf(one)[at] as number), 0),
    )
    if (members.length !== group.customers || JSON.stringify(totals) !== JSON.stringify(group.monthlyKwh)) continue
    const rest = decode(
      others,
      blocks.filter((block) => !chosen.includes(block)),
    )
    if (rest) return rest.set(group, members)
  }
  return null
}

describe('no group shown, and no difference of figures shown, breaks the rule', () => {
  /** A smaller rule, so that every case comes up often. */
  const small = {
    minimumCustomers: { ...rule.minimumCustomers, value: 4 },
    maximumSharePercent: { ...rule.maximumSharePercent, value: 40 },
  }
  const use = fc.oneof(
    { weight: 25, arbitrary: fc.integer({ min: 300, max: 900 }) },
    { weight: 1, arbitrary: fc.constantFrom(0, -200, 2000, 30_000) },
  )
  const village = fc
    .array(
      fc.record({
        zip: fc.constantFrom('61853', '61853', '61801'),
        zip4: fc.constantFrom('1001', '1002', '1003', '2001', '2002', ''),
        kwh: use,
        winter: fc.constantFrom(1, 1, 1, 1, 1, 8),
      }),
      { minLength: 15, maxLength: 50 },
    )
    .map((all) => all.map(({ zip, zip4, kwh, winter }) => customer([kwh * winter, ...level(kwh).slice(1)], zip4, zip)))

  test('for any village', () => {
    let groupsSeen = 0
    fc.assert(
      fc.property(village, (accounts) => {
        const { groups, heldBack } = anonymousUsage(accounts, small)
        expect(groups.reduce((sum, group) => sum + group.customers, 0) + heldBack.customers).toBe(accounts.length)

        const narrowest = [...new Set(accounts.map((one) => areasOf(one)[0]))]
        const blocks = narrowest.map((area) => accounts.filter((one) => areasOf(one)[0] === area))
        const members = decode(groups, blocks)
        expect(members).not.toBeNull()
        for (const customers of members?.values() ?? []) expect(passes(customers)).toBe(true)
        groupsSeen += groups.length

        // an area's own total, if the rule lets anyone publish it, minus the groups inside it
        for (const area of new Set(accounts.flatMap(areasOf))) {
          const all = accounts.filter((one) => areasOf(one).includes(area))
          if (!passes(all)) continue
          const inside = [...(members?.values() ?? [])]
            .filter((group) => group.every((one) => all.includes(one)))
            .flat()
          const left = all.filter((one) => !inside.includes(one))
          expect(left.length === 0 || passes(left)).toBe(true)
        }
      }),
      { numRuns: 400 },
    )
    expect(groupsSeen).toBeGreaterThan(200)
  })
})
