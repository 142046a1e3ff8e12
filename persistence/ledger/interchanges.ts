/**
 * Interchanges: requests grouped by bill group and read, at most a chunk each; their numbers and bytes fixed once, before the first
 * attempt, so that every later attempt sends the same file.
 */
import type { Kysely } from 'kysely'
import { addBusinessDays } from '../../domain/business-calendar.js'
import { clauseOf } from '../../domain/clause.js'
import { addMillis, dateIn, endOfDay, isBefore } from '../../domain/instant.js'
import { invariant } from '../../domain/invariant.js'
import type { PlanTerms } from '../../domain/plan.js'
import type { Database } from '../database.js'
import type { Row, Tables } from '../tables.js'
import { CHUNK_ACCOUNTS } from './chunks.js'
import { takeNumbers } from './counters.js'
import { appendEvent, appendEvents, type Occasion, type Trx } from './journal.js'
import { readReadDates } from './programs.js'
import { choiceFor, placed } from './enrollment-requests.js'
import { planSending } from './sendings.js'

/**
 * Puts every request whose time has come into a file to be sent. One whose cut-off passed meanwhile (an outage, a stop) moves to the
 * next read first and is counted in an alarm.
 */
export async function planInterchanges(db: Database, occasion: Occasion, cohort: string, terms: PlanTerms): Promise<void> {
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
  const first = await ready.select(['kind', 'bill_group', 'read_on']).orderBy('cutoff_at').orderBy('bill_group').orderBy('read_on').orderBy('kind').limit(1).executeTakeFirst()
  if (first === undefined) return false
  invariant(first.read_on !== null, 'a planned request names its read')
  const ids = await ready
    .select('request_id')
    .where('kind', '=', first.kind)
    .where('bill_group', '=', first.bill_group)
    .where('read_on', '=', first.read_on)
    .orderBy('account_id')
    .orderBy('service_point')
    .limit(CHUNK_ACCOUNTS)
    .forUpdate()
    .execute()
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
      requests: ids.length,
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
    .where('request_id', 'in', ids.map((each) => each.request_id))
    .execute()
  return true
}

async function moveMissed(db: Database, occasion: Occasion, cohort: string, terms: PlanTerms): Promise<void> {
  const readDates = await readReadDates(db.kysely, occasion.programId)
  for (;;) {
    const moved = await db.tx(async (trx) => {
      const missed = await trx
        .selectFrom('request')
        .innerJoin('service_point', (join) => join.onRef('service_point.account_id', '=', 'request.account_id').onRef('service_point.service_point', '=', 'request.service_point'))
        .select(['request.request_id', 'request.account_id', 'service_point.bill_group', 'service_point.billing_type', 'service_point.rate_class'])
        .where('request.program_id', '=', occasion.programId)
        .where('request.cohort', '=', cohort)
        .where('request.kind', '=', 'enroll')
        .where('request.state', '=', 'planned')
        .where('request.submit_at', '<=', occasion.at)
        .where('request.cutoff_at', '<', occasion.at)
        .limit(CHUNK_ACCOUNTS)
        .forUpdate('request')
        .execute()
      for (const request of missed) {
        await trx.updateTable('request').set(placed(choiceFor(request, readDates, occasion, terms), occasion)).where('request_id', '=', request.request_id).execute()
      }
      if (missed.length > 0) {
        await appendEvent(trx, occasion, { kind: 'program-alarm', cohort, clause: clauseOf(terms.utility.cutoffDays), data: { what: `${missed.length} service points missed their cut-off and wait for the next read` } })
      }
      return missed.length
    })
    if (moved === 0) return
  }
}

export interface FixedInterchange {
  readonly row: Row<'interchange'>
  readonly sendingId: number
}

/** How the file is written, given its numbers; the same input gives the same bytes. */
export type WriteInterchange = (numbers: { readonly isa13: number; readonly gs06: number; readonly stFirst: number; readonly dated: Occasion['at'] }, requests: readonly RequestToWrite[]) => Uint8Array

export interface RequestToWrite extends Row<'request'> {
  readonly account_number: string
  readonly customer_name: string
}

/**
 * Gives the file its numbers and bytes, gapless, once. Requests that were pulled meanwhile are not in it; a file that has none left
 * takes no number and is not sent (null).
 */
