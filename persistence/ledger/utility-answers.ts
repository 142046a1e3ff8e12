/**
 * What the utility answers, applied once and in any order.
 *
 * Each transaction has a key of the utility's own making; a second arrival finds the key and does nothing. A row state only ever moves
 * to where the answer may take it: a rescission that comes before the acceptance wins over it.
 */
import { billingWindow, isInBillingWindow } from '../../domain/billing-window.js'
import type { CivilDate } from '../../domain/civil-date.js'
import { clauseOf } from '../../domain/clause.js'
import type { PlanTerms, RejectHandling } from '../../domain/plan.js'
import { rescissionWindow } from '../../domain/rescission-window.js'
import { cohortId } from '../../domain/run-ids.js'
import type { Row } from '../tables.js'
import { takeNumbers } from './counters.js'
import { appendEvent, appendEvents, type Occasion, type Trx } from './journal.js'
import { readReadDates } from './programs.js'
import { choiceFor, newRequest, placed } from './enrollment-requests.js'
import { setSwitch } from './stop-switches.js'
import { OVERTAKEN } from './undos.js'
import { oweWakeUp } from './wake-ups.js'
import { openWorkItems } from './work-items.js'

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

export async function unmatched(trx: Trx, occasion: Occasion, why: string): Promise<void> {
  await appendEvent(trx, occasion, { kind: 'transaction-unmatched', data: { why } })
  await openWorkItems(trx, occasion, [{ kind: 'unmatched-transaction', message: `A transaction from the utility matches nothing of ours (${why}); look it up in the stored file.` }])
}

async function requestByLin(trx: Trx, programId: string, lin01: string, kind: 'enroll' | 'drop'): Promise<Row<'request'> | undefined> {
  return trx.selectFrom('request').selectAll().where('program_id', '=', programId).where('lin01', '=', lin01).where('kind', '=', kind).forUpdate().executeTakeFirst()
}

async function noteResponded(trx: Trx, request: Row<'request'>): Promise<void> {
  if (request.interchange_id !== null) await trx.updateTable('interchange').set({ responded: true }).where('interchange_id', '=', request.interchange_id).execute()
}

export interface EnrollmentAnswer {
  readonly lin01: string
  /** The day the utility processed it: day 0 of the rescission window. */
  readonly processedOn: CivilDate
  readonly placeholderOn: CivilDate | null
}

export async function applyAcceptance(trx: Trx, occasion: Occasion, answer: EnrollmentAnswer, terms: PlanTerms): Promise<void> {
  const request = await requestByLin(trx, occasion.programId, answer.lin01, 'enroll')
  if (request === undefined) return unmatched(trx, occasion, 'an acceptance of an enrollment we did not request')
  await noteResponded(trx, request)
  const window = rescissionWindow(answer.processedOn, terms)
  const placeholder = answer.placeholderOn ?? request.read_on
  await trx
    .updateTable('request')
    .set({
      ...(request.state === 'sent' ? { state: 'accepted' as const } : {}),
      processed_on: answer.processedOn,
      placeholder_on: placeholder,
      rescission_last_day: window.lastDay,
      rescission_closes_at: window.closesAt,
    })
    .where('request_id', '=', request.request_id)
    .execute()
  await trx.updateTable('account').set({ state: 'accepted' }).where('account_id', '=', request.account_id).where('state', '=', 'submitted').execute()
  await appendEvent(trx, occasion, {
    kind: 'enrollment-accepted',
    cohort: request.cohort,
    accountId: request.account_id,
    effective: answer.processedOn,
    clause: clauseOf(terms.rescissionDays),
    data: { processed: answer.processedOn, lastDay: window.lastDay, placeholder },
  })
  await oweWakeUp(trx, occasion.programId, cohortId(occasion.programId, request.cohort))
}

/** Worst first: several reasons are handled by the most severe. */
const SEVERITY: readonly RejectHandling[] = ['stop-batch', 'our-error', 'person', 'terminal', 'reschedule', 'already-submitted']

