/** The utility accepts or rejects an enrollment. A row state only ever moves to where the answer may take it. */
import type { CivilDate } from '../../domain/civil-date.js'
import { clauseOf } from '../../domain/clause.js'
import type { PlanTerms } from '../../domain/plan.js'
import { decidingReason } from '../../domain/reject-reasons.js'
import { rescissionWindow } from '../../domain/rescission-window.js'
import { cohortId } from '../../domain/run-ids.js'
import type { Row } from '../tables.js'
import {
  answeredRequest,
  answeredRequests,
  contradicted,
  hasOtherRequest,
  LIVE,
  unmatched,
} from './answered-requests.js'
import { updateRows } from './bulk-rows.js'
import { takeNumbers } from './counters.js'
import { choiceFor, newRequest, noteNoRead, placed } from './enrollment-requests.js'
import { appendEvent, appendEvents, type Occasion, type Trx } from './journal.js'
import { readReadDates } from './programs.js'
import { isStopped, setSwitch } from './stop-switches.js'
import { OVERTAKEN } from './undos.js'
import { oweWakeUp, oweWakeUpTo } from './wake-ups.js'
import { openWorkItems } from './work-items.js'

export interface EnrollmentAnswer {
  readonly lin01: string
  /** The day the utility processed it: day 0 of the rescission window. */
  readonly processedOn: CivilDate
  readonly placeholderOn: CivilDate | null
}

/** In the order given, by as many statements for a chunk as for one. */
export async function applyAcceptances(
  trx: Trx,
  occasion: Occasion,
  answers: readonly EnrollmentAnswer[],
  terms: PlanTerms,
): Promise<void> {
  const lin01s = answers.map((answer) => answer.lin01)
  const requests = await answeredRequests(trx, occasion, lin01s, 'enroll', terms)
  const strangers: string[] = []
  const strange: Row<'request'>[] = []
  const processed = new Map<string, Row<'request'>>()
  const accepted: Row<'request'>[] = []
  for (const answer of answers) {
    const request = processed.get(answer.lin01) ?? requests.get(answer.lin01)
    if (request === undefined) {
      strangers.push('an acceptance of an enrollment we did not request')
      continue
    }
    const dates = { processed_on: answer.processedOn, placeholder_on: answer.placeholderOn ?? request.read_on }
    if (request.state === 'cancelled') {
      // the drop came first and stands
      processed.set(request.lin01, { ...request, ...dates })
    } else if (request.state !== 'sent' && request.state !== 'accepted' && request.state !== 'started') {
      strange.push(request)
    } else if (request.rescission_last_day === null) {
      const window = rescissionWindow(answer.processedOn, terms)
      const state = request.state === 'sent' ? 'accepted' : request.state
      const closes = { rescission_last_day: window.lastDay, rescission_closes_at: window.closesAt }
      const known = { ...request, ...dates, ...closes, state } as const
      processed.set(request.lin01, known)
      accepted.push(known)
    }
    // else accepted once already, under another number of the utility
  }
  await unmatched(trx, occasion, ...strangers)
  await contradicted(trx, occasion, 'an acceptance', ...strange)
  await recordProcessed(trx, [...processed.values()])
  await recordAccepted(trx, occasion, accepted, terms)
}

async function recordProcessed(trx: Trx, requests: readonly Row<'request'>[]): Promise<void> {
  await updateRows(
    trx,
    'request',
    'request_id',
    requests.map((request) => ({
      request_id: request.request_id,
      state: request.state,
      processed_on: request.processed_on,
      placeholder_on: request.placeholder_on,
      rescission_last_day: request.rescission_last_day,
      rescission_closes_at: request.rescission_closes_at,
    })),
  )
}

async function recordAccepted(
  trx: Trx,
  occasion: Occasion,
  requests: readonly Row<'request'>[],
  terms: PlanTerms,
): Promise<void> {
  if (requests.length === 0) return
  const accounts = [...new Set(requests.map((request) => request.account_id))]
  await trx
    .updateTable('account')
    .set({ state: 'accepted' })
    .where('account_id', 'in', accounts)
    .where('state', 'in', ['rostered', 'submitted'])
    .execute()
  await appendEvents(
    trx,
    occasion,
    requests.map((request) => ({
      kind: 'enrollment-accepted',
      cohort: request.cohort,
      accountId: request.account_id,
      effective: request.processed_on ?? occasion.at,
      clause: clauseOf(terms.rescissionDays),
      data: {
        processed: request.processed_on,
        lastDay: request.rescission_last_day,
        placeholder: request.placeholder_on,
      },
    })),
  )
  await oweWakeUpTo(
    trx,
    occasion.programId,
    requests.map((request) => request.cohort),
  )
}

export interface EnrollmentRejection {
  readonly lin01: string
  readonly processedOn: CivilDate
  /** Reason codes, at least one; the table of the utility says how each is handled. */
  readonly codes: readonly string[]
}

