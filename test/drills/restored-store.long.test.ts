/** Fault class 17: a backup of one store under the other, on real stores. npm run drill */
import { copyFileSync, existsSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { addEvidence, addReceipt } from '../../client/facts.js'
import { ledgerOf } from '../../client/ledger.js'
import { reconcile } from '../../client/reconcile.js'
import { civilDate } from '../../domain/civil-date.js'
import { instant } from '../../domain/instant.js'
import { INITIAL_COHORT } from '../../domain/run-ids.js'
import { isStopped } from '../../persistence/ledger/stop-switches.js'
import { granted } from '../persistence/ledger/phases.js'
import { reportDrill } from './drill-report.js'
import { canDrill, type DrillServers, startDrillServers } from './drill-servers.js'
import { drillVillage, WHO } from './drill-village.js'
import { type DrillWorld, startDrillWorld } from './drill-world.js'
import { type EndState, endStateOf, mostArrivals } from './end-state.js'

/** The first drop is certified and the second is on its way. */
const BACKUP = instant('2027-01-22T12:00:00-06:00')
/** The second was certified by then, which the runs have seen; a reply has come; and nothing was sent. */
const RESTORE = instant('2027-01-28T12:00:00-06:00')
/** The roster is frozen, and the enrollments would be sent. */
const AFTER_THE_FREEZE = instant('2027-02-18T12:00:00-06:00')

describe.skipIf(!canDrill)('fault class 17: one store restored under the other', () => {
  let servers: DrillServers
  let undisturbed: EndState
  let world: DrillWorld
  beforeAll(async () => {
    servers = await startDrillServers()
    world = await startDrillWorld(servers, { village: drillVillage() })
    await world.openCycle()
    await world.finishCycle()
    undisturbed = await endStateOf(world)
    await world.close()
  }, 600_000)
  afterAll(() => servers.close())

  const asking = (what: string) => ({
    programId: world.programId,
    actor: 'standin.clerk',
    verbId: `drill/${world.programId}/${what}`,
  })
  const openItems = async (kind: string) =>
    (
      await world.database.kysely
        .selectFrom('work_item')
        .select('item_id')
        .where('program_id', '=', world.programId)
        .where('kind', '=', kind)
        .where('closed_at', 'is', null)
        .execute()
    ).length

  async function upTo(until: typeof BACKUP): Promise<void> {
    world = await startDrillWorld(servers, { village: drillVillage() })
    await world.openCycle()
    await world.people.queueFacts()
    await world.driver.run(until)
  }

  /** Noticed, told once, and nothing leaves; then a person says that the present state counts. */
  async function noticedAndReconciled(): Promise<void> {
    const arrived = world.arrivals.length
    const mailed = world.mail.messages().length
    await world.driver.run(AFTER_THE_FREEZE)
    expect(await isStopped(world.database.kysely, world.programId, 'utility')).toBe(true)
    expect(await openItems('restored-store')).toBe(1)
    expect(world.arrivals).toHaveLength(arrived)
    expect(world.mail.messages()).toHaveLength(mailed)
    granted(await reconcile(world.desk, asking('reconcile'), 'compared with the parties'))
    expect(await isStopped(world.database.kysely, world.programId, 'utility')).toBe(false)
  }

  async function endsWhole(drill: string, began: number): Promise<void> {
    await world.driver.run()
    expect(await openItems('restored-store')).toBe(0)
    expect(mostArrivals(world)).toBe(1)
    expect(granted(await ledgerOf(world.desk, world.programId))).toMatchObject({ balances: true, lost: 0, doubled: 0 })
    const { sendings } = await endStateOf(world)
    expect(new Set(Object.values(sendings))).toEqual(new Set(['accepted']))
    const seconds = Math.round((performance.now() - began) / 1000)
    reportDrill({ drill, kills: 1, seconds, decisions: world.decisions })
  }

  const standsAs = async (account: string): Promise<string | undefined> =>
    (await endStateOf(world)).accounts[account]?.split(':')[0]

  test('an older ledger under newer workflows', { timeout: 600_000 }, async () => {
    const began = performance.now()
    await upTo(BACKUP)
    try {
      const backup = await world.copyDatabase()
      await world.driver.run(RESTORE)
      expect(await standsAs(WHO.optsOutInTime)).toBe('opted-out')
      await world.useDatabase(backup)
      expect(await standsAs(WHO.optsOutInTime)).toBe('printed')
      await noticedAndReconciled()
      // what the backup lacks is keyed again from the paper, with the day on which it came
      const drop = await world.database.kysely
        .selectFrom('mailing_drop')
        .select('pieces')
        .where('program_id', '=', world.programId)
        .where('drop_no', '=', 2)
        .executeTakeFirstOrThrow()
      const certificate = { cohort: INITIAL_COHORT, dropNo: 2, on: civilDate('2027-01-22'), form: 'PS Form 3606-D' }
      granted(await addEvidence(world.desk, asking('evidence'), { ...certificate, pieces: drop.pieces }))
      await world.driver.settle()
      const reply = {
        account: WHO.optsOutInTime,
        channel: 'phone',
        postmark: null,
        received: instant('2027-01-26T10:30:00-06:00'),
        signed: true,
      } as const
      expect(granted(await addReceipt(world.desk, asking('again'), reply))).toMatchObject({ verdict: 'timely' })
      await endsWhole('an older ledger under newer workflows', began)
      expect(await standsAs(WHO.optsOutInTime)).toBe('opted-out')
    } finally {
      await world.close()
    }
  })

  test('older workflows under a newer ledger', { timeout: 600_000 }, async () => {
    const began = performance.now()
    await upTo(BACKUP)
    try {
      const file = join(servers.temporalFolder, 'temporal.db')
      const backup = join(servers.temporalFolder, 'backup.db')
      await servers.restartTemporal('in order', () => copyFileSync(file, backup))
      await world.driver.run(RESTORE)
      await world.worker.kill()
      await servers.restartTemporal('in order', () => {
        for (const part of ['-wal', '-shm']) if (existsSync(file + part)) rmSync(file + part)
        copyFileSync(backup, file)
      })
      world.worker.start()
      await noticedAndReconciled()
      await endsWhole('older workflows under a newer ledger', began)
      const { accounts, interchanges, filesAtParties } = await endStateOf(world)
      const states = (of: EndState['accounts']) =>
        Object.entries(of).map(([number, story]) => [number, story.split(':')[0]])
      expect(states(accounts)).toEqual(states(undisturbed.accounts))
      expect(interchanges).toHaveLength(undisturbed.interchanges.length)
      expect(filesAtParties).toHaveLength(undisturbed.filesAtParties.length)
    } finally {
      await world.close()
    }
  })
})
