/**
 * The roster: frozen once per cohort, account by account, each with its reason (ruling R-006).
 *
 * Opted out stays out; an open work item keeps the account out as pending; no notice, no enrollment; the rest is enrolled at the
 * earliest read that is neither too late nor too early.
 */
import type { CivilDate } from '../../domain/civil-date.js'
import { clauseOf } from '../../domain/clause.js'
import type { PlanTerms } from '../../domain/plan.js'
import type { ReadChoice } from '../../domain/read-choice.js'
import type { Database } from '../database.js'
import { pointKey } from './account-numbers.js'
import { CHUNK_ACCOUNTS, type Progress, untilNone } from './chunks.js'
import { takeNumbers } from './counters.js'
import { choicesFor, newRequest, noteNoRead, placed } from './enrollment-requests.js'
import { insertRows } from './bulk-rows.js'
import { appendEvent, appendEvents, type NewEvent, type Occasion, type Trx } from './journal.js'
import { cohortRow } from './notices.js'
import { readReadDates } from './programs.js'
import { openWorkItems } from './work-items.js'

/** States an account may be in when its roster is frozen; every other state was reached by an earlier chunk. */
const UNFROZEN = ['to-be-noticed', 'printed', 'noticed', 'returned'] as const

export async function freezeRoster(
  db: Database,
  occasion: Occasion,
  cohort: string,
  terms: PlanTerms,
  progress: Progress,
): Promise<void> {
  // once: a household that is returned later is undone, not frozen again
  if ((await cohortRow(db.kysely, occasion.programId, cohort)).frozen_at !== null) return
  const readDates = await readReadDates(db.kysely, occasion.programId)
  let after = 0
  await untilNone(async () => {
    const frozen = await db.tx((trx) => freezeChunk(trx, occasion, cohort, after, terms, readDates))
    after = frozen.at(-1) ?? after
    return frozen.length
  }, progress)
  await db.tx((trx) => recordFreeze(trx, occasion, cohort, terms))
}

/** @returns the accounts decided about, ascending */
async function freezeChunk(
  trx: Trx,
  occasion: Occasion,
  cohort: string,
  after: number,
  terms: PlanTerms,
  readDates: ReadonlyMap<string, readonly CivilDate[]>,
): Promise<readonly number[]> {
  const accounts = await trx
    .selectFrom('account')
    .select(['account_id', 'state'])
    .where('program_id', '=', occasion.programId)
    .where('cohort', '=', cohort)
    .where('state', 'in', [...UNFROZEN])
    .where('account_id', '>', after)
    .orderBy('account_id')
    .limit(CHUNK_ACCOUNTS)
    .forUpdate()
    .execute()
  if (accounts.length === 0) return []
  const ids = accounts.map((account) => account.account_id)
  // a statement of its own: only now that the accounts are locked is every reply that was being recorded visible
  const open = await heldOpen(trx, occasion.programId, ids)
  const clause = clauseOf(terms.mailGraceDays)
  const pending = accounts
    .filter((account) => account.state === 'noticed' && open.has(account.account_id))
    .map((account) => account.account_id)
  const rostered = accounts
    .filter((account) => account.state === 'noticed' && !open.has(account.account_id))
    .map((account) => account.account_id)
  const left = accounts.filter((account) => account.state !== 'noticed').map((account) => account.account_id)
  await move(trx, occasion, cohort, pending, 'pending', 'held-pending', clause)
  await move(trx, occasion, cohort, left, 'not-noticed', 'left-not-noticed', clauseOf(terms.clauses.omittedMember))
  await openWorkItems(
    trx,
    occasion,
    left.map((accountId) => ({
      kind: 'omitted-member',
      message:
        'No notice reached this household before the freeze; re-mail it with its own window, or leave the account out.',
      clause: clauseOf(terms.clauses.omittedMember),
      cohort,
      accountId,
    })),
  )
  if (rostered.length > 0) {
    await trx.updateTable('account').set({ state: 'rostered' }).where('account_id', 'in', rostered).execute()
    await planEnrollments(trx, occasion, cohort, rostered, terms, readDates)
  }
  return ids
}

/** Accounts with an open work item that keeps them off the roster. */
async function heldOpen(
  trx: Trx,
  programId: string,
  accountIds: readonly number[],
): Promise<ReadonlySet<number | null>> {
  const items = await trx
    .selectFrom('work_item')
    .select('account_id')
    .where('program_id', '=', programId)
    .where('account_id', 'in', [...accountIds])
    .where('closed_at', 'is', null)
    .where('kind', 'in', ['unsigned-card', 'reply-needs-a-person'])
    .execute()
  return new Set(items.map((item) => item.account_id))
}

