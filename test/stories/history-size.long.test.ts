/** The same count at 3,200 and 32,000 accounts; the figures are kept in docs/scale.md. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { findPostgres, type ScratchPostgres, startScratchPostgres } from '../support/postgres.js'
import { startSteppedServer, type SteppedServer } from '../support/stepped-cycle.js'
import { temporalForTests } from '../support/temporal.js'
import { BARS, type CycleCost, cycleCost, slopeBetween } from './history-bars.js'

const executable = await temporalForTests('cli')
const found = findPostgres()
if ('missing' in found) process.stderr.write(`skipped: a cycle of 32,000 accounts: ${found.missing}\n`)
const SIZES = [3_200, 32_000] as const
/** @unit ms */
const LIMIT = 1_800_000

describe.skipIf(executable === undefined || 'missing' in found)('a cycle of 32,000 accounts', () => {
  let server: SteppedServer
  let postgres: ScratchPostgres
  const costs: CycleCost[] = []
  beforeAll(async () => {
    if ('missing' in found) return
    server = await startSteppedServer(executable ?? '')
    postgres = await startScratchPostgres(found.bin)
    for (const accounts of SIZES) {
      const began = performance.now()
      const ledger = { kind: 'postgres' as const, url: await postgres.createDatabase() }
      const cost = await cycleCost(server, accounts, { ledger })
      costs.push(cost)
      process.stdout.write(`${JSON.stringify({ ...cost, seconds: Math.round((performance.now() - began) / 1_000) })}\n`)
    }
    process.stdout.write(`${JSON.stringify(slopeBetween(...(costs as [CycleCost, CycleCost])))}\n`)
  }, LIMIT)
  afterAll(async () => {
    await server.close()
    await postgres.stop()
  })

  test('every listed account ends in one disposition, most of them enrolled', () => {
    expect(costs).toMatchObject(SIZES.map((accounts) => ({ accounts, listed: accounts, balances: true, notes: [] })))
    for (const cost of costs) expect(cost.enrolled).toBeGreaterThan(0.8 * cost.accounts)
  })

  test('costs at most 100 events and 20 activity starts per 1,000 accounts over its fixed cost', () => {
    const slope = slopeBetween(...(costs as [CycleCost, CycleCost]))
    expect(slope.eventsPerThousand).toBeLessThanOrEqual(BARS.eventsPerThousand)
    expect(slope.startsPerThousand).toBeLessThanOrEqual(BARS.startsPerThousand)
    expect(slope.fixedEvents).toBeGreaterThan(0)
  })

  test('no run has 5,000 events, no payload more than a few kilobytes, no chunk more than 1,000 accounts', () => {
    for (const cost of costs) {
      expect(cost.largestRun).toBeLessThan(BARS.largestRun)
      expect(cost.largestPayload).toBeLessThanOrEqual(BARS.largestPayload)
      expect(cost.largestChunk).toBeLessThanOrEqual(BARS.largestChunk)
    }
  })
})
