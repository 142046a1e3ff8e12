/** Notices: the drops of a cohort, planned, proven and approved; the letters are print-batches.ts. */
import { type Kysely, sql } from 'kysely'
import type { CivilDate } from '../../domain/civil-date.js'
import { clauseOf } from '../../domain/clause.js'
import { dateIn } from '../../domain/instant.js'
import type { PlanTerms } from '../../domain/plan.js'
import { accepted, type Outcome, refused } from '../../domain/refusal.js'
import { printedDeadline } from '../../domain/response-window.js'
import type { Database } from '../database.js'
import type { Row, Tables } from '../tables.js'
import { type Progress, untilNone } from './chunks.js'
import { appendEvent, programEvents, type Trx } from './journal.js'
import { addBatch, batchSize } from './print-batches.js'
import { once, type Verb } from './verbs.js'

export interface PlannedDrop {
  readonly plannedOn: CivilDate
  /** A stored selection of accounts; null: every account of the cohort that no earlier drop takes. */
  readonly selection: string | null
}

/** Plans all drops of the mailing anew; possible until the notice is approved. Of two at once the later one counts. */
export async function planDrops(
  db: Database,
  verb: Verb,
  cohort: string,
  drops: readonly PlannedDrop[],
  terms: PlanTerms,
  progress: Progress,
): Promise<Outcome<{ readonly drops: number; readonly pieces: number }>> {
  const decided = await db.tx((trx) => decideDrops(trx, verb, cohort, drops, terms))
  if (!decided.ok) return decided
  for (const [index, drop] of drops.entries()) {
    const place = { cohort, dropNo: index + 1, selection: drop.selection }
    let after = 0
    await untilNone(async () => {
      const filled = await db.tx((trx) => fillDrop(trx, verb, place, after, terms))
      after = filled.last
      return filled.accounts
    }, progress)
  }
  return db.tx((trx) => finishPlan(trx, verb, cohort, terms))
}

async function decideDrops(
  trx: Trx,
  verb: Verb,
  cohort: string,
  drops: readonly PlannedDrop[],
  terms: PlanTerms,
): Promise<Outcome<null>> {
  return once<null>(trx, verb, 'plan-drops', async () => {
    const clause = clauseOf(terms.window.initial)
    const row = await lockedCohort(trx, verb.programId, cohort)
    if (row.approved_at !== null) {
      const why = 'The notice is approved and its letters may be printed; its drops cannot be planned again.'
      return refused('NOTICE_APPROVED', why, clause)
    }
    if (drops.length === 0) return refused('NO_DROP', 'Name at least one drop with its mailing date.', clause)
    const today = dateIn(terms.zone, verb.at)
    if (drops.some((drop) => drop.plannedOn < today)) {
      const why = 'A drop is planned before today; give a mailing date from today on.'
      return refused('DROP_IN_THE_PAST', why, clause)
    }
    for (const table of ['piece', 'print_batch', 'mailing_drop'] as const) {
      await trx.deleteFrom(table).where('program_id', '=', verb.programId).where('cohort', '=', cohort).execute()
    }
    await trx
      .insertInto('mailing_drop')
      .values(drops.map((drop, index) => newDrop(verb.programId, cohort, index + 1, 'notice', drop.plannedOn, terms)))
      .execute()
    await trx
      .updateTable('cohort')
      .set({ proof_sha256: null, drops_verb: verb.verbId })
      .where('program_id', '=', verb.programId)
      .where('cohort', '=', cohort)
      .execute()
    return accepted(null)
  })
}

export function newDrop(
  programId: string,
  cohort: string,
  dropNo: number,
  kind: 'notice' | 're-mail',
  plannedOn: CivilDate,
  terms: PlanTerms,
) {
  return {
    program_id: programId,
    cohort,
    drop_no: dropNo,
    kind,
    planned_on: plannedOn,
    printed_deadline: printedDeadline(plannedOn, 'initial', terms),
    pieces: 0,
    state: 'planned' as const,
    evidence_on: null,
    evidence_pieces: null,
    deadline: null,
    closes_at: null,
    applied: false,
    closed: false,
  }
}

/** One batch of accounts behind `after` that have no piece yet; none when the drops were planned anew or approved meanwhile. */
async function fillDrop(
  trx: Trx,
  verb: Verb,
  {
    cohort,
    dropNo,
    selection,
  }: { readonly cohort: string; readonly dropNo: number; readonly selection: string | null },
  after: number,
  terms: PlanTerms,
): Promise<{ readonly accounts: number; readonly last: number }> {
  const row = await lockedCohort(trx, verb.programId, cohort)
  if (row.drops_verb !== verb.verbId || row.approved_at !== null) return { accounts: 0, last: after }
  let query = trx
    .selectFrom('account')
    .select('account_id')
    .where('program_id', '=', verb.programId)
    .where('cohort', '=', cohort)
    .where('account_id', '>', after)
    .where('state', '=', 'to-be-noticed')
    .where((eb) =>
      eb.not(
        eb.exists(eb.selectFrom('piece').select('piece_id').whereRef('piece.account_id', '=', 'account.account_id')),
      ),
    )
  if (selection !== null) {
    query = query.where((eb) =>
      eb.exists(
        eb
          .selectFrom('selection')
          .select('selection.account_id')
          .whereRef('selection.account_id', '=', 'account.account_id')
          .where('selection_id', '=', selection),
      ),
    )
  }
  const accounts = await query.orderBy('account_id').limit(batchSize(terms)).execute()
  const ids = accounts.map((account) => account.account_id)
  const last = ids.at(-1)
  if (last === undefined) return { accounts: 0, last: after }
  await addBatch(trx, { programId: verb.programId, cohort }, dropNo, 'notice', ids)
  return { accounts: ids.length, last }
}

