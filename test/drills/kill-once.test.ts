/** Fault class 1 in short: one point of each kind, once. Every point, three times in a row: npm run drill */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { canDrill, type DrillServers, startDrillServers } from './drill-servers.js'
import { drillVillage, ENDS_AS, FILES_AT_PARTIES } from './drill-village.js'
import { startDrillWorld } from './drill-world.js'
import { endStateOf, mostArrivals, statesOf } from './end-state.js'

/** In the order in which a cycle passes them. */
const POINTS = [
  'mail.before-dot',
  'review.chunk',
  'batch.rendered',
  'sending.handed-over',
  'interchange.delivered',
  'inbox.stored',
]

describe.skipIf(!canDrill)('fault class 1: kill -9 of the worker', () => {
  let servers: DrillServers
  beforeAll(async () => {
    servers = await startDrillServers()
  }, 120_000)
  afterAll(() => servers.close())

  test('in mailing, review, rendering, submission and inbox: nothing is lost, nothing comes twice', {
    timeout: 300_000,
  }, async () => {
    const world = await startDrillWorld(servers, { village: drillVillage() })
    try {
      await world.worker.dieAt(POINTS)
      await world.openCycle()
      await world.finishCycle()
      expect(world.worker.kills.map((kill) => kill.point)).toEqual(POINTS)
      const end = await endStateOf(world)
      expect(statesOf(end)).toEqual(ENDS_AS)
      expect(new Set(Object.values(end.sendings))).toEqual(new Set(['accepted']))
      expect(new Set(end.inbound.map((file) => file.split(' ').at(-1)))).toEqual(new Set(['applied']))
      expect(end.filesAtParties).toHaveLength(FILES_AT_PARTIES)
      expect(mostArrivals(world)).toBe(1)
      // the relay never saw the final dot, and only a person may say so
      expect(world.decisions).toEqual([{ subject: 'data-request/1', choice: 'send-again' }])
    } finally {
      await world.close()
    }
  })
})