export async function applyRejection(trx: Trx, occasion: Occasion, answer: { readonly lin01: string; readonly processedOn: CivilDate; readonly codes: readonly string[] }, terms: PlanTerms): Promise<void> {
  const request = await requestByLin(trx, occasion.programId, answer.lin01, 'enroll')
  if (request === undefined) return unmatched(trx, occasion, 'a rejection of an enrollment we did not request')
  await noteResponded(trx, request)
  if (request.state !== 'sent') return
  const code = mostSevere(answer.codes, terms)
  const entry = terms.utility.rejectCodes[code]
  const handling = entry?.handling ?? 'person'
  const meaning = entry?.text ?? 'a code that the table does not name'
  const again = handling === 'reschedule'
  const standing = handling === 'already-submitted'
  await trx
    .updateTable('request')
    .set({ state: standing ? 'accepted' : 'rejected', reject_code: code, processed_on: answer.processedOn, placeholder_on: standing ? request.read_on : null })
    .where('request_id', '=', request.request_id)
    .execute()
  if (again) await requestAgain(trx, occasion, request, terms)
  const final = !again && !standing && !(await hasLiveRequest(trx, request))
  if (final) await trx.updateTable('account').set({ state: 'rejected' }).where('account_id', '=', request.account_id).where('state', 'in', ['submitted', 'accepted']).execute()
  await appendEvent(trx, occasion, {
    kind: 'enrollment-rejected',
    cohort: request.cohort,
    accountId: request.account_id,
    effective: answer.processedOn,
    clause: entry?.cite ?? null,
    data: { code, codes: answer.codes, meaning, handling, final },
  })
  const place = { cohort: request.cohort, accountId: request.account_id, clause: entry?.cite ?? null }
  if (handling === 'person' || handling === 'our-error' || handling === 'stop-batch') {
    await openWorkItems(trx, occasion, [{ ...place, kind: 'enrollment-rejected', message: `The utility rejected the enrollment with ${code} (${meaning}); mend it and decide, it is not sent again by itself.` }])
  }
  if (standing) await openWorkItems(trx, occasion, [{ ...place, kind: 'reconcile-duplicate', message: `The utility has this enrollment already (${code}); compare with its records.` }])
  if (handling === 'stop-batch') await setSwitch(trx, occasion, 'utility', true, `rejected with ${code} (${meaning}): every further file would be too`)
  await oweWakeUp(trx, occasion.programId, cohortId(occasion.programId, request.cohort))
}

function mostSevere(codes: readonly string[], terms: PlanTerms): string {
  const rank = (code: string): number => SEVERITY.indexOf(terms.utility.rejectCodes[code]?.handling ?? 'person')
  return [...codes].sort((a, b) => rank(a) - rank(b))[0] ?? ''
}

/** A new request with new ids for the read that can be reached now. */
async function requestAgain(trx: Trx, occasion: Occasion, request: Row<'request'>, terms: PlanTerms): Promise<void> {
  const point = await trx.selectFrom('service_point').selectAll().where('account_id', '=', request.account_id).where('service_point', '=', request.service_point).executeTakeFirstOrThrow()
  const readDates = await readReadDates(trx, occasion.programId)
  const number = await takeNumbers(trx, 'request', 1)
  await trx
    .insertInto('request')
    .values({ ...newRequest(occasion.programId, request.cohort, point, 'enroll', request.attempt + 1, number, occasion.at.slice(0, 4)), ...placed(choiceFor(point, readDates, occasion, terms), occasion) })
    .execute()
  await trx.updateTable('account').set({ state: 'rostered' }).where('account_id', '=', request.account_id).where('state', '=', 'submitted').execute()
}

/** Another service point, or another attempt, of the account is still on its way or stands. */
async function hasLiveRequest(trx: Trx, request: Row<'request'>): Promise<boolean> {
  const row = await trx
    .selectFrom('request')
    .select('request_id')
    .where('account_id', '=', request.account_id)
    .where('kind', '=', 'enroll')
    .where('request_id', '!=', request.request_id)
    .where('state', 'in', ['planned', 'no-read', 'batched', 'sent', 'accepted', 'started'])
    .executeTakeFirst()
  return row !== undefined
}

