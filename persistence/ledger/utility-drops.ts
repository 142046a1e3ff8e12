/** Drops: the utility's own, for a household that rescinded or for another reason, and its answers to ours. */
import type { CivilDate } from '../../domain/civil-date.js'
import { clauseOf } from '../../domain/clause.js'
import type { PlanTerms } from '../../domain/plan.js'
import { cohortId } from '../../domain/run-ids.js'
import type { Row } from '../tables.js'
import {
  answeredRequest,
  contradicted,
  enrollmentsOf,
  hasOtherRequest,
  isAt,
  LIVE,
  unmatched,
  WITH_UTILITY,
} from './answered-requests.js'
import { appendEvent, type Occasion, type Trx } from './journal.js'
import { asListed } from './account-numbers.js'
import { oweWakeUp } from './wake-ups.js'
import { openWorkItems } from './work-items.js'

export interface UtilityDrop {
  readonly accountNumber: string
  /** Null: the whole account. */
  readonly servicePoint: string | null
  readonly on: CivilDate
  readonly isRescission: boolean
  readonly reason: string
}

/** The utility drops an enrollment: the household rescinded, or something else ended it. */
export async function applyUtilityDrop(
  trx: Trx,
  occasion: Occasion,
  drop: UtilityDrop,
  terms: PlanTerms,
): Promise<void> {
  const [listed = { ...drop, isFormer: false }] = await asListed(trx, occasion.programId, [drop])
  const enrollments = await enrollmentsOf(trx, occasion, [listed.accountNumber], WITH_UTILITY)
  const dropped = enrollments.filter((request) => isAt(request, listed.servicePoint))
  const [first] = dropped
  if (listed.isFormer && !drop.isRescission && first !== undefined) {
    // the enrollment goes on under the number that the utility told before
    const place = { cohort: first.cohort, accountId: first.account_id, effective: drop.on }
    return appendEvent(trx, occasion, { ...place, kind: 'former-number-closed', data: { on: drop.on } })
  }
  if (first === undefined) return unmatched(trx, occasion, 'a drop of an enrollment that is not ours')
  await cancel(trx, dropped)
  // what we have not asked for yet goes with it: the rest of a dropped account, and our own drop of the same enrollment
  if (listed.servicePoint === null) await pullUnsent(trx, first.account_id, 'enroll', null)
  for (const request of dropped) await pullUnsent(trx, request.account_id, 'drop', request.service_point)
  const lastDay = first.rescission_last_day
  const place = { cohort: first.cohort, accountId: first.account_id }
  if (await hasOtherRequest(trx, { ...first, request_id: 0 }, LIVE)) {
    const message =
      'One service point of this account was dropped and another stands; agree with the household what is wanted.'
    await openWorkItems(trx, occasion, [{ ...place, kind: 'half-active', message }])
  } else {
    await trx
      .updateTable('account')
      .set({ state: drop.isRescission ? 'rescinded' : 'rejected' })
      .where('account_id', '=', first.account_id)
      .where('state', 'in', ['rostered', 'submitted', 'accepted', 'in-service'])
      .execute()
    const entry = { ...place, effective: drop.on, clause: clauseOf(terms.rescissionDays) }
    await appendEvent(
      trx,
      occasion,
      drop.isRescission
        ? { ...entry, kind: 'rescinded', data: { on: drop.on, lastDay } }
        : { ...entry, kind: 'dropped-by-utility', data: { on: drop.on, why: drop.reason } },
    )
  }
  await oweWakeUp(trx, occasion.programId, cohortId(occasion.programId, first.cohort))
}

async function cancel(trx: Trx, requests: readonly Row<'request'>[]): Promise<void> {
  await trx
    .updateTable('request')
    .set({ state: 'cancelled' })
    .where(
      'request_id',
      'in',
      requests.map((request) => request.request_id),
    )
    .execute()
}

/** @param servicePoint null: all of the account's */
async function pullUnsent(
  trx: Trx,
  accountId: number,
  kind: 'enroll' | 'drop',
  servicePoint: string | null,
): Promise<void> {
  await trx
    .updateTable('request')
    .set({ state: 'pulled' })
    .where('account_id', '=', accountId)
    .where('kind', '=', kind)
    .where('state', 'in', ['planned', 'no-read'])
    .$if(servicePoint !== null, (query) => query.where('service_point', '=', servicePoint ?? ''))
    .execute()
}

export interface DropAnswer {
  readonly lin01: string
  readonly accepted: boolean
  readonly on: CivilDate
  readonly codes: readonly string[]
}

export async function applyDropAnswer(
  trx: Trx,
  occasion: Occasion,
  answer: DropAnswer,
  terms: PlanTerms,
): Promise<void> {
  const request = await answeredRequest(trx, occasion, answer.lin01, 'drop', terms)
  if (request === undefined) return unmatched(trx, occasion, 'an answer to a drop we did not request')
  if (request.state === 'accepted' || request.state === 'rejected') return
  if (request.state !== 'sent') return contradicted(trx, occasion, 'an answer', request)
  const code = answer.codes[0] ?? null
  await trx
    .updateTable('request')
    .set({ state: answer.accepted ? 'accepted' : 'rejected', processed_on: answer.on, reject_code: code })
    .where('request_id', '=', request.request_id)
    .execute()
  const place = { cohort: request.cohort, accountId: request.account_id }
  if (answer.accepted) {
    await trx
      .updateTable('request')
      .set({ state: 'cancelled' })
      .where('account_id', '=', request.account_id)
      .where('service_point', '=', request.service_point)
      .where('kind', '=', 'enroll')
      .where('attempt', '=', request.attempt)
      .where('state', 'in', ['accepted', 'started'])
      .execute()
    await appendEvent(trx, occasion, { ...place, kind: 'drop-accepted', effective: answer.on, data: { on: answer.on } })
    return
  }
  const data = { code: code ?? '' }
  await appendEvent(trx, occasion, { ...place, kind: 'drop-rejected', effective: answer.on, data })
  if (!(await isStillEnrolled(trx, request))) return
  const message = `The utility rejected our drop request with ${code ?? 'no code'}; call it, the household must not be enrolled.`
  await openWorkItems(trx, occasion, [{ ...place, kind: 'drop-rejected', message }])
}

/** The utility may have dropped the same enrollment by itself meanwhile. */
async function isStillEnrolled(trx: Trx, drop: Row<'request'>): Promise<boolean> {
  const enrollment = await trx
    .selectFrom('request')
    .select('request_id')
    .where('account_id', '=', drop.account_id)
    .where('service_point', '=', drop.service_point)
    .where('kind', '=', 'enroll')
    .where('attempt', '=', drop.attempt)
    .where('state', 'in', [...WITH_UTILITY])
    .executeTakeFirst()
  return enrollment !== undefined
}
