/**
 * Wake-ups owed to workflows, as an outbox.
 *
 * Each fact that moves a due instant adds one to `due` under the row's lock, in the fact's own transaction; the row lock makes
 * the order of counting the order of committing. The ticker signals a workflow when `due` is past `seen` and no signal is
 * outstanding; the workflow's next reading sets `seen` to the `due` it found, so that no wake-up is lost and at most one is on its way.
 */
import { sql } from 'kysely'
import type { Kysely } from 'kysely'
import { cohortId, cycleId } from '../../domain/run-ids.js'
import type { Tables } from '../tables.js'
import type { Trx } from './journal.js'

export async function oweWakeUp(trx: Trx, programId: string, workflowId: string): Promise<void> {
  await trx
    .insertInto('wake')
    .values({ workflow_id: workflowId, program_id: programId, due: 1, signalled: 0, seen: 0 })
    .onConflict((conflict) => conflict.column('workflow_id').doUpdateSet({ due: sql`wake.due + 1` }))
    .execute()
}

/** One each, however often a cohort is named. */
export async function oweWakeUpTo(trx: Trx, programId: string, cohorts: readonly string[]): Promise<void> {
  for (const cohort of [...new Set(cohorts)].sort()) await oweWakeUp(trx, programId, cohortId(programId, cohort))
}

/** Something changed that may concern every run of the program: each looks again. */
export async function oweWakeUpToAll(trx: Trx, programId: string): Promise<void> {
  const cohorts = await trx
    .selectFrom('cohort')
    .select('cohort')
    .where('program_id', '=', programId)
    .orderBy('cohort')
    .execute()
  await oweWakeUpTo(
    trx,
    programId,
    cohorts.map((row) => row.cohort),
  )
  await oweWakeUp(trx, programId, cycleId(programId))
}

/** Call first in a re-reading transaction: everything counted up to the returned number is visible in it. */
export async function markWakeUpsSeen(trx: Trx, workflowId: string): Promise<number> {
  const row = await trx
    .selectFrom('wake')
    .select('due')
    .where('workflow_id', '=', workflowId)
    .forUpdate()
    .executeTakeFirst()
  if (row === undefined) return 0
  await trx.updateTable('wake').set({ seen: row.due }).where('workflow_id', '=', workflowId).execute()
  return row.due
}

export interface OwedWakeUp {
  readonly workflowId: string
  readonly seq: number
}

/** Workflows that have to be told, none of which has a signal outstanding. */
export async function owedWakeUps(db: Kysely<Tables>): Promise<OwedWakeUp[]> {
  const rows = await db
    .selectFrom('wake')
    .select(['workflow_id', 'due'])
    .whereRef('due', '>', 'seen')
    .whereRef('signalled', '<=', 'seen')
    .execute()
  return rows.map((row) => ({ workflowId: row.workflow_id, seq: row.due }))
}

/** After the signal was taken by the server. */
export async function markSignalled(db: Kysely<Tables>, owed: OwedWakeUp): Promise<void> {
  await db
    .updateTable('wake')
    .set({ signalled: owed.seq })
    .where('workflow_id', '=', owed.workflowId)
    .where('signalled', '<', owed.seq)
    .execute()
}