export interface UtilityDrop {
  readonly accountNumber: string
  /** Null: the whole account. */
  readonly servicePoint: string | null
  readonly on: CivilDate
  readonly isRescission: boolean
  readonly reason: string
}

/** The utility drops an enrollment: the household rescinded, or something else ended it. */
export async function applyUtilityDrop(trx: Trx, occasion: Occasion, drop: UtilityDrop, terms: PlanTerms): Promise<void> {
  const requests = await trx
    .selectFrom('request')
    .innerJoin('account', 'account.account_id', 'request.account_id')
    .selectAll('request')
    .where('account.program_id', '=', occasion.programId)
    .where('account.account_number', '=', drop.accountNumber)
    .where('request.kind', '=', 'enroll')
    .where('request.state', 'in', ['sent', 'accepted', 'started'])
    .$if(drop.servicePoint !== null, (query) => query.where('request.service_point', '=', drop.servicePoint ?? ''))
    .forUpdate()
    .execute()
  const [first] = requests
  if (first === undefined) return unmatched(trx, occasion, 'a drop of an enrollment that is not ours')
  await trx.updateTable('request').set({ state: 'cancelled' }).where('request_id', 'in', requests.map((request) => request.request_id)).execute()
  const lastDay = first.rescission_last_day
  const inWindow = drop.isRescission && (lastDay === null || drop.on <= lastDay)
  const partly = await hasLiveRequest(trx, { ...first, request_id: 0 })
  const place = { cohort: first.cohort, accountId: first.account_id, effective: drop.on, clause: clauseOf(terms.rescissionDays) }
  if (partly) {
    await openWorkItems(trx, occasion, [{ kind: 'half-active', message: 'One service point of this account was dropped and another stands; agree with the household what is wanted.', cohort: first.cohort, accountId: first.account_id }])
  } else {
    await trx
      .updateTable('account')
      .set({ state: inWindow ? 'rescinded' : 'rejected' })
      .where('account_id', '=', first.account_id)
      .where('state', 'in', ['submitted', 'accepted', 'in-service'])
      .execute()
    await appendEvent(trx, occasion, inWindow ? { ...place, kind: 'rescinded', data: { on: drop.on, lastDay } } : { ...place, kind: 'dropped-by-utility', data: { on: drop.on, why: drop.reason } })
  }
  await oweWakeUp(trx, occasion.programId, cohortId(occasion.programId, first.cohort))
}

export async function applyDropAnswer(trx: Trx, occasion: Occasion, answer: { readonly lin01: string; readonly accepted: boolean; readonly on: CivilDate; readonly codes: readonly string[] }): Promise<void> {
  const request = await requestByLin(trx, occasion.programId, answer.lin01, 'drop')
  if (request === undefined) return unmatched(trx, occasion, 'an answer to a drop we did not request')
  await noteResponded(trx, request)
  if (request.state !== 'sent') return
  const place = { cohort: request.cohort, accountId: request.account_id, effective: answer.on }
  await trx.updateTable('request').set({ state: answer.accepted ? 'accepted' : 'rejected', processed_on: answer.on, reject_code: answer.codes[0] ?? null }).where('request_id', '=', request.request_id).execute()
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
    await appendEvent(trx, occasion, { ...place, kind: 'drop-accepted', data: { on: answer.on } })
    return
  }
  await appendEvent(trx, occasion, { ...place, kind: 'drop-rejected', data: { code: answer.codes[0] ?? '' } })
  await openWorkItems(trx, occasion, [{ kind: 'drop-rejected', message: `The utility rejected our drop request with ${answer.codes[0] ?? 'no code'}; call it, the household must not be enrolled.`, cohort: request.cohort, accountId: request.account_id }])
}

