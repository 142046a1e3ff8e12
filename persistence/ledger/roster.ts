/**
 * The roster: frozen once per cohort, account by account, each with its reason (ruling R-006).
 *
 * Opted out stays out; an open work item keeps the account out as pending; no notice, no enrollment; the rest is enrolled at the
 * earliest read that is neither too late nor too early.
 */
import type { BillingType } from '../../domain/account.js'
import type { CivilDate } from '../../domain/civil-date.js'
import { clauseOf } from '../../domain/clause.js'
import type { PlanTerms } from '../../domain/plan.js'
import { chooseAnchor, type ReadChoice } from '../../domain/read-choice.js'
import type { Database } from '../database.js'
import type { Row } from '../tables.js'
import { CHUNK_ACCOUNTS, type Progress, untilNone } from './chunks.js'
import { takeNumbers } from './counters.js'
import { appendEvent, appendEvents, type NewEvent, type Occasion, type Trx } from './journal.js'
import { readReadDates } from './programs.js'
import { type NewWorkItem, openWorkItems } from './work-items.js'

/** States an account may be in when its roster is frozen; every other state was reached by an earlier chunk. */
const UNFROZEN = ['to-be-noticed', 'printed', 'noticed', 'returned'] as const

export async function freezeRoster(db: Database, occasion: Occasion, cohort: string, terms: PlanTerms, progress: Progress): Promise<void> {
  const readDates = await readReadDates(db.kysely, occasion.programId)
  await untilNone(() => db.tx((trx) => freezeChunk(trx, occasion, cohort, terms, readDates)), progress)
  await db.tx((trx) => recordFreeze(trx, occasion, cohort, terms))
}

async function freezeChunk(trx: Trx, occasion: Occasion, cohort: string, terms: PlanTerms, readDates: ReadonlyMap<string, readonly CivilDate[]>): Promise<number> {
  const accounts = await trx
    .selectFrom('account')
    .select(['account_id', 'state'])
    .select((eb) =>
      eb
        .exists(eb.selectFrom('work_item').select('item_id').whereRef('work_item.account_id', '=', 'account.account_id').where('closed_at', 'is', null).where('kind', 'in', ['unsigned-card', 'reply-needs-a-person']))
        .as('open'),
    )
    .where('program_id', '=', occasion.programId)
    .where('cohort', '=', cohort)
    .where('state', 'in', [...UNFROZEN])
    .orderBy('account_id')
    .limit(CHUNK_ACCOUNTS)
    .forUpdate()
    .execute()
  if (accounts.length === 0) return 0
  const clause = clauseOf(terms.mailGraceDays)
  const pending = accounts.filter((account) => account.state === 'noticed' && account.open).map((account) => account.account_id)
  const rostered = accounts.filter((account) => account.state === 'noticed' && !account.open).map((account) => account.account_id)
  const left = accounts.filter((account) => account.state !== 'noticed').map((account) => account.account_id)
  await move(trx, occasion, cohort, pending, 'pending', 'held-pending', clause)
  await move(trx, occasion, cohort, left, 'not-noticed', 'left-not-noticed', terms.window.initial.cite)
  await openWorkItems(
    trx,
    occasion,
    left.map((accountId) => ({ kind: 'omitted-member', message: 'No notice reached this household before the freeze; re-mail it with its own window, or leave the account out.', clause: terms.window.initial.cite, cohort, accountId })),
  )
  if (rostered.length > 0) {
    await trx.updateTable('account').set({ state: 'rostered' }).where('account_id', 'in', rostered).execute()
    await planEnrollments(trx, occasion, cohort, rostered, terms, readDates)
  }
  return accounts.length
}

async function move(trx: Trx, occasion: Occasion, cohort: string, ids: readonly number[], state: 'pending' | 'not-noticed', kind: 'held-pending' | 'left-not-noticed', clause: string): Promise<void> {
  if (ids.length === 0) return
  await trx.updateTable('account').set({ state }).where('account_id', 'in', [...ids]).execute()
  await appendEvents(trx, occasion, ids.map((accountId) => ({ kind, cohort, accountId, clause })))
}

async function recordFreeze(trx: Trx, occasion: Occasion, cohort: string, terms: PlanTerms): Promise<void> {
  const row = await trx.updateTable('cohort').set({ frozen_at: occasion.at }).where('program_id', '=', occasion.programId).where('cohort', '=', cohort).where('frozen_at', 'is', null).returning('cohort').executeTakeFirst()
  if (row === undefined) return
  const counts = await trx
    .selectFrom('account')
    .select(['state', (eb) => eb.fn.countAll<number>().as('n')])
    .where('program_id', '=', occasion.programId)
    .where('cohort', '=', cohort)
    .groupBy('state')
    .execute()
  const count = (...states: string[]): number => counts.filter((each) => states.includes(each.state)).reduce((sum, each) => sum + Number(each.n), 0)
  await appendEvent(trx, occasion, {
    kind: 'roster-frozen',
    cohort,
    clause: clauseOf(terms.mailGraceDays),
    data: { rostered: count('rostered'), optedOut: count('opted-out'), pending: count('pending'), notNoticed: count('not-noticed') },
  })
}

