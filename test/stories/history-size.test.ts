/** Architecture §3: the workflow server's part of a cycle grows with batches, counted from its histories. 32,000: npm run test:long. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startSteppedServer, type SteppedServer } from '../support/stepped-cycle.js'
import { temporalForTests } from '../support/temporal.js'
import { BARS, type CycleCost, cycleCost, slopeBetween } from './history-bars.js'

const executable = await temporalForTests('cli')
/** Both large enough for every bill group, reject code and day of rescission to occur. */
const SIZES = [1_600, 3_200] as const
/** @unit ms */
const LIMIT = 600_000

describe.skipIf(executable === undefined)('a whole cycle on the real workflow server', () => {
  let server: SteppedServer
  const costs: CycleCost[] = []
  beforeAll(async () => {
    server = await startSteppedServer(executable ?? '')
    for (const accounts of SIZES) costs.push(await cycleCost(server, accounts))
  }, LIMIT)
  afterAll(() => server.close())

  test('every listed account ends in one disposition, most of them enrolled', () => {
    expect(costs).toMatchObject(SIZES.map((accounts) => ({ accounts, listed: accounts, balances: true, notes: [] })))
    for (const cost of costs) expect(cost.enrolled).toBeGreaterThan(0.8 * cost.accounts)
  })

  test('a thousand accounts more cost at most 100 events and 20 activity starts', () => {
    const [smaller, larger] = costs as [CycleCost, CycleCost]
    const slope = slopeBetween(smaller, larger)
    expect(slope.eventsPerThousand).toBeLessThanOrEqual(BARS.eventsPerThousand)
    expect(slope.startsPerThousand).toBeLessThanOrEqual(BARS.startsPerThousand)
    expect(slope.eventsPerThousand).toBeGreaterThan(0)
  })

  test('no run comes near a limit, and no payload holds more than ids, counts and instants', () => {
    for (const cost of costs) {
      expect(cost.largestRun).toBeLessThan(BARS.largestRun)
      expect(cost.largestPayload).toBeLessThanOrEqual(BARS.largestPayload)
      expect(cost.largestChunk).toBeLessThanOrEqual(BARS.largestChunk)
    }
  })
})