/** The first monthly usage of a service point tells when service really began. */
export async function applyActualStart(trx: Trx, occasion: Occasion, start: { readonly accountNumber: string; readonly servicePoint: string | null; readonly on: CivilDate }, terms: PlanTerms): Promise<void> {
  const requests = await trx
    .selectFrom('request')
    .innerJoin('account', 'account.account_id', 'request.account_id')
    .selectAll('request')
    .where('account.program_id', '=', occasion.programId)
    .where('account.account_number', '=', start.accountNumber)
    .where('request.kind', '=', 'enroll')
    .where('request.state', 'in', ['sent', 'accepted', 'started'])
    .$if(start.servicePoint !== null, (query) => query.where('request.service_point', '=', start.servicePoint ?? ''))
    .forUpdate()
    .execute()
  const open = requests.filter((request) => request.actual_start_on === null)
  if (requests.length === 0) return unmatched(trx, occasion, 'usage of a service point that is not enrolled with us')
  for (const request of open) await startOne(trx, occasion, request, start.on, terms)
}

async function startOne(trx: Trx, occasion: Occasion, request: Row<'request'>, on: CivilDate, terms: PlanTerms): Promise<void> {
  await trx.updateTable('request').set({ state: 'started', actual_start_on: on }).where('request_id', '=', request.request_id).execute()
  await trx.updateTable('account').set({ state: 'in-service' }).where('account_id', '=', request.account_id).where('state', 'in', ['submitted', 'accepted']).execute()
  const scheduled = request.placeholder_on ?? request.read_on
  const window = scheduled === null ? null : billingWindow(scheduled, terms)
  const inside = window === null || isInBillingWindow(on, window)
  const clause = clauseOf(terms.utility.billingWindow)
  const place = { cohort: request.cohort, accountId: request.account_id, effective: on, clause }
  await appendEvents(trx, occasion, [
    { ...place, kind: 'service-started', data: { on, outside: inside ? '' : ', outside the billing window' } },
    ...(inside || window === null ? [] : [{ ...place, kind: 'start-outside-window' as const, data: { on, from: window.start, to: window.end } }]),
  ])
  if (!inside) await openWorkItems(trx, occasion, [{ kind: 'start-outside-window', message: 'Service began outside the billing window of its scheduled read; ask the utility.', clause, cohort: request.cohort, accountId: request.account_id }])
  const account = await trx.selectFrom('account').select('state').where('account_id', '=', request.account_id).executeTakeFirstOrThrow()
  if ((OVERTAKEN as readonly string[]).includes(account.state)) await oweWakeUp(trx, occasion.programId, cohortId(occasion.programId, request.cohort))
}

/** @param accepted false: the utility could not read our group, so nothing in it was processed. */
export async function applyAcknowledgment(trx: Trx, occasion: Occasion, acknowledgment: { readonly gs06: number; readonly accepted: boolean; readonly why: string }): Promise<void> {
  const row = await trx.selectFrom('interchange').selectAll().where('program_id', '=', occasion.programId).where('gs06', '=', acknowledgment.gs06).forUpdate().executeTakeFirst()
  if (row === undefined) return unmatched(trx, occasion, 'an acknowledgment of a group we did not send')
  if (row.state !== 'sent') return
  const control = String(row.isa13).padStart(9, '0')
  await trx.updateTable('interchange').set({ state: acknowledgment.accepted ? 'acknowledged' : 'refused' }).where('interchange_id', '=', row.interchange_id).execute()
  await appendEvent(trx, occasion, { kind: acknowledgment.accepted ? 'interchange-acknowledged' : 'interchange-refused', cohort: row.cohort, data: { control, why: acknowledgment.why } })
  if (!acknowledgment.accepted) {
    await openWorkItems(trx, occasion, [{ kind: 'file-refused', message: `The utility could not read file ${control} (${acknowledgment.why}); find the fault before anything else is sent.`, cohort: row.cohort }])
    await setSwitch(trx, occasion, 'utility', true, `file ${control} was refused`)
  }
}
