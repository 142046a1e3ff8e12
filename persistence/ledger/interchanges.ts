/**
 * Interchanges: their numbers and bytes fixed once, before the first attempt, so that every later attempt sends the same file;
 * then sent, acknowledged, answered.
 */
import type { Kysely } from 'kysely'
import { addBusinessDays } from '../../domain/business-calendar.js'
import { clauseOf } from '../../domain/clause.js'
import { addMillis, dateIn, endOfDay, isBefore } from '../../domain/instant.js'
import type { PlanTerms } from '../../domain/plan.js'
import { sha256Of } from '../sha256-of.js'
import type { Row, Tables } from '../tables.js'
import { takeNumbers } from './counters.js'
import { appendEvent, appendEvents, type Occasion, type Trx } from './journal.js'
import { numbersNow, pointKey } from './account-numbers.js'
import { interchangeSubject, planSending, settleByAnswer } from './sendings.js'
import { OVERTAKEN } from './undos.js'

export interface FixedInterchange {
  readonly row: Row<'interchange'>
  readonly sendingId: number
}

/** The numbers that a file gets once. */
export interface InterchangeNumbers {
  readonly isa13: number
  readonly gs06: number
  readonly stFirst: number
  readonly dated: Occasion['at']
}

/** How the file is written, given its numbers; the same input gives the same bytes. */
export type WriteInterchange = (numbers: InterchangeNumbers, requests: readonly RequestToWrite[]) => Uint8Array

export interface RequestToWrite extends Row<'request'> {
  readonly account_number: string
  readonly customer_name: string
}

/**
 * Gives the file its numbers and bytes, gapless, once. Null when there is nothing to send now: all its requests were pulled,
 * their cut-off has passed, or one was overtaken and has to be pulled first; no number is taken then.
 */
export async function fixInterchange(
  trx: Trx,
  occasion: Occasion,
  interchangeId: number,
  write: WriteInterchange,
): Promise<FixedInterchange | null> {
  const row = await trx
    .selectFrom('interchange')
    .selectAll()
    .where('interchange_id', '=', interchangeId)
    .forUpdate()
    .executeTakeFirstOrThrow()
  if (row.state === 'empty') return null
  if (row.state !== 'planned') return { row, sendingId: await planSending(trx, sendingOf(row)) }
  const requests = await requestsOf(trx, interchangeId)
  if (await isOvertaken(trx, row)) return null
  if (requests.every((request) => request.cutoff_at !== null && isBefore(request.cutoff_at, occasion.at))) {
    await giveBack(trx, interchangeId)
    return null
  }
  const isa13 = await takeNumbers(trx, 'isa13', 1)
  const gs06 = await takeNumbers(trx, 'gs06', 1)
  const stFirst = await takeNumbers(trx, 'st02', requests.length)
  const content = write({ isa13, gs06, stFirst, dated: occasion.at }, requests)
  const fixed = await trx
    .updateTable('interchange')
    .set({
      state: 'fixed',
      isa13,
      gs06,
      st_first: stFirst,
      dated: occasion.at,
      requests: requests.length,
      content,
      sha256: sha256Of(content),
      file_name: `814-${controlOf(isa13)}.edi`,
    })
    .where('interchange_id', '=', interchangeId)
    .returningAll()
    .executeTakeFirstOrThrow()
  return { row: fixed, sendingId: await planSending(trx, sendingOf(fixed)) }
}

/** ISA13 as written: nine digits. */
export function controlOf(isa13: number | null): string {
  return String(isa13).padStart(9, '0')
}

async function isOvertaken(trx: Trx, row: Row<'interchange'>): Promise<boolean> {
  if (row.kind !== 'enroll') return false
  const overtaken = await trx
    .selectFrom('request')
    .innerJoin('account', 'account.account_id', 'request.account_id')
    .select('request.request_id')
    .where('request.interchange_id', '=', row.interchange_id)
    .where('request.state', '=', 'batched')
    .where('account.state', 'in', [...OVERTAKEN])
    .limit(1)
    .executeTakeFirst()
  return overtaken !== undefined
}

/** Its requests, all of one cut-off, are planned again; without any the file is empty for good. */
async function giveBack(trx: Trx, interchangeId: number): Promise<void> {
  await trx
    .updateTable('request')
    .set({ state: 'planned', interchange_id: null })
    .where('interchange_id', '=', interchangeId)
    .where('state', '=', 'batched')
    .execute()
  await trx
    .updateTable('interchange')
    .set({ state: 'empty', requests: 0 })
    .where('interchange_id', '=', interchangeId)
    .execute()
}

function sendingOf(row: Row<'interchange'>) {
  const subject = interchangeSubject(row.interchange_id)
  const messageId = `${row.program_id}/${subject}`
  return {
    programId: row.program_id,
    party: 'utility' as const,
    kind: row.kind,
    subject,
    messageId,
    contentSha256: row.sha256,
  }
}

