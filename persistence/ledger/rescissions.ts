/** Rescission windows: one per processing date of the utility; closing one changes nothing but the record. */
import { clauseOf } from '../../domain/clause.js'
import type { PlanTerms } from '../../domain/plan.js'
import type { CivilDate } from '../../domain/civil-date.js'
import { CHUNK_ACCOUNTS } from './chunks.js'
import type { Database } from '../database.js'
import { appendEvent, type Occasion } from './journal.js'

export async function closeRescissionWindows(
  db: Database,
  occasion: Occasion,
  cohort: string,
  terms: PlanTerms,
): Promise<void> {
  const windows = await db.kysely
    .selectFrom('request')
    .select('processed_on')
    .distinct()
    .where('program_id', '=', occasion.programId)
    .where('cohort', '=', cohort)
    .where('rescission_closed', '=', false)
    .where('rescission_closes_at', '<=', occasion.at)
    .orderBy('processed_on')
    .execute()
  for (const { processed_on } of windows)
    if (processed_on !== null) await closeOne(db, occasion, cohort, processed_on, terms)
}

async function closeOne(
  db: Database,
  occasion: Occasion,
  cohort: string,
  processedOn: CivilDate,
  terms: PlanTerms,
): Promise<void> {
  for (;;) {
    const isDone = await db.tx(async (trx) => {
      const open = await trx
        .selectFrom('request')
        .select('request_id')
        .where('program_id', '=', occasion.programId)
        .where('cohort', '=', cohort)
        .where('processed_on', '=', processedOn)
        .where('rescission_closed', '=', false)
        .where('rescission_closes_at', '<=', occasion.at)
        .orderBy('request_id')
        .limit(CHUNK_ACCOUNTS + 1)
        .forUpdate()
        .execute()
      const ids = open.slice(0, CHUNK_ACCOUNTS).map((row) => row.request_id)
      // another attempt has closed it and said so
      if (ids.length === 0) return true
      await trx.updateTable('request').set({ rescission_closed: true }).where('request_id', 'in', ids).execute()
      if (open.length > ids.length) return false
      const stand = await trx
        .selectFrom('request')
        .select((eb) => eb.fn.countAll<number>().as('n'))
        .where('program_id', '=', occasion.programId)
        .where('cohort', '=', cohort)
        .where('processed_on', '=', processedOn)
        .where('kind', '=', 'enroll')
        .where('state', 'in', ['accepted', 'started'])
        .executeTakeFirstOrThrow()
      await appendEvent(trx, occasion, {
        kind: 'rescission-window-closed',
        cohort,
        clause: clauseOf(terms.rescissionDays),
        data: { processed: processedOn, enrolled: Number(stand.n) },
      })
      return true
    })
    if (isDone) return
  }
}
