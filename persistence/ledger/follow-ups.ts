/** Follow-up cohorts: households whose re-mailed window closes too late for their cohort; no straggler holds the village. */
import type { CivilDate } from '../../domain/civil-date.js'
import { cohortId, followUpCohort } from '../../domain/run-ids.js'
import type { Row } from '../tables.js'
import { createCohortRow } from './cohorts.js'
import { appendEvents, type Occasion, type Trx } from './journal.js'
import { dropsOf, lockedCohort } from './notices.js'
import { oweWakeUp } from './wake-ups.js'

/** The follow-up cohort of that planned day that is not frozen, under its parent's approval; made when there is none. */
export async function openFollowUp(
  trx: Trx,
  occasion: Occasion,
  parent: Row<'cohort'>,
  plannedOn: CivilDate,
): Promise<string> {
  for (let nth = 1; ; nth++) {
    const cohort = followUpCohort(plannedOn, nth)
    await createCohortRow(trx, occasion.programId, cohort, 'follow-up')
    if ((await lockedCohort(trx, occasion.programId, cohort)).frozen_at !== null) continue
    await trx
      .updateTable('cohort')
      .set({ approved_at: parent.approved_at, approved_by: parent.approved_by, proof_sha256: parent.proof_sha256 })
      .where('program_id', '=', occasion.programId)
      .where('cohort', '=', cohort)
      .execute()
    return cohort
  }
}

/** A number that no drop of the cohort has or had: one that moved away left its number on files and forms. */
export async function nextDropNo(trx: Trx, programId: string, cohort: string): Promise<number> {
  let most = 0
  for (const table of ['mailing_drop', 'evidence'] as const) {
    const row = await trx
      .selectFrom(table)
      .select((eb) => eb.fn.max('drop_no').as('n'))
      .where('program_id', '=', programId)
      .where('cohort', '=', cohort)
      .executeTakeFirst()
    most = Math.max(most, Number(row?.n ?? 0))
  }
  return most + 1
}

export async function moveAccounts(
  trx: Trx,
  occasion: Occasion,
  from: string,
  to: string,
  accountIds: readonly number[],
): Promise<void> {
  if (accountIds.length === 0) return
  await trx
    .updateTable('account')
    .set({ cohort: to })
    .where('account_id', 'in', [...accountIds])
    .execute()
  await appendEvents(
    trx,
    occasion,
    accountIds.map((accountId) => ({ kind: 'moved-to-follow-up' as const, cohort: to, accountId, data: { from } })),
  )
}

/** The evidence made a re-mailed drop too late for its cohort: drop, batches, pieces and accounts move together. */
export async function moveDropToFollowUp(trx: Trx, occasion: Occasion, from: string, dropNo: number): Promise<void> {
  const { programId } = occasion
  const drop = (await dropsOf(trx, programId, from)).find((row) => row.drop_no === dropNo)
  if (drop === undefined) return
  const to = await openFollowUp(trx, occasion, await lockedCohort(trx, programId, from), drop.planned_on)
  // a follow-up of that very day keeps the drop, and its roster now waits for it as for any notice
  const newNo = to === from ? dropNo : await nextDropNo(trx, programId, to)
  const accounts = await accountsHangingOn(trx, drop)
  for (const table of ['mailing_drop', 'print_batch', 'piece'] as const) {
    await trx
      .updateTable(table)
      .set({ cohort: to, drop_no: newNo, kind: 'notice' })
      .where('program_id', '=', programId)
      .where('cohort', '=', from)
      .where('drop_no', '=', dropNo)
      .where('kind', '=', 're-mail')
      .execute()
  }
  if (to !== from) await moveAccounts(trx, occasion, from, to, accounts)
  await oweWakeUp(trx, programId, cohortId(programId, from))
  await oweWakeUp(trx, programId, cohortId(programId, to))
}

/** Accounts whose newest notice is of this drop. */
async function accountsHangingOn(trx: Trx, drop: Row<'mailing_drop'>): Promise<readonly number[]> {
  const rows = await trx
    .selectFrom('piece')
    .select('account_id')
    .where('program_id', '=', drop.program_id)
    .where('cohort', '=', drop.cohort)
    .where('drop_no', '=', drop.drop_no)
    .where('kind', '=', drop.kind)
    .where((eb) =>
      eb.not(
        eb.exists(
          eb
            .selectFrom('piece as later')
            .select('later.piece_id')
            .whereRef('later.account_id', '=', 'piece.account_id')
            .whereRef('later.piece_id', '>', 'piece.piece_id')
            .where('later.kind', '!=', 'undo'),
        ),
      ),
    )
    .orderBy('account_id')
    .execute()
  return rows.map((row) => row.account_id)
}
