import type { RestoreMark } from '../../../domain/restore-mark.js'
import { describe, expect, test } from 'vitest'
import type { Database } from '../../../persistence/database.js'
import { appendEvent } from '../../../persistence/ledger/journal.js'
import {
  checkAgenda,
  checkSending,
  type MarkedRun,
  reconcile,
  reportLostRun,
} from '../../../persistence/ledger/restores.js'
import { claimSending, planSending } from '../../../persistence/ledger/sendings.js'
import { isStopped } from '../../../persistence/ledger/stop-switches.js'
import { describeOnEachStore } from '../../support/each-store.js'
import { DAYS, granted, startVillage } from './phases.js'
import { occasion, verb, type Village } from './village.js'
import { openItems } from './where-they-stand.js'

const FIRST: RestoreMark = { turn: 0, version: 0, epoch: 0 }

describeOnEachStore('one store restored under the other', (store) => {
  /** A run as the workflow store remembers it. */
  function aRun(village: Village, name = 'cycle') {
    let mark = FIRST
    const run = (turn = mark): MarkedRun => ({
      programId: village.programId,
      workflowId: `${village.programId}/${name}`,
      kind: 'cycle',
      mark: turn,
    })
    return {
      /** One reading of the agenda, as the workflow does it. */
      async asks(): Promise<void> {
        mark = await village.database.tx((trx) => checkAgenda(trx, run({ ...mark, turn: mark.turn + 1 }), DAYS.start))
      },
      /** The same reading again: its first answer was lost. */
      async asksAgain(): Promise<void> {
        mark = await village.database.tx((trx) => checkAgenda(trx, run(), DAYS.start))
      },
      sends: (under = mark) => village.database.tx((trx) => checkSending(trx, run(under), DAYS.start)),
      get mark() {
        return mark
      },
      /** The workflow store is restored to an earlier state of the run. */
      goesBackTo(earlier: RestoreMark): void {
        mark = earlier
      },
    }
  }

  /** What a restore of the ledger takes away: the newest entries, and what the runs told it. */
  async function restoreLedger(village: Village, turn: number, toVersion: number): Promise<void> {
    await village.database.kysely
      .deleteFrom('event')
      .where('program_id', '=', village.programId)
      .where('seq', '>', toVersion)
      .execute()
    await village.database.kysely.updateTable('run').set({ turn }).where('program_id', '=', village.programId).execute()
  }

  const somethingHappens = (village: Village) =>
    village.database.tx((trx) => appendEvent(trx, occasion(village, DAYS.start), { kind: 'data-request-drafted' }))
  const isBlocked = (village: Village): Promise<boolean> =>
    isStopped(village.database.kysely, village.programId, 'mail')
  const reconciled = async (village: Village, asked = verb(village, DAYS.start)) =>
    village.database.tx((trx) => reconcile(trx, asked, 'compared with the parties'))

  async function aVillageWithARun(database: Database = store.database()) {
    const village = await startVillage(database)
    const run = aRun(village)
    for (let i = 0; i < 3; i++) {
      await run.asks()
      await somethingHappens(village)
    }
    return { village, run }
  }

  describe('as long as neither was', () => {
    test('nothing is blocked: readings, lost answers, sendings, late attempts', async () => {
      const { village, run } = await aVillageWithARun()
      const earlier = run.mark
      await run.asksAgain()
      await run.sends()
      await run.asks()
      await run.asks()
      await run.sends(earlier)
      expect(await isBlocked(village)).toBe(false)
      expect(await openItems(village)).toEqual([])
    })

    test('runs of one program do not mistake each other', async () => {
      const { village, run } = await aVillageWithARun()
      const other = aRun(village, 'cohort')
      await other.asks()
      await run.asks()
      await other.asks()
      expect(await isBlocked(village)).toBe(false)
    })
  })

  describe('an older ledger under newer workflows', () => {
    test('is noticed at the next reading: sending is blocked and a person is told once', async () => {
      const { village, run } = await aVillageWithARun()
      await restoreLedger(village, 1, 0)
      await run.asks()
      await run.asks()
      expect(await isBlocked(village)).toBe(true)
      expect(await openItems(village)).toEqual(['restored-store'])
    })

    test('is noticed even when the restored ledger has more entries by now', async () => {
      const { village, run } = await aVillageWithARun()
      await restoreLedger(village, 1, 0)
      for (let i = 0; i < 20; i++) await somethingHappens(village)
      await run.asks()
      expect(await isBlocked(village)).toBe(true)
    })

    test('is noticed by a sending that was under way: it is not claimed', async () => {
      const { village, run } = await aVillageWithARun()
      const id = await village.database.tx((trx) =>
        planSending(trx, {
          programId: village.programId,
          party: 'mail',
          kind: 'data-request',
          subject: 'data-request/1',
          messageId: `${village.programId}/1`,
        }),
      )
      await restoreLedger(village, 2, 0)
      await run.sends()
      expect(await village.database.tx((trx) => claimSending(trx, id, 'token'))).toEqual({ kind: 'stopped' })
    })

    test('is noticed when only the outcome of the last sending is gone', async () => {
      const { village, run } = await aVillageWithARun()
      await somethingHappens(village)
      const newest = await village.database.kysely
        .selectFrom('event')
        .select((eb) => eb.fn.max('seq').as('seq'))
        .where('program_id', '=', village.programId)
        .executeTakeFirstOrThrow()
      run.goesBackTo({ ...run.mark, version: Number(newest.seq) })
      await restoreLedger(village, run.mark.turn, Number(newest.seq) - 1)
      await run.asks()
      expect(await isBlocked(village)).toBe(true)
    })

    test('is noticed when the ledger is from before the run began', async () => {
      const { village, run } = await aVillageWithARun()
      await village.database.kysely.deleteFrom('run').where('program_id', '=', village.programId).execute()
      await run.asks()
      expect(await isBlocked(village)).toBe(true)
    })
  })

  describe('older workflows under a newer ledger', () => {
    test('are noticed at their next reading', async () => {
      const { village, run } = await aVillageWithARun()
      const backup = run.mark
      await run.asks()
      await run.asks()
      run.goesBackTo(backup)
      await run.asks()
      expect(await isBlocked(village)).toBe(true)
      expect(await openItems(village)).toEqual(['restored-store'])
    })

    test('a run that is not there at all is reported by whoever looks for it', async () => {
      const { village } = await aVillageWithARun()
      for (let i = 0; i < 2; i++) await village.database.tx((trx) => reportLostRun(trx, village.programId, DAYS.start))
      expect(await isBlocked(village)).toBe(true)
      expect(await openItems(village)).toEqual(['restored-store'])
    })
  })

  describe('a person reconciles', () => {
    test('sending is released with the reason, and no run complains of the same restore again', async () => {
      const { village, run } = await aVillageWithARun()
      const other = aRun(village, 'cohort')
      for (let i = 0; i < 5; i++) await other.asks()
      await restoreLedger(village, 1, 0)
      await run.asks()
      expect(granted(await reconciled(village))).toEqual({ released: true })
      expect(await isBlocked(village)).toBe(false)
      expect(await openItems(village)).toEqual([])
      // neither the one that noticed, nor the one that slept through it
      for (let i = 0; i < 3; i++) {
        await run.asks()
        await other.asks()
        await other.sends()
      }
      expect(await isBlocked(village)).toBe(false)
    })

    test('a second restore is noticed like the first, of either store', async () => {
      const { village, run } = await aVillageWithARun()
      await restoreLedger(village, 1, 0)
      await run.asks()
      granted(await reconciled(village))
      await run.asks()
      const backup = run.mark
      await run.asks()
      await run.asks()
      run.goesBackTo(backup)
      await run.asks()
      expect(await isBlocked(village)).toBe(true)
      granted(await reconciled(village))
      await run.asks()
      await run.asks()
      await restoreLedger(village, 1, 0)
      await run.asks()
      expect(await isBlocked(village)).toBe(true)
    })

    test('workflows from before the last reconciliation are noticed', async () => {
      const { village, run } = await aVillageWithARun()
      const backup = run.mark
      await restoreLedger(village, 1, 0)
      await run.asks()
      granted(await reconciled(village))
      await run.asks()
      run.goesBackTo(backup)
      await run.asks()
      expect(await isBlocked(village)).toBe(true)
    })

    test('a ledger from before the last reconciliation is noticed', async () => {
      const { village, run } = await aVillageWithARun()
      await restoreLedger(village, 1, 0)
      await run.asks()
      granted(await reconciled(village))
      await run.asks()
      await village.database.kysely.deleteFrom('reconciliation').where('program_id', '=', village.programId).execute()
      await run.asks()
      expect(await isBlocked(village)).toBe(true)
    })

    test('without a restore there is nothing to reconcile', async () => {
      const { village } = await aVillageWithARun()
      const outcome = await reconciled(village)
      expect(outcome.ok ? '' : outcome.refusal.code).toBe('NOTHING_TO_RECONCILE')
    })

    test('what the workflows may have forgotten is told again: wake-ups, and files not yet applied', async () => {
      const { village, run } = await aVillageWithARun()
      const { programId } = village
      const file = {
        program_id: programId,
        party: 'utility',
        name: 'a.x12',
        places: null,
        received_at: DAYS.start,
        why: null,
        next_transaction: 0,
      }
      await village.database.kysely
        .insertInto('inbound_file')
        .values([
          { ...file, sha256: `${programId}-1`, state: 'started' },
          { ...file, sha256: `${programId}-2`, state: 'applied' },
        ])
        .execute()
      await village.database.kysely
        .insertInto('wake')
        .values({ workflow_id: `${programId}/w`, program_id: programId, due: 3, signalled: 3, seen: 2 })
        .execute()
      await restoreLedger(village, 1, 0)
      await run.asks()
      granted(await reconciled(village))
      const files = await village.database.kysely
        .selectFrom('inbound_file')
        .select(['sha256', 'state'])
        .where('program_id', '=', programId)
        .orderBy('sha256')
        .execute()
      expect(files.map((row) => row.state)).toEqual(['stored', 'applied'])
      const wake = await village.database.kysely
        .selectFrom('wake')
        .selectAll()
        .where('workflow_id', '=', `${programId}/w`)
        .executeTakeFirstOrThrow()
      expect(wake.signalled).toBe(wake.seen)
    })
  })
})