async function move(
  trx: Trx,
  occasion: Occasion,
  cohort: string,
  ids: readonly number[],
  state: 'pending' | 'not-noticed',
  kind: 'held-pending' | 'left-not-noticed',
  clause: string,
): Promise<void> {
  if (ids.length === 0) return
  await trx
    .updateTable('account')
    .set({ state })
    .where('account_id', 'in', [...ids])
    .execute()
  await appendEvents(
    trx,
    occasion,
    ids.map((accountId) => ({ kind, cohort, accountId, clause })),
  )
}

async function recordFreeze(trx: Trx, occasion: Occasion, cohort: string, terms: PlanTerms): Promise<void> {
  const row = await trx
    .updateTable('cohort')
    .set({ frozen_at: occasion.at })
    .where('program_id', '=', occasion.programId)
    .where('cohort', '=', cohort)
    .where('frozen_at', 'is', null)
    .returning('cohort')
    .executeTakeFirst()
  if (row === undefined) return
  const counts = await trx
    .selectFrom('account')
    .select(['state', (eb) => eb.fn.countAll<number>().as('n')])
    .where('program_id', '=', occasion.programId)
    .where('cohort', '=', cohort)
    .groupBy('state')
    .execute()
  const count = (...states: string[]): number =>
    counts.filter((each) => states.includes(each.state)).reduce((sum, each) => sum + Number(each.n), 0)
  await appendEvent(trx, occasion, {
    kind: 'roster-frozen',
    cohort,
    clause: clauseOf(terms.mailGraceDays),
    data: {
      rostered: count('rostered'),
      optedOut: count('opted-out'),
      pending: count('pending'),
      notNoticed: count('not-noticed'),
    },
  })
}

/** One request per service point, its ids fixed now and for ever. An account noticed once more is asked for once more. */
async function planEnrollments(
  trx: Trx,
  occasion: Occasion,
  cohort: string,
  accountIds: readonly number[],
  terms: PlanTerms,
  readDates: ReadonlyMap<string, readonly CivilDate[]>,
): Promise<void> {
  const points = await trx
    .selectFrom('service_point')
    .selectAll()
    .where('account_id', 'in', [...accountIds])
    .orderBy('account_id')
    .orderBy('service_point')
    .execute()
  const attempts = await attemptsOf(trx, accountIds)
  const first = await takeNumbers(trx, 'request', points.length)
  const events: NewEvent[] = []
  const unread: { readonly accountId: number; readonly choice: ReadChoice }[] = []
  const choices = choicesFor(points, readDates, occasion, terms)
  const planned = points.map((point, index) => ({ point, choice: choices[index] as ReadChoice }))
  const year = occasion.at.slice(0, 4)
  await insertRows(
    trx,
    'request',
    planned.map(({ point, choice }, index) => ({
      ...newRequest(
        occasion.programId,
        cohort,
        point,
        'enroll',
        (attempts.get(pointKey(point.account_id, point.service_point)) ?? 0) + 1,
        first + index,
        year,
      ),
      ...placed(choice, occasion),
    })),
  )
  for (const { point, choice } of planned) {
    const accountId = point.account_id
    if (choice.kind === 'read' || choice.kind === 'wait') {
      events.push({
        kind: 'rostered',
        cohort,
        accountId,
        clause: clauseOf(terms.mailGraceDays),
        data: { readOn: choice.read },
      })
      continue
    }
    events.push({ kind: 'rostered', cohort, accountId, clause: clauseOf(terms.mailGraceDays), data: { readOn: null } })
    unread.push({ accountId, choice })
  }
  await appendEvents(trx, occasion, events)
  await noteNoRead(trx, occasion, cohort, unread)
}

/** Per service point the number of its last enrollment request: of an earlier notice whose enrollment was undone. */
async function attemptsOf(trx: Trx, accountIds: readonly number[]): Promise<ReadonlyMap<string, number>> {
  const rows = await trx
    .selectFrom('request')
    .select(['account_id', 'service_point', (eb) => eb.fn.max('attempt').as('attempt')])
    .where('account_id', 'in', [...accountIds])
    .where('kind', '=', 'enroll')
    .groupBy(['account_id', 'service_point'])
    .execute()
  return new Map(rows.map((row) => [pointKey(row.account_id, row.service_point), Number(row.attempt)]))
}