export async function applyRejection(
  trx: Trx,
  occasion: Occasion,
  answer: EnrollmentRejection,
  terms: PlanTerms,
): Promise<void> {
  const request = await answeredRequest(trx, occasion, answer.lin01, 'enroll', terms)
  if (request === undefined) return unmatched(trx, occasion, 'a rejection of an enrollment we did not request')
  if (request.state === 'rejected' || request.state === 'cancelled') return
  if (request.state !== 'sent') return contradicted(trx, occasion, 'a rejection', request)
  const { code, handling } = decidingReason(answer.codes, terms.utility.rejectCodes)
  const entry = terms.utility.rejectCodes[code]
  const meaning = entry?.text ?? 'a code that the table does not name'
  const standing = handling === 'already-submitted'
  await updateRequest(trx, request, {
    state: standing ? 'accepted' : 'rejected',
    reject_code: code,
    processed_on: answer.processedOn,
    placeholder_on: standing ? request.read_on : null,
  })
  const overtaken = await isOvertaken(trx, request.account_id)
  const again = handling === 'reschedule' && !overtaken && (await requestAgain(trx, occasion, request, terms))
  const final = !again && !standing && !(await hasOtherRequest(trx, request, LIVE))
  if (final) await closeAccount(trx, request.account_id)
  const place = { cohort: request.cohort, accountId: request.account_id, clause: entry?.cite ?? null }
  const data = { code, codes: answer.codes, meaning, handling, final }
  await appendEvent(trx, occasion, { ...place, kind: 'enrollment-rejected', effective: answer.processedOn, data })
  if (!again && !overtaken && !standing && handling !== 'terminal') {
    const message = `The utility rejected the enrollment with ${code} (${meaning}); mend it and decide, it is not sent again by itself.`
    await openWorkItems(trx, occasion, [{ ...place, kind: 'enrollment-rejected', message }])
  }
  if (standing) {
    const message = `The utility has this enrollment already (${code}); compare with its records.`
    await openWorkItems(trx, occasion, [{ ...place, kind: 'reconcile-duplicate', message }])
  }
  if (handling === 'stop-batch' && !(await isStopped(trx, occasion.programId, 'utility'))) {
    const why = `rejected with ${code} (${meaning}): every further file would be too`
    await setSwitch(trx, occasion, 'utility', true, why)
  }
  await oweWakeUp(trx, occasion.programId, cohortId(occasion.programId, request.cohort))
}

async function updateRequest(trx: Trx, request: Row<'request'>, set: Partial<Row<'request'>>): Promise<void> {
  await trx.updateTable('request').set(set).where('request_id', '=', request.request_id).execute()
}

async function closeAccount(trx: Trx, accountId: number): Promise<void> {
  await trx
    .updateTable('account')
    .set({ state: 'rejected' })
    .where('account_id', '=', accountId)
    .where('state', 'in', ['rostered', 'submitted', 'accepted', 'in-service'])
    .execute()
}

/** The household must not be enrolled any more, so there is nothing to mend. */
async function isOvertaken(trx: Trx, accountId: number): Promise<boolean> {
  const account = await trx
    .selectFrom('account')
    .select('state')
    .where('account_id', '=', accountId)
    .forUpdate()
    .executeTakeFirstOrThrow()
  return (OVERTAKEN as readonly string[]).includes(account.state)
}

/**
 * A new request with new ids for the read that can be reached now; not when the utility has refused that very read twice:
 * then a person asks.
 */
async function requestAgain(trx: Trx, occasion: Occasion, request: Row<'request'>, terms: PlanTerms): Promise<boolean> {
  const point = await trx
    .selectFrom('service_point')
    .selectAll()
    .where('account_id', '=', request.account_id)
    .where('service_point', '=', request.service_point)
    .executeTakeFirstOrThrow()
  const choice = choiceFor(point, await readReadDates(trx, occasion.programId), occasion, terms)
  const placement = placed(choice, occasion)
  if (placement.read_on === request.read_on && (await wasRefusedBefore(trx, request))) return false
  const number = await takeNumbers(trx, 'request', 1)
  const year = occasion.at.slice(0, 4)
  const attempt = request.attempt + 1
  await trx
    .insertInto('request')
    .values({
      ...newRequest(occasion.programId, request.cohort, point, 'enroll', attempt, number, year),
      ...placement,
    })
    .execute()
  await noteNoRead(trx, occasion, request.cohort, [{ accountId: request.account_id, choice }])
  if (!(await hasOtherRequest(trx, request, ['batched', 'sent', 'accepted', 'started']))) {
    await trx
      .updateTable('account')
      .set({ state: 'rostered' })
      .where('account_id', '=', request.account_id)
      .where('state', '=', 'submitted')
      .execute()
  }
  return true
}

async function wasRefusedBefore(trx: Trx, request: Row<'request'>): Promise<boolean> {
  const earlier = await trx
    .selectFrom('request')
    .select('request_id')
    .where('account_id', '=', request.account_id)
    .where('service_point', '=', request.service_point)
    .where('kind', '=', 'enroll')
    .where('attempt', '<', request.attempt)
    .where('state', '=', 'rejected')
    .where('read_on', '=', request.read_on)
    .executeTakeFirst()
  return earlier !== undefined
}
