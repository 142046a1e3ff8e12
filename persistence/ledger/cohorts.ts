/** Cohorts: who is noticed together. */
import { sql } from 'kysely'
import type { RateClass } from '../../domain/account.js'
import { INITIAL_COHORT } from '../../domain/run-ids.js'
import type { Database } from '../database.js'
import { CHUNK_ACCOUNTS, type Progress, untilNone } from './chunks.js'
import { appendEvents, type Occasion, type Trx } from './journal.js'

export async function createCohortRow(
  trx: Trx,
  programId: string,
  cohort: string,
  kind: 'initial' | 'follow-up',
): Promise<void> {
  await trx
    .insertInto('cohort')
    .values({
      program_id: programId,
      cohort,
      kind,
      drops_verb: null,
      proof_sha256: null,
      approved_at: null,
      approved_by: null,
      frozen_at: null,
      started: kind === 'initial',
    })
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
  let after = 0
  await untilNone(async () => {
    const taken = await db.tx((trx) => takeChunk(trx, occasion, after, priced, clause))
    after = taken.at(-1) ?? after
    return taken.length
  }, progress)
}

/** @returns the accounts decided about, ascending */
async function takeChunk(
  trx: Trx,
  occasion: Occasion,
  after: number,
  priced: readonly string[],
  clause: string,
): Promise<readonly number[]> {
  const accounts = await trx
    .selectFrom('account')
    .select([
      'account_id',
      sql<
        string[]
      >`(select array_agg(distinct p.rate_class) from service_point p where p.account_id = account.account_id)`.as(
        'classes',
      ),
    ])
    .where('program_id', '=', occasion.programId)
    .where('eligibility', '=', 'auto-enroll')
    .where('state', '=', 'listed')
    .where('cohort', 'is', null)
    .where('account_id', '>', after)
    .orderBy('account_id')
    .limit(CHUNK_ACCOUNTS)
    .execute()
  const sorted = accounts.map(({ account_id: accountId, classes }) => ({
    accountId,
    unpriced: classes.find((name) => !priced.includes(name)),
  }))
  const noticed = sorted.filter((account) => account.unpriced === undefined).map((account) => account.accountId)
  const held = sorted.filter((account) => account.unpriced !== undefined)
  if (noticed.length > 0) {
    await trx
      .updateTable('account')
      .set({ cohort: INITIAL_COHORT, state: 'to-be-noticed' })
      .where('account_id', 'in', noticed)
      .execute()
  }
  if (held.length > 0) {
    await trx
      .updateTable('account')
      .set({ eligibility: 'needs-review' })
      .where(
        'account_id',
        'in',
        held.map((account) => account.accountId),
      )
      .execute()
    await appendEvents(
      trx,
      occasion,
      held.map(({ accountId, unpriced }) => ({
        kind: 'account-unpriced' as const,
        accountId,
        clause,
        data: { rateClass: unpriced },
      })),
    )
  }
  return sorted.map((account) => account.accountId)
}
