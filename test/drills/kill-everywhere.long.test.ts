/** Fault class 1: the worker is killed at every named point, three times in a row where it is passed again. npm run drill */
import { sql } from 'kysely'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { FAULT_POINTS } from '../../activities/fault-point.js'
import { ledgerOf } from '../../client/ledger.js'
import { instant } from '../../domain/instant.js'
import { granted } from '../persistence/ledger/phases.js'
import { reportDrill } from './drill-report.js'
import { type DrillServers, canDrill, startDrillServers } from './drill-servers.js'
import { drillVillage, ENDS_AS, FILES_AT_PARTIES } from './drill-village.js'
import { type DrillWorld, startDrillWorld } from './drill-world.js'
import { countOf, type EndState, endStateOf, mostArrivals, statesOf } from './end-state.js'

const AFTER_THE_FREEZE = instant('2027-02-17T12:00:00-06:00')

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

  test('of 3,200 accounts in chunks of a thousand, a chunk at the most is done again', {
    timeout: 1_800_000,
  }, async () => {
    const world: DrillWorld = await startDrillWorld(servers, { village: drillVillage(3_200) })
    try {
      const began = performance.now()
      const killed = ['review.chunk:2', 'cohort.chunk:2', 'drops.chunk:2', 'evidence.chunk:2', 'freeze.chunk:2']
      // two of its three chunks stand: only a process that did both again would pass three
      const ifBegunAnew = 'freeze.chunk:3'
      await world.worker.dieAt([...killed, ifBegunAnew])
      await world.openCycle()
      await world.people.queueFacts()
      await world.driver.run(AFTER_THE_FREEZE)
      expect(world.worker.kills.map((kill) => kill.point)).toEqual(killed)
      expect(world.worker.waiting).toEqual([ifBegunAnew])
      expect(granted(await ledgerOf(world.desk, world.programId))).toMatchObject({
        balances: true,
        lost: 0,
        doubled: 0,
      })
      const { rows } = await sql<{ noticed: number; noticed_once: number; rostered: number; requests: number }>`
        select
          count(*) filter (where kind = 'noticed')::int as noticed,
          (count(distinct account_id) filter (where kind = 'noticed'))::int as noticed_once,
          count(*) filter (where kind = 'rostered')::int as rostered,
          (select count(*)::int from request where program_id = ${world.programId} and kind = 'enroll') as requests
        from event where program_id = ${world.programId}`.execute(world.database.kysely)
      const [counts] = rows
      expect(counts?.noticed).toBeGreaterThan(2_000)
      expect(counts?.noticed).toBe(counts?.noticed_once)
      // one for each service point, as the requests are
      expect(counts?.rostered).toBe(counts?.requests)
      reportDrill({
        drill: 'chunks of a thousand',
        kills: killed.length,
        seconds: Math.round((performance.now() - began) / 1000),
        decisions: world.decisions,
      })
    } finally {
      await world.close()
    }
  })

  test('no point was left out', () => {
    expect([...new Set(killed)].sort()).toEqual([...FAULT_POINTS].sort())
  })
})
