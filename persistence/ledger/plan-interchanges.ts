/** Which requests go into which file: by bill group and read, at most a chunk each, and none past its cut-off. */
import { clauseOf } from '../../domain/clause.js'
import { invariant } from '../../domain/invariant.js'
import type { PlanTerms } from '../../domain/plan.js'
import type { ReadChoice } from '../../domain/read-choice.js'
import type { Database } from '../database.js'
import { updateRows } from './bulk-rows.js'
import { CHUNK_ACCOUNTS } from './chunks.js'
import { choicesFor, noteNoRead, placed } from './enrollment-requests.js'
import { appendEvent, type Occasion, type Trx } from './journal.js'
import { readReadDates } from './programs.js'

/**
 * Puts every request whose time has come into a file to be sent. One whose cut-off passed meanwhile (an outage, a stop) moves
 * to the next read first and is counted in an alarm.
 */
export async function planInterchanges(
  db: Database,
  occasion: Occasion,
  cohort: string,
  terms: PlanTerms,
): Promise<void> {
  await moveMissed(db, occasion, cohort, terms)
  for (;;) {
    const planned = await db.tx((trx) => planOne(trx, occasion, cohort))
    if (!planned) return
  }
}

async function planOne(trx: Trx, occasion: Occasion, cohort: string): Promise<boolean> {
  const ready = trx
    .selectFrom('request')
    .where('program_id', '=', occasion.programId)
    .where('cohort', '=', cohort)
    .where('state', '=', 'planned')
    .where('submit_at', '<=', occasion.at)
  const first = await ready
    .select(['cutoff_at', 'bill_group', 'read_on', 'kind'])
    .orderBy('cutoff_at')
    .orderBy('bill_group')
    .orderBy('read_on')
    .orderBy('kind')
    .limit(1)
    .executeTakeFirst()
  if (first === undefined) return false
  invariant(first.read_on !== null, 'a planned request names its read')
  const alike = await ready
    .select('request_id')
    .where('cutoff_at', first.cutoff_at === null ? 'is' : '=', first.cutoff_at)
    .where('bill_group', '=', first.bill_group)
    .where('read_on', '=', first.read_on)
    .where('kind', '=', first.kind)
    .orderBy('account_id')
    .orderBy('service_point')
    .limit(CHUNK_ACCOUNTS)
    .forUpdate()
    .execute()
  // another worker was faster; look again
  if (alike.length === 0) return true
  const row = await trx
    .insertInto('interchange')
    .values({
      program_id: occasion.programId,
      cohort,
      kind: first.kind,
      bill_group: first.bill_group,
      read_on: first.read_on,
      isa13: null,
      gs06: null,
      st_first: null,
      dated: null,
      requests: alike.length,
      file_name: null,
      sha256: null,
      content: null,
      state: 'planned',
      sent_at: null,
      acknowledgment_due: null,
      response_due: null,
      responded: false,
      alarmed: false,
    })
    .returning('interchange_id')
    .executeTakeFirstOrThrow()
  await trx
    .updateTable('request')
    .set({ state: 'batched', interchange_id: row.interchange_id })
    .where(
      'request_id',
      'in',
      alike.map((each) => each.request_id),
    )
    .execute()
  return true
}

async function moveMissed(db: Database, occasion: Occasion, cohort: string, terms: PlanTerms): Promise<void> {
  const readDates = await readReadDates(db.kysely, occasion.programId)
  for (;;) {
    const moved = await db.tx(async (trx) => {
      const missed = await trx
        .selectFrom('request')
        .innerJoin('service_point', (join) =>
          join
            .onRef('service_point.account_id', '=', 'request.account_id')
            .onRef('service_point.service_point', '=', 'request.service_point'),
        )
        .select(['request.request_id', 'request.account_id'])
        .select(['service_point.bill_group', 'service_point.billing_type', 'service_point.rate_class'])
        .where('request.program_id', '=', occasion.programId)
        .where('request.cohort', '=', cohort)
        .where('request.state', '=', 'planned')
        .where('request.submit_at', '<=', occasion.at)
        .where('request.cutoff_at', '<', occasion.at)
        .limit(CHUNK_ACCOUNTS)
        .forUpdate('request')
        .execute()
      const choices = choicesFor(missed, readDates, occasion, terms)
      const chosen = missed.map((request, index) => ({
        requestId: request.request_id,
        accountId: request.account_id,
        choice: choices[index] as ReadChoice,
      }))
      await updateRows(
        trx,
        'request',
        'request_id',
        chosen.map(({ requestId, choice }) => ({
          request_id: requestId,
          interchange_id: null,
          ...placed(choice, occasion),
        })),
      )
      if (missed.length > 0) {
        await noteNoRead(trx, occasion, cohort, chosen)
        const what = `${missed.length} service points missed their cut-off and wait for the next read`
        const clause = clauseOf(terms.utility.cutoffDays)
        await appendEvent(trx, occasion, { kind: 'program-alarm', cohort, clause, data: { what } })
      }
      return missed.length
    })
    if (moved === 0) return
  }
}
