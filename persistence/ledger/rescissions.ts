/** Rescission windows: one per processing date of the utility; closing one changes nothing but the record. */
import { clauseOf } from '../../domain/clause.js'
import type { PlanTerms } from '../../domain/plan.js'
import type { CivilDate } from '../../domain/civil-date.js'
import { CHUNK_ACCOUNTS } from './chunks.js'
import type { Database } from '../database.js'
import { appendEvent, type Occasion } from './journal.js'

export async function closeRescissionWindows(db: Database, occasion: Occasion, cohort: string, terms: PlanTerms): Promise<void> {
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
  for (const { processed_on } of windows) if (processed_on !== null) await closeOne(db, occasion, cohort, processed_on, terms)
}

async function closeOne(db: Database, occasion: Occasion, cohort: string, processedOn: CivilDate, terms: PlanTerms): Promise<void> {
  for (;;) {
    const closed = await db.tx(async (trx) => {
      const rows = await trx
        .selectFrom('request')
        .select('request_id')
        .where('program_id', '=', occasion.programId)
        .where('cohort', '=', cohort)
        .where('processed_on', '=', processedOn)
        .where('rescission_closed', '=', false)
        .where('rescission_closes_at', '<=', occasion.at)
        .limit(CHUNK_ACCOUNTS)
        .forUpdate()
        .execute()
      if (rows.length > 0) {
        await trx.updateTable('request').set({ rescission_closed: true }).where('request_id', 'in', rows.map((row) => row.request_id)).execute()
        if (rows.length === CHUNK_ACCOUNTS) return rows.length
      }
      const stand = await trx
        .selectFrom('request')
        .select((eb) => eb.fn.countAll<number>().as('n'))
        .where('program_id', '=', occasion.programId)
        .where('cohort', '=', cohort)
        .where('processed_on', '=', processedOn)
        .where('state', 'in', ['accepted', 'started'])
        .executeTakeFirstOrThrow()
      await appendEvent(trx, occasion, {
        kind: 'rescission-window-closed',
        cohort,
        clause: clauseOf(terms.rescissionDays),
        data: { processed: processedOn, enrolled: Number(stand.n) },
      })
      return 0
    })
    if (closed === 0) return
  }
}
