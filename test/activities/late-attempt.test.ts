import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { ActivityContext } from '../../activities/context.js'
import { createLedgerActivities } from '../../activities/ledger.js'
import { INITIAL_COHORT } from '../../domain/run-ids.js'
import { type Database, openDatabase } from '../../persistence/database.js'
import { isStopped } from '../../persistence/ledger/stop-switches.js'
import { DAYS, villageAt } from '../persistence/ledger/phases.js'
import { central, type Village } from '../persistence/ledger/village.js'
import { openItems } from '../persistence/ledger/where-they-stand.js'

describe('an attempt that was held up past its time, after another one has answered', () => {
  let database: Database
  let village: Village
  let late = false
  beforeAll(async () => {
    database = await openDatabase({ kind: 'memory' })
    await database.migrate()
    village = await villageAt(database, 'noticed')
  })
  afterAll(() => database.close())

  const activities = () =>
    createLedgerActivities({ database, heartbeat: () => {}, isLate: () => late } as unknown as ActivityContext)
  const runs = () => database.kysely.selectFrom('run').selectAll().orderBy('workflow_id').execute()
  const mark = (turn: number) => ({ turn, version: 0, epoch: 0 })

  test.each([
    ['the cohort', 'cohortAgenda'],
    ['the cycle', 'cycleAgenda'],
  ] as const)(
    'does not say where %s stands, and is not taken for a run from a restored store',
    async (_name, agenda) => {
      const read = (turn: number, asOf = DAYS.evidence) => {
        const call = { programId: village.programId, asOf, mark: mark(turn) }
        return agenda === 'cohortAgenda'
          ? activities().cohortAgenda({ ...call, cohort: INITIAL_COHORT })
          : activities().cycleAgenda({ ...call, phase: 'term' })
      }
      await read(1)
      await read(2)
      const before = await runs()
      late = true
      // its own time is long past: a turn behind, and something was due then
      await expect(read(1, central('2027-03-18'))).rejects.toThrow('too late')
      late = false
      expect(await runs()).toEqual(before)
      expect(await isStopped(database.kysely, village.programId, 'mail')).toBe(false)
      expect(await openItems(village)).not.toContain('restored-store')
      await read(3)
      expect(await isStopped(database.kysely, village.programId, 'mail')).toBe(false)
    },
  )
})
