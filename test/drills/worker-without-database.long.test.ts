/** Fault class 2 under a running worker: the database is killed for seconds, and the answers to COMMITs are lost. npm run drill */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Instant } from '../../domain/instant.js'
import { instant } from '../../domain/instant.js'
import { startCuttingProxy } from './cutting-proxy.js'
import { reportDrill } from './drill-report.js'
import { canDrill, type DrillServers, startDrillServers } from './drill-servers.js'
import { drillVillage } from './drill-village.js'
import { type DrillWorld, startDrillWorld } from './drill-world.js'
import { type EndState, endStateOf, mostArrivals } from './end-state.js'

/** The database goes while the worker works towards each of these: evidence, the freeze and the submission, the answers. */
const MOMENTS = ['2027-01-25T12:00:00-06:00', '2027-02-17T10:00:00-06:00', '2027-02-26T12:00:00-06:00'].map(instant)
const GONE_FOR_MS = 4_000
/** After the drive towards the moment has begun. */
const GOES_AFTER_MS = 300
const CUT_EVERY = 9

describe.skipIf(!canDrill)('fault class 2: the database of a running worker', () => {
  let servers: DrillServers
  let undisturbed: EndState
  beforeAll(async () => {
    servers = await startDrillServers()
    const world = await startDrillWorld(servers, { village: drillVillage() })
    await world.openCycle()
    await world.finishCycle()
    undisturbed = await endStateOf(world)
    await world.close()
  }, 600_000)
  afterAll(() => servers.close())

  const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms))

  /** Drives on as often as the database of this process was away too. @returns how often it was */
  async function driveThroughOutage(world: DrillWorld, until?: Instant): Promise<number> {
    for (let outages = 0; ; outages++) {
      try {
        await world.driver.run(until)
        return outages
      } catch (error) {
        if (!/terminat|ECONN|shut|starting up|recovery/i.test(String(error))) throw error
        await pause(500)
      }
    }
  }

  test('killed for seconds three times, it is found again by the same worker', { timeout: 900_000 }, async () => {
    const began = performance.now()
    const world = await startDrillWorld(servers, { village: drillVillage() })
    try {
      await world.openCycle()
      await world.people.queueFacts()
      let outages = 0
      for (const moment of MOMENTS) {
        const driven = driveThroughOutage(world, moment)
        await pause(GOES_AFTER_MS)
        await servers.postgres.kill()
        await pause(GONE_FOR_MS)
        await servers.postgres.startAgain()
        outages += await driven
      }
      await world.driver.run()
      // it was really away while somebody asked for it, and the worker is the one that began
      expect(outages).toBeGreaterThanOrEqual(MOMENTS.length)
      expect(world.worker.kills).toEqual([])
      world.worker.check()
      expect(await endStateOf(world)).toEqual(undisturbed)
      expect(mostArrivals(world)).toBe(1)
      const seconds = Math.round((performance.now() - began) / 1000)
      reportDrill({ drill: 'database killed', kills: MOMENTS.length, seconds, decisions: world.decisions })
    } finally {
      await world.close()
    }
  })

  test(`the answer to every ${CUT_EVERY}th COMMIT of the worker is lost`, { timeout: 900_000 }, async () => {
    const began = performance.now()
    const proxy = await startCuttingProxy(servers.postgres.port)
    const world = await startDrillWorld(servers, { village: drillVillage(), databaseUrlFor: proxy.through })
    try {
      proxy.cutEvery(CUT_EVERY)
      await world.openCycle()
      await world.finishCycle()
      expect(proxy.cuts).toBeGreaterThan(20)
      world.worker.check()
      expect(await endStateOf(world)).toEqual(undisturbed)
      expect(mostArrivals(world)).toBe(1)
      const seconds = Math.round((performance.now() - began) / 1000)
      reportDrill({ drill: 'answers to COMMIT lost', kills: proxy.cuts, seconds, decisions: world.decisions })
    } finally {
      await world.close()
      await proxy.close()
    }
  })
})
