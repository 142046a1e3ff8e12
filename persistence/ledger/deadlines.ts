/**
 * The reply deadline of an account: that of the drop of its newest notice.
 *
 * Nothing is stored per account: corrected evidence moves the drop's clock, and with it every account that hangs on it.
 */
import type { Kysely } from 'kysely'
import type { CivilDate } from '../../domain/civil-date.js'
import type { Instant } from '../../domain/instant.js'
import type { Tables } from '../tables.js'

export interface AccountDeadline {
  readonly accountId: number
  readonly dropNo: number
  /** Null until the drop's evidence reconciles with its manifest. */
  readonly deadline: CivilDate | null
  readonly closesAt: Instant | null
}

/** Accounts that never got a piece are not in the answer. */
export async function deadlinesOf(
  db: Kysely<Tables>,
  accountIds: readonly number[],
): Promise<ReadonlyMap<number, AccountDeadline>> {
  if (accountIds.length === 0) return new Map()
  const rows = await db
    .selectFrom('piece')
    .innerJoin('mailing_drop', (join) =>
      join
        .onRef('mailing_drop.program_id', '=', 'piece.program_id')
        .onRef('mailing_drop.cohort', '=', 'piece.cohort')
        .onRef('mailing_drop.drop_no', '=', 'piece.drop_no'),
    )
    .distinctOn('piece.account_id')
    .select(['piece.account_id', 'piece.drop_no', 'mailing_drop.deadline', 'mailing_drop.closes_at'])
    .where('piece.account_id', 'in', [...accountIds])
    .where('piece.kind', '!=', 'undo')
    .orderBy('piece.account_id')
    .orderBy('piece.piece_id', 'desc')
    .execute()
  return new Map(
    rows.map((row) => [
      row.account_id,
      { accountId: row.account_id, dropNo: row.drop_no, deadline: row.deadline, closesAt: row.closes_at },
    ]),
  )
}
