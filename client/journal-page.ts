/** The journal as a record to hand over: entries in order, the accounts by the utility's numbers. */
import type { Kysely } from 'kysely'
import type { Tables } from '../persistence/tables.js'

/** @param after 0, or the last entry's `seq` of the page before; empty at the end */
export async function journalPage(db: Kysely<Tables>, programId: string, after: number) {
  return db
    .selectFrom('event')
    .leftJoin('account', 'account.account_id', 'event.account_id')
    .select([
      'event.seq',
      'event.kind',
      'event.cohort',
      'account.account_number',
      'event.effective',
      'event.recorded_at',
      'event.actor',
      'event.clause',
      'event.data',
    ])
    .where('event.program_id', '=', programId)
    .where('event.seq', '>', after)
    .orderBy('event.seq')
    .limit(PAGE)
    .execute()
}

export type JournalEntry = Awaited<ReturnType<typeof journalPage>>[number]

/** Entries read at a time. */
const PAGE = 2_000