export async function fixInterchange(trx: Trx, occasion: Occasion, interchangeId: number, write: WriteInterchange, hash: (content: Uint8Array) => string): Promise<FixedInterchange | null> {
  const row = await trx.selectFrom('interchange').selectAll().where('interchange_id', '=', interchangeId).forUpdate().executeTakeFirstOrThrow()
  if (row.state === 'empty') return null
  if (row.state !== 'planned') return { row, sendingId: await planSending(trx, sendingOf(row)) }
  const requests = await requestsOf(trx, interchangeId)
  if (requests.length === 0) {
    await trx.updateTable('interchange').set({ state: 'empty', requests: 0 }).where('interchange_id', '=', interchangeId).execute()
    return null
  }
  const isa13 = await takeNumbers(trx, 'isa13', 1)
  const gs06 = await takeNumbers(trx, 'gs06', 1)
  const stFirst = await takeNumbers(trx, 'st02', requests.length)
  const content = write({ isa13, gs06, stFirst, dated: occasion.at }, requests)
  const fixed = await trx
    .updateTable('interchange')
    .set({ state: 'fixed', isa13, gs06, st_first: stFirst, dated: occasion.at, requests: requests.length, content, sha256: hash(content), file_name: `814-${String(isa13).padStart(9, '0')}.edi` })
    .where('interchange_id', '=', interchangeId)
    .returningAll()
    .executeTakeFirstOrThrow()
  return { row: fixed, sendingId: await planSending(trx, sendingOf(fixed)) }
}

function sendingOf(row: Row<'interchange'>) {
  const subject = `interchange/${row.interchange_id}`
  return { programId: row.program_id, party: 'utility' as const, kind: row.kind, subject, messageId: `${row.program_id}/${subject}`, contentSha256: row.sha256 }
}

async function requestsOf(db: Kysely<Tables>, interchangeId: number): Promise<RequestToWrite[]> {
  return db
    .selectFrom('request')
    .innerJoin('account', 'account.account_id', 'request.account_id')
    .selectAll('request')
    .select(['account.account_number', 'account.customer_name'])
    .where('request.interchange_id', '=', interchangeId)
    .where('request.state', '=', 'batched')
    .orderBy('request.request_id')
    .execute()
}

/** The utility has the file: its requests are sent, its answers are awaited. */
export async function recordSent(trx: Trx, occasion: Occasion, interchangeId: number, terms: PlanTerms): Promise<void> {
  const hours = terms.utility.acknowledgmentHours.value
  const sentOn = dateIn(terms.zone, occasion.at)
  const responseDay = addBusinessDays(terms.calendar, 'edi', sentOn, terms.utility.responseBusinessDays.value)
  const row = await trx
    .updateTable('interchange')
    .set({ state: 'sent', sent_at: occasion.at, acknowledgment_due: addMillis(occasion.at, hours * 3_600_000), response_due: endOfDay(terms.zone, responseDay) })
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
  if (row.kind === 'enroll') {
    await trx
      .updateTable('account')
      .set({ state: 'submitted' })
      .where('state', '=', 'rostered')
      .where('account_id', 'in', [...new Set(sent.map((request) => request.account_id))])
      .execute()
  }
  await appendEvents(
    trx,
    occasion,
    sent.map((request) => ({ kind: request.kind === 'enroll' ? ('enrollment-sent' as const) : ('drop-sent' as const), cohort: row.cohort, accountId: request.account_id, clause, data: { readOn: request.read_on } })),
  )
  await appendEvent(trx, occasion, {
    kind: 'interchange-sent',
    cohort: row.cohort,
    clause,
    data: { what: row.kind === 'enroll' ? 'Enrollment' : 'Drop', control: String(row.isa13).padStart(9, '0'), requests: sent.length, billGroup: row.bill_group, readOn: row.read_on },
  })
}

/** Alarms once per file: no acknowledgment within the hours, no answer within the days that the utility names. */
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
    const control = String(row.isa13).padStart(9, '0')
    const unacknowledged = row.state === 'sent' && row.acknowledgment_due !== null && !isBefore(occasion.at, row.acknowledgment_due)
    const unanswered = !row.responded && row.response_due !== null && !isBefore(occasion.at, row.response_due)
    if (!unacknowledged && !unanswered) continue
    await trx.updateTable('interchange').set({ alarmed: true }).where('interchange_id', '=', row.interchange_id).execute()
    await appendEvent(
      trx,
      occasion,
      unacknowledged
        ? { kind: 'acknowledgment-late', cohort, clause: clauseOf(terms.utility.acknowledgmentHours), data: { control, hours: terms.utility.acknowledgmentHours.value } }
        : { kind: 'response-late', cohort, clause: clauseOf(terms.utility.responseBusinessDays), data: { control, days: terms.utility.responseBusinessDays.value } },
    )
  }
}