async function finishPlan(
  trx: Trx,
  verb: Verb,
  cohort: string,
  terms: PlanTerms,
): Promise<Outcome<{ readonly drops: number; readonly pieces: number }>> {
  const clause = clauseOf(terms.window.initial)
  const row = await lockedCohort(trx, verb.programId, cohort)
  if (row.drops_verb !== verb.verbId) {
    const why = 'Somebody planned the drops anew at the same time; look at them with: meterhall status'
    return refused('DROPS_PLANNED_ANEW', why, clause)
  }
  await trx
    .updateTable('mailing_drop')
    .set({
      pieces: sql`(select count(*) from piece p where p.program_id = mailing_drop.program_id and p.cohort = mailing_drop.cohort
        and p.drop_no = mailing_drop.drop_no)`,
    })
    .where('program_id', '=', verb.programId)
    .where('cohort', '=', cohort)
    .where('state', '=', 'planned')
    .execute()
  const drops = await dropsOf(trx, verb.programId, cohort)
  const empty = drops.find((drop) => drop.state === 'planned' && drop.pieces === 0)
  if (empty !== undefined) {
    const why = `Drop ${empty.drop_no} takes no account; plan the drops again without it or with other accounts.`
    return refused('EMPTY_DROP', why, clause)
  }
  const pieces = drops.reduce((sum, drop) => sum + drop.pieces, 0)
  const recorded = await programEvents(trx, verb.programId, 'drops-planned')
  if (!recorded.some((event) => event.data['verb'] === verb.verbId)) {
    const data = { drops: drops.length, pieces, verb: verb.verbId }
    await appendEvent(trx, verb, { kind: 'drops-planned', cohort, clause, data })
  }
  return accepted({ drops: drops.length, pieces })
}

/** The village's approval: from here on the letters are printed. */
export async function approveNotice(
  trx: Trx,
  verb: Verb,
  cohort: string,
  terms: PlanTerms,
): Promise<Outcome<{ readonly batches: number }>> {
  return once<{ batches: number }>(trx, verb, 'approve-notice', async () => {
    const clause = clauseOf(terms.clauses.noticeApproval)
    const row = await lockedCohort(trx, verb.programId, cohort)
    if (row.approved_at !== null) {
      return refused('NOTICE_APPROVED', 'The notice is approved already; nothing more is needed.', clause)
    }
    if (row.proof_sha256 === null) {
      const why = 'There is no checked proof of the drops as planned; make one with: meterhall notice proof'
      return refused('NO_PROOF', why, clause)
    }
    const unfilled = (await dropsOf(trx, verb.programId, cohort)).find((drop) => drop.pieces === 0)
    if (unfilled !== undefined) {
      const why = `Drop ${unfilled.drop_no} has no letters; plan the drops again before the notice is approved.`
      return refused('EMPTY_DROP', why, clause)
    }
    await trx
      .updateTable('cohort')
      .set({ approved_at: verb.at, approved_by: verb.actor })
      .where('program_id', '=', verb.programId)
      .where('cohort', '=', cohort)
      .execute()
    await trx
      .updateTable('mailing_drop')
      .set({ state: 'approved' })
      .where('program_id', '=', verb.programId)
      .where('cohort', '=', cohort)
      .where('state', '=', 'planned')
      .execute()
    await appendEvent(trx, verb, { kind: 'notice-approved', cohort, clause, data: { person: verb.actor } })
    const batches = await trx
      .selectFrom('print_batch')
      .select((eb) => eb.fn.countAll<number>().as('n'))
      .where('program_id', '=', verb.programId)
      .where('cohort', '=', cohort)
      .executeTakeFirstOrThrow()
    return accepted({ batches: Number(batches.n) })
  })
}

export async function cohortRow(db: Kysely<Tables>, programId: string, cohort: string): Promise<Row<'cohort'>> {
  const row = await cohortQuery(db, programId, cohort).executeTakeFirst()
  if (row === undefined) throw new Error(`there is no cohort ${cohort} in program ${programId}`)
  return row
}

/** The same, and nobody else decides about the cohort's drops until the transaction ends. */
export async function lockedCohort(trx: Trx, programId: string, cohort: string): Promise<Row<'cohort'>> {
  const row = await cohortQuery(trx, programId, cohort).forUpdate().executeTakeFirst()
  if (row === undefined) throw new Error(`there is no cohort ${cohort} in program ${programId}`)
  return row
}

function cohortQuery(db: Kysely<Tables>, programId: string, cohort: string) {
  return db.selectFrom('cohort').selectAll().where('program_id', '=', programId).where('cohort', '=', cohort)
}

export async function dropsOf(db: Kysely<Tables>, programId: string, cohort: string): Promise<Row<'mailing_drop'>[]> {
  return db
    .selectFrom('mailing_drop')
    .selectAll()
    .where('program_id', '=', programId)
    .where('cohort', '=', cohort)
    .orderBy('drop_no')
    .execute()
}
