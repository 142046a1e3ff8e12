/** What all answers of the utility share: applied once, matched to a request of ours, visible when they match nothing. */
import type { PlanTerms } from '../../domain/plan.js'
import type { Row } from '../tables.js'
import { recordArrived } from './interchanges.js'
import { appendEvent, type Occasion, type Trx } from './journal.js'
import { openWorkItems } from './work-items.js'

/** Request states in which the utility has the request or acts on it. */
export const WITH_UTILITY = ['sent', 'accepted', 'started'] as const
/** Those, and the ones that are still on their way there. */
export const LIVE = ['planned', 'no-read', 'batched', ...WITH_UTILITY] as const

/** True the first time. */
export async function firstTime(trx: Trx, programId: string, key: string, sha256: string): Promise<boolean> {
  const row = await trx
    .insertInto('applied_transaction')
    .values({ program_id: programId, transaction_key: key, sha256, seq: null })
    .onConflict((conflict) => conflict.doNothing())
    .returning('transaction_key')
    .executeTakeFirst()
  return row !== undefined
}

/** @param why what came, in words without a name or a number */
export async function unmatched(trx: Trx, occasion: Occasion, why: string): Promise<void> {
  await appendEvent(trx, occasion, { kind: 'transaction-unmatched', data: { why } })
  const message = `A transaction from the utility matches nothing of ours (${why}); look it up in the stored file.`
  await openWorkItems(trx, occasion, [{ kind: 'unmatched-transaction', message }])
}

/** An answer that cannot follow what we know of the request: shown to a person, never acted upon. */
export async function contradicted(
  trx: Trx,
  occasion: Occasion,
  request: Pick<Row<'request'>, 'cohort' | 'account_id' | 'state'>,
  came: string,
): Promise<void> {
  const place = { cohort: request.cohort, accountId: request.account_id }
  const message = `The utility sent ${came} for a request that is ${request.state} with us; compare with its records.`
  await openWorkItems(trx, occasion, [{ ...place, kind: 'unmatched-transaction', message }])
}

/** The request that an answer names, locked. The answer also proves that the utility has its file. */
export async function answeredRequest(
  trx: Trx,
  occasion: Occasion,
  lin01: string,
  kind: 'enroll' | 'drop',
  terms: PlanTerms,
): Promise<Row<'request'> | undefined> {
  const found = () =>
    trx
      .selectFrom('request')
      .selectAll()
      .where('program_id', '=', occasion.programId)
      .where('lin01', '=', lin01)
      .where('kind', '=', kind)
      .forUpdate()
      .executeTakeFirst()
  let request = await found()
  if (request === undefined || request.interchange_id === null) return request
  if (request.state === 'batched') {
    await recordArrived(trx, occasion, request.interchange_id, terms)
    request = await found()
  }
  await trx
    .updateTable('interchange')
    .set({ responded: true })
    .where('interchange_id', '=', request?.interchange_id ?? null)
    .where('responded', '=', false)
    .execute()
  return request
}

/** Another service point, or another attempt, of the account is still on its way or stands. */
export async function hasOtherRequest(
  trx: Trx,
  request: Pick<Row<'request'>, 'request_id' | 'account_id'>,
  states: readonly Row<'request'>['state'][],
): Promise<boolean> {
  const row = await trx
    .selectFrom('request')
    .select('request_id')
    .where('account_id', '=', request.account_id)
    .where('kind', '=', 'enroll')
    .where('request_id', '!=', request.request_id)
    .where('state', 'in', [...states])
    .limit(1)
    .executeTakeFirst()
  return row !== undefined
}