/** Under the number that the utility uses now. */
async function requestsOf(db: Kysely<Tables>, interchangeId: number): Promise<RequestToWrite[]> {
  const requests = await db
    .selectFrom('request')
    .innerJoin('account', 'account.account_id', 'request.account_id')
    .selectAll('request')
    .select(['account.account_number', 'account.customer_name'])
    .where('request.interchange_id', '=', interchangeId)
    .where('request.state', '=', 'batched')
    .orderBy('request.request_id')
    .execute()
  const now = await numbersNow(
    db,
    requests.map((request) => request.account_id),
  )
  return requests.map((request) => {
    const point = now.get(pointKey(request.account_id, request.service_point))
    if (point === undefined) return request
    return {
      ...request,
      account_number: point.account_number,
      service_point: point.service_point || request.service_point,
    }
  })
}

/** The utility has the file: its requests are sent, its answers are awaited. */
export async function recordSent(trx: Trx, occasion: Occasion, interchangeId: number, terms: PlanTerms): Promise<void> {
  const hours = terms.utility.acknowledgmentHours.value
  const sentOn = dateIn(terms.zone, occasion.at)
  const responseDay = addBusinessDays(terms.calendar, 'edi', sentOn, terms.utility.responseBusinessDays.value)
  const row = await trx
    .updateTable('interchange')
    .set({
      state: 'sent',
      sent_at: occasion.at,
      acknowledgment_due: addMillis(occasion.at, hours * 3_600_000),
      response_due: endOfDay(terms.zone, responseDay),
    })
    .where('interchange_id', '=', interchangeId)
    .where('state', '=', 'fixed')
    .returningAll()
    .executeTakeFirst()
  if (row === undefined) return
  const sent = await trx
    .updateTable('request')
    .set({ state: 'sent', sent_on: sentOn })
    .where('interchange_id', '=', interchangeId)
    .where('state', '=', 'batched')
    .returning(['account_id', 'service_point', 'kind', 'read_on'])
    .execute()
  const clause = clauseOf(terms.utility.cutoffDays)
  const accounts = [...new Set(sent.map((request) => request.account_id))]
  if (row.kind === 'enroll' && accounts.length > 0) {
    await trx
      .updateTable('account')
      .set({ state: 'submitted' })
      .where('state', '=', 'rostered')
      .where('account_id', 'in', accounts)
      .execute()
  }
  await appendEvents(
    trx,
    occasion,
    sent.map((request) => ({
      kind: request.kind === 'enroll' ? ('enrollment-sent' as const) : ('drop-sent' as const),
      cohort: row.cohort,
      accountId: request.account_id,
      clause,
      data: { readOn: request.read_on },
    })),
  )
  await appendEvent(trx, occasion, {
    kind: 'interchange-sent',
    cohort: row.cohort,
    clause,
    data: {
      what: row.kind === 'enroll' ? 'Enrollment' : 'Drop',
      control: controlOf(row.isa13),
      requests: sent.length,
      billGroup: row.bill_group,
      readOn: row.read_on,
    },
  })
}

/** An answer proves that the utility has the file, although the sender ended before it could record so. */
export async function recordArrived(
  trx: Trx,
  occasion: Occasion,
  interchangeId: number,
  terms: PlanTerms,
): Promise<void> {
  await settleByAnswer(trx, occasion, interchangeSubject(interchangeId))
  await recordSent(trx, occasion, interchangeId, terms)
}

/** Alarms once per file and reason: no acknowledgment within the hours, no answer within the days that the utility names. */
export async function raiseFileAlarms(trx: Trx, occasion: Occasion, cohort: string, terms: PlanTerms): Promise<void> {
  const rows = await trx
    .selectFrom('interchange')
    .selectAll()
    .where('program_id', '=', occasion.programId)
    .where('cohort', '=', cohort)
    .where('alarmed', '=', false)
    .where('state', 'in', ['sent', 'acknowledged'])
    .forUpdate()
    .execute()
  for (const row of rows) {
    const control = controlOf(row.isa13)
    const unacknowledged =
      row.state === 'sent' && row.acknowledgment_due !== null && !isBefore(occasion.at, row.acknowledgment_due)
    const unanswered = !row.responded && row.response_due !== null && !isBefore(occasion.at, row.response_due)
    if (!unacknowledged && !unanswered) continue
    await trx
      .updateTable('interchange')
      .set({ alarmed: true })
      .where('interchange_id', '=', row.interchange_id)
      .execute()
    const { acknowledgmentHours: hours, responseBusinessDays: days } = terms.utility
    await appendEvent(
      trx,
      occasion,
      unacknowledged
        ? { kind: 'acknowledgment-late', cohort, clause: clauseOf(hours), data: { control, hours: hours.value } }
        : { kind: 'response-late', cohort, clause: clauseOf(days), data: { control, days: days.value } },
    )
  }
}
