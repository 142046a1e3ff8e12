/** Fault class 1: the worker is killed at every named point, three times in a row where it is passed again. npm run drill */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { FAULT_POINTS } from '../../activities/fault-point.js'
import { reportDrill } from './drill-report.js'
import { type DrillServers, canDrill, startDrillServers } from './drill-servers.js'
import { drillVillage, ENDS_AS, FILES_AT_PARTIES } from './drill-village.js'
import { type DrillWorld, startDrillWorld } from './drill-world.js'
import { countOf, type EndState, endStateOf, mostArrivals, statesOf } from './end-state.js'

const three = (point: string): string[] => [point, point, point]

/** In the order in which a cycle passes them; each next point is armed when the one before has killed. */
const SEQUENCES: Readonly<Record<string, readonly string[]>> = {
  'the data request, the review and every chunk': [
    ...three('mail.claimed'),
    ...three('mail.written'),
    ...three('mail.before-dot'),
    'mail.after-reply',
    ...three('review.chunk'),
    ...three('cohort.chunk'),
    ...three('drops.chunk'),
    ...three('evidence.chunk'),
    ...three('freeze.chunk'),
  ],
  'every step of a file on its way': [
    'mail.recorded',
    ...three('batch.rendered'),
    ...three('sending.claimed'),
    ...three('sending.written'),
    ...three('sending.handed-over'),
    ...three('sending.delivered'),
    ...three('sending.recorded'),
  ],
  'batches, interchanges, the inbox and the agenda': [
    'batch.recorded',
    ...three('batch.delivered'),
    'batch.handed-over',
    ...three('interchange.fixed'),
    ...three('interchange.delivered'),
    'interchange.recorded',
    ...three('inbox.stored'),
    ...three('inbox.removed'),
    ...three('inbox.started'),
    ...three('inbox.chunk'),
    ...three('agenda.read'),
  ],
}

describe.skipIf(!canDrill)('fault class 1: kill -9 of the worker', () => {
  let servers: DrillServers
  let undisturbed: EndState
  const killed: string[] = []
  beforeAll(async () => {
    servers = await startDrillServers()
    const world = await startDrillWorld(servers, { village: drillVillage() })
    await world.openCycle()
    await world.finishCycle()
    undisturbed = await endStateOf(world)
    await world.close()
  }, 600_000)
  afterAll(() => servers.close())

  test('the undisturbed cycle ends with every file at its party and every sending accepted', () => {
    expect(new Set(Object.values(undisturbed.sendings))).toEqual(new Set(['accepted']))
    expect(undisturbed.filesAtParties).toHaveLength(FILES_AT_PARTIES)
    expect(statesOf(undisturbed)).toEqual(ENDS_AS)
  })

  test.each(Object.entries(SEQUENCES))('%s', { timeout: 1_800_000 }, async (name, points) => {
    const world: DrillWorld = await startDrillWorld(servers, { village: drillVillage() })
    try {
      const began = performance.now()
      await world.worker.dieAt(points)
      await world.openCycle()
      await world.finishCycle()
      killed.push(...world.worker.kills.map((kill) => kill.point))
      reportDrill({
        drill: name,
        kills: world.worker.kills.length,
        seconds: Math.round((performance.now() - began) / 1000),
        decisions: world.decisions,
      })
      expect(world.worker.waiting).toEqual([])
      expect(await endStateOf(world)).toEqual(undisturbed)
      expect(mostArrivals(world)).toBe(1)
      // only what was handed over and not answered is asked of a person
      expect(countOf(world.decisions.map(({ subject, choice }) => `${subject} ${choice}`))).toEqual(
        points.includes('mail.before-dot') ? { 'data-request/1 send-again': 3, 'data-request/1 treat-as-sent': 1 } : {},
      )
    } finally {
      await world.close()
    }
  })

  test('no point was left out', () => {
    expect([...new Set(killed)].sort()).toEqual([...FAULT_POINTS].sort())
  })
})