/** One request per service point, its ids fixed now and for ever. */
async function planEnrollments(trx: Trx, occasion: Occasion, cohort: string, accountIds: readonly number[], terms: PlanTerms, readDates: ReadonlyMap<string, readonly CivilDate[]>): Promise<void> {
  const points = await trx
    .selectFrom('service_point')
    .selectAll()
    .where('account_id', 'in', [...accountIds])
    .orderBy('account_id')
    .orderBy('service_point')
    .execute()
  const first = await takeNumbers(trx, 'request', points.length)
  const events: NewEvent[] = []
  const items: NewWorkItem[] = []
  const chosen = points.map((point) => ({ point, choice: choiceFor(point, readDates, occasion, terms) }))
  const year = occasion.at.slice(0, 4)
  for (let from = 0; from < chosen.length; from += CHUNK_ACCOUNTS) {
    const slice = chosen.slice(from, from + CHUNK_ACCOUNTS)
    await trx
      .insertInto('request')
      .values(
        slice.map(({ point, choice }, index) => ({
          ...newRequest(occasion.programId, cohort, point, 'enroll', 1, first + from + index, year),
          ...placed(choice, occasion),
        })),
      )
      .execute()
  }
  for (const { point, choice } of chosen) {
    const accountId = point.account_id
    if (choice.kind === 'read' || choice.kind === 'wait') {
      events.push({ kind: 'rostered', cohort, accountId, clause: clauseOf(terms.mailGraceDays), data: { readOn: choice.read } })
      continue
    }
    const why = choice.kind === 'person' ? 'the utility has no rule for billing in the middle of the month' : 'the read table has no date within reach'
    events.push({ kind: 'rostered', cohort, accountId, clause: clauseOf(terms.mailGraceDays), data: { readOn: null } }, { kind: 'no-read', cohort, accountId, data: { why } })
    items.push({ kind: 'no-read', message: `No read to enroll at: ${why}; agree a date with the utility.`, cohort, accountId })
  }
  await appendEvents(trx, occasion, events)
  await openWorkItems(trx, occasion, items)
}

/** Lighting on an account that bills by calendar months may bill by the read, and does here. */
const LIGHTING = 'DS-5'

export function choiceFor(
  point: Pick<Row<'service_point'>, 'bill_group' | 'billing_type' | 'rate_class'>,
  readDates: ReadonlyMap<string, readonly CivilDate[]>,
  occasion: Pick<Occasion, 'at'>,
  terms: PlanTerms,
): ReadChoice {
  const billing = point.rate_class === LIGHTING ? '' : (point.billing_type as BillingType)
  return chooseAnchor(billing, readDates.get(point.bill_group) ?? [], occasion.at, terms)
}

export function placed(choice: ReadChoice, occasion: Pick<Occasion, 'at'>) {
  switch (choice.kind) {
    case 'read':
      return { state: 'planned' as const, read_on: choice.read, submit_at: occasion.at, cutoff_at: choice.cutoff.cutoffAt }
    case 'wait':
      return { state: 'planned' as const, read_on: choice.read, submit_at: choice.waitUntil, cutoff_at: choice.cutoff.cutoffAt }
    default:
      return { state: 'no-read' as const, read_on: null, submit_at: null, cutoff_at: null }
  }
}

/** Ids are unique for ever: the year, and a number that no other request ever has. */
export function newRequest(
  programId: string,
  cohort: string,
  point: Pick<Row<'service_point'>, 'account_id' | 'service_point' | 'rate_class' | 'bill_group'>,
  kind: 'enroll' | 'drop',
  attempt: number,
  number: number,
  year: string,
) {
  const digits = String(number).padStart(8, '0')
  return {
    program_id: programId,
    cohort,
    account_id: point.account_id,
    service_point: point.service_point,
    kind,
    attempt,
    lin01: `${kind === 'enroll' ? 'E' : 'D'}${year}${digits}`,
    bgn02: `B${year}${digits}`,
    rate_code: point.rate_class,
    bill_group: point.bill_group,
    interchange_id: null,
    sent_on: null,
    processed_on: null,
    placeholder_on: null,
    rescission_last_day: null,
    rescission_closes_at: null,
    rescission_closed: false,
    alarmed: false,
    actual_start_on: null,
    reject_code: null,
  }
}

