/** Cohorts: who is noticed together. */
import { sql } from 'kysely'
import type { RateClass } from '../../domain/account.js'
import { INITIAL_COHORT } from '../../domain/run-ids.js'
import type { Database } from '../database.js'
import { CHUNK_ACCOUNTS, type Progress, untilNone } from './chunks.js'
import { appendEvents, type Occasion, type Trx } from './journal.js'

export async function createCohortRow(trx: Trx, programId: string, cohort: string, kind: 'initial' | 'follow-up'): Promise<void> {
  await trx
    .insertInto('cohort')
    .values({ program_id: programId, cohort, kind, proof_sha256: null, approved_at: null, approved_by: null, frozen_at: null, started: kind === 'initial' })
    .onConflict((conflict) => conflict.doNothing())
    .execute()
}

/**
 * Puts every auto-enroll account into the initial cohort; one with a class that has no rate or no default rate is held for
 * review instead, never silently priced (ruling R-008).
 */
export async function createInitialCohort(
  db: Database,
  occasion: Occasion,
  priced: readonly RateClass[],
  clause: string,
  progress: Progress,
): Promise<void> {
  await db.tx((trx) => createCohortRow(trx, occasion.programId, INITIAL_COHORT, 'initial'))
  await untilNone(
    () =>
      db.tx(async (trx) => {
        const accounts = await trx
          .selectFrom('account')
          .select([
            'account_id',
            sql<string[]>`(select array_agg(distinct p.rate_class) from service_point p where p.account_id = account.account_id)`.as('classes'),
          ])
          .where('program_id', '=', occasion.programId)
          .where('eligibility', '=', 'auto-enroll')
          .where('state', '=', 'listed')
          .where('cohort', 'is', null)
          .orderBy('account_id')
          .limit(CHUNK_ACCOUNTS)
          .execute()
        if (accounts.length === 0) return 0
        const unpricedClass = (classes: readonly string[]) => classes.find((name) => !(priced as readonly string[]).includes(name))
        const held = accounts.filter((account) => unpricedClass(account.classes) !== undefined)
        const noticed = accounts.filter((account) => unpricedClass(account.classes) === undefined).map((account) => account.account_id)
        if (noticed.length > 0) {
          await trx.updateTable('account').set({ cohort: INITIAL_COHORT, state: 'to-be-noticed' }).where('account_id', 'in', noticed).execute()
        }
        if (held.length > 0) {
          const ids = held.map((account) => account.account_id)
          await trx.updateTable('account').set({ eligibility: 'needs-review' }).where('account_id', 'in', ids).execute()
          await appendEvents(
            trx,
            occasion,
            held.map((account) => ({ kind: 'account-unpriced' as const, accountId: account.account_id, clause, data: { rateClass: unpricedClass(account.classes) } })),
          )
        }
        return accounts.length
      }),
    progress,
  )
}
