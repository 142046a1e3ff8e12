/** Stories of the award: when nobody gets it, and what becomes of a class that it does not price. */
import { describe, expect, test } from 'vitest'
import { type Home, numberOf, type Script } from '../support/rehearsal-village.js'
import { canRehearse, PLAIN, rehearsed } from '../support/rehearsed.js'

const [BID] = PLAIN.bids
const ONE_HOME: readonly Home[] = [{ number: numberOf(1) }]

describe.skipIf(!canRehearse)('Mahomet, Power Supply Agreement A and B: an award, or none', () => {
  test.each<[string, Partial<Script>, RegExp, string]>([
    ['no supplier bids', { bids: [], award: null }, /no supplier bid/, 'no-bid'],
    ['the board rejects all bids', { award: null }, /rejected all/, 'bids-rejected'],
    [
      'the best rate equals the default rate',
      { bids: [{ supplier: 'Prairie Wind', termMonths: 24, ...BID, centsPerKwh: { 'DS-1': 8.613 } }] },
      /below the default rate.*DS-1 8\.613 against 8\.613/,
      'award-refused',
    ],
  ])('%s: the cycle stops, nobody gets a letter, and it balances', async (_name, change, stopped, kind) => {
    const village = await rehearsed(ONE_HOME, { ...PLAIN, ...change })
    try {
      expect(village.exitCode).toBe(0)
      expect(village.summary.stopped).toMatch(stopped)
      expect(village.journal.map((entry) => entry.kind)).toContain(kind)
      expect(village.storyOf(numberOf(1))).toEqual(['account-listed'])
      expect(village.summary.conservation).toMatchObject({ balances: true })
    } finally {
      village.discard()
    }
  })

  test('a thousandth of a cent below the default rate is below it', async () => {
    const village = await rehearsed(ONE_HOME, {
      ...PLAIN,
      bids: [{ supplier: 'Prairie Wind', termMonths: 24, ...BID, centsPerKwh: { 'DS-1': 8.612 } }],
    })
    try {
      expect(village.summary.stopped).toBeNull()
      expect(village.accounts.get(numberOf(1))).toMatchObject({ disposition: 'enrolled' })
    } finally {
      village.discard()
    }
  })
})

describe.skipIf(!canRehearse)('Mahomet, Determination of Eligible Customer Pool: the strictest finding decides', () => {
  const PLACES: readonly [string, Omit<Home, 'number'>, string, string][] = [
    ['a home', {}, 'enrolled', ''],
    ['a shop in a class that the award does not price', { meters: [{ rateClass: 'DS-2' }] }, 'needs-review', ''],
    ['a shop of exactly 15,000 kWh a year', { meters: [{ rateClass: 'DS-2', monthlyKwh: 1250 }] }, 'needs-review', ''],
    ['a shop of more', { meters: [{ rateClass: 'DS-2', monthlyKwh: 1251 }] }, 'ineligible', 'over-15000-kwh'],
    ['a customer of another supplier', { list: 'supplier' }, 'opt-in-only', 'other-supplier'],
    ['a customer on the hourly price', { list: 'hourly' }, 'opt-in-only', 'hourly'],
    ['a home with electric heat', { electricHeat: true }, 'opt-in-only', 'electric-heat'],
    ['free service', { freeService: true }, 'ineligible', 'free-service'],
    ['a hold until next year', { bundledHoldUntil: '2028-01-01' }, 'ineligible', 'bundled-hold'],
    ['a house beyond the last number', { address: '1001 Oak St' }, 'ineligible', 'outside-boundary'],
    ['a street that no range names', { address: '5 Elm St' }, 'needs-review', 'boundary-unresolved'],
  ]

  test('each account is where its findings put it', async () => {
    const homes = PLACES.map(([, home], place) => ({ ...home, number: numberOf(place + 1) }))
    const village = await rehearsed(homes, {
      ...PLAIN,
      bids: [{ supplier: 'Prairie Wind', termMonths: 24, ...BID, centsPerKwh: { 'DS-1': 7 } }],
    })
    try {
      const found = PLACES.map(([name], place) => {
        const { disposition, reasons } = village.accounts.get(numberOf(place + 1)) ?? {}
        return [name, disposition, reasons]
      })
      expect(found).toEqual(PLACES.map(([name, , disposition, reasons]) => [name, disposition, reasons]))
    } finally {
      village.discard()
    }
  })
})
