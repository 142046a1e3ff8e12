/** Notices: drops, pieces and print batches of a cohort, from the plan to the mail house. */
import { randomInt } from 'node:crypto'
import { type Kysely, sql } from 'kysely'
import type { CivilDate } from '../../domain/civil-date.js'
import { clauseOf } from '../../domain/clause.js'
import { dateIn } from '../../domain/instant.js'
import { LETTER_CODES, letterCode } from '../../domain/letter-code.js'
import type { PlanTerms } from '../../domain/plan.js'
import { accepted, type Outcome, refused } from '../../domain/refusal.js'
import { printedDeadline } from '../../domain/response-window.js'
import type { Database } from '../database.js'
import type { Row, Tables } from '../tables.js'
import { CHUNK_ACCOUNTS, type Progress, untilNone } from './chunks.js'
import { appendEvent, appendEvents, type Occasion, type Trx } from './journal.js'
import { once, type Verb } from './verbs.js'

export interface PlannedDrop {
  readonly plannedOn: CivilDate
  /** A stored selection of accounts; null: every account of the cohort that no earlier drop takes. */
  readonly selection: string | null
}

/** Random, so that no code leads to a neighbor's; the unique key catches the one clash in a million mailings. */
export function newLetterCode(): string {
  return letterCode(randomInt(LETTER_CODES))
}

/** Plans all drops of the mailing anew; possible until the notice is approved. */
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
  const scope = { programId: verb.programId, cohort }
  for (const [index, drop] of drops.entries()) {
    await untilNone(() => db.tx((trx) => fillDrop(trx, scope, index + 1, drop.selection, terms)), progress)
  }
  return db.tx(async (trx) => {
    await trx
      .updateTable('mailing_drop')
      .set({
        pieces: sql`(select count(*) from piece p where p.program_id = mailing_drop.program_id and p.cohort = mailing_drop.cohort and p.drop_no = mailing_drop.drop_no)`,
      })
      .where('program_id', '=', verb.programId)
      .where('cohort', '=', cohort)
      .where('state', '=', 'planned')
      .execute()
    const rows = await dropsOf(trx, verb.programId, cohort)
    const pieces = rows.reduce((sum, row) => sum + row.pieces, 0)
    const recorded = await trx
      .selectFrom('event')
      .select('seq')
      .where('program_id', '=', verb.programId)
      .where('kind', '=', 'drops-planned')
      .where(sql`data->>'verb'`, '=', verb.verbId)
      .executeTakeFirst()
    if (recorded === undefined) {
      await appendEvent(trx, verb, { kind: 'drops-planned', cohort, clause: clauseOf(terms.window.initial), data: { drops: rows.length, pieces, verb: verb.verbId } })
    }
    return accepted({ drops: rows.length, pieces })
  })
}

async function decideDrops(trx: Trx, verb: Verb, cohort: string, drops: readonly PlannedDrop[], terms: PlanTerms): Promise<Outcome<null>> {
  return once<null>(trx, verb, 'plan-drops', async () => {
    const clause = clauseOf(terms.window.initial)
    const row = await cohortRow(trx, verb.programId, cohort)
    if (row.approved_at !== null) return refused('NOTICE_APPROVED', 'The notice is approved and its letters may be printed; its drops cannot be planned again.', clause)
    if (drops.length === 0) return refused('NO_DROP', 'Name at least one drop with its mailing date.', clause)
    const today = dateIn(terms.zone, verb.at)
    if (drops.some((drop) => drop.plannedOn < today)) return refused('DROP_IN_THE_PAST', 'A drop is planned before today; give a mailing date from today on.', clause)
    await trx.deleteFrom('piece').where('program_id', '=', verb.programId).where('cohort', '=', cohort).execute()
    await trx.deleteFrom('print_batch').where('program_id', '=', verb.programId).where('cohort', '=', cohort).execute()
    await trx.deleteFrom('mailing_drop').where('program_id', '=', verb.programId).where('cohort', '=', cohort).execute()
    await trx
      .insertInto('mailing_drop')
      .values(drops.map((drop, index) => newDrop(verb.programId, cohort, index + 1, 'notice', drop.plannedOn, terms)))
      .execute()
    await trx.updateTable('cohort').set({ proof_sha256: null }).where('program_id', '=', verb.programId).where('cohort', '=', cohort).execute()
    return accepted(null)
  })
}

export function newDrop(programId: string, cohort: string, dropNo: number, kind: 'notice' | 're-mail', plannedOn: CivilDate, terms: PlanTerms) {
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

async function fillDrop(trx: Trx, scope: { programId: string; cohort: string }, dropNo: number, selection: string | null, terms: PlanTerms): Promise<number> {
  let query = trx
    .selectFrom('account')
    .select('account_id')
    .where('program_id', '=', scope.programId)
    .where('cohort', '=', scope.cohort)
    .where('state', '=', 'to-be-noticed')
    .where((eb) => eb.not(eb.exists(eb.selectFrom('piece').select('piece_id').whereRef('piece.account_id', '=', 'account.account_id'))))
  if (selection !== null) {
    query = query.where((eb) =>
      eb.exists(eb.selectFrom('selection').select('selection.account_id').whereRef('selection.account_id', '=', 'account.account_id').where('selection_id', '=', selection)),
    )
  }
  const accounts = await query.orderBy('account_id').limit(batchSize(terms)).execute()
  if (accounts.length === 0) return 0
  await addBatch(trx, scope, dropNo, 'notice', accounts.map((row) => row.account_id))
  return accounts.length
}

/** A batch is also one chunk of work, so it never holds more accounts than one. */
export function batchSize(terms: Pick<PlanTerms, 'printBatchLetters'>): number {
  return Math.min(terms.printBatchLetters.value, CHUNK_ACCOUNTS)
}

/** One print batch with a piece for each account, in the order given. */
export async function addBatch(
  trx: Trx,
  scope: { readonly programId: string; readonly cohort: string },
  dropNo: number,
  kind: 'notice' | 're-mail' | 'undo',
  accountIds: readonly number[],
): Promise<number> {
  const place = { program_id: scope.programId, cohort: scope.cohort, drop_no: dropNo, kind }
  const last = await trx
    .selectFrom('print_batch')
    .select((eb) => eb.fn.max('batch_no').as('n'))
    .where((eb) => eb.and(place))
    .executeTakeFirst()
  const batch = await trx
    .insertInto('print_batch')
    .values({ ...place, batch_no: Number(last?.n ?? 0) + 1, pieces: accountIds.length, sha256: null, file: null, state: 'planned' })
    .returning('batch_id')
    .executeTakeFirstOrThrow()
  await trx
    .insertInto('piece')
    .values(
      accountIds.map((accountId) => ({
        ...place,
        account_id: accountId,
        sequence: null,
        letter_code: newLetterCode(),
        batch_id: batch.batch_id,
        in_review: null,
        returned_on: null,
      })),
    )
    .execute()
  return batch.batch_id
}

/** The village's approval: from here on the letters are printed. */
export async function approveNotice(trx: Trx, verb: Verb, cohort: string, terms: PlanTerms): Promise<Outcome<{ readonly batches: number }>> {
  return once<{ batches: number }>(trx, verb, 'approve-notice', async () => {
    const clause = terms.aggregator.authority[0]?.cite ?? terms.title
    const row = await cohortRow(trx, verb.programId, cohort)
    if (row.approved_at !== null) return refused('NOTICE_APPROVED', 'The notice is approved already; nothing more is needed.', clause)
    if (row.proof_sha256 === null) return refused('NO_PROOF', 'There is no checked proof of the drops as planned; make one with: meterhall notice proof', clause)
    await trx.updateTable('cohort').set({ approved_at: verb.at, approved_by: verb.actor }).where('program_id', '=', verb.programId).where('cohort', '=', cohort).execute()
    await trx.updateTable('mailing_drop').set({ state: 'approved' }).where('program_id', '=', verb.programId).where('cohort', '=', cohort).where('state', '=', 'planned').execute()
    await appendEvent(trx, verb, { kind: 'notice-approved', cohort, clause, data: { person: verb.actor } })
    const batches = await trx.selectFrom('print_batch').select((eb) => eb.fn.countAll<number>().as('n')).where('program_id', '=', verb.programId).where('cohort', '=', cohort).executeTakeFirstOrThrow()
    return accepted({ batches: Number(batches.n) })
  })
}

export async function cohortRow(db: Kysely<Tables>, programId: string, cohort: string): Promise<Row<'cohort'>> {
  const row = await db.selectFrom('cohort').selectAll().where('program_id', '=', programId).where('cohort', '=', cohort).executeTakeFirst()
  if (row === undefined) throw new Error(`there is no cohort ${cohort} in program ${programId}`)
  return row
}

export async function dropsOf(db: Kysely<Tables>, programId: string, cohort: string): Promise<Row<'mailing_drop'>[]> {
  return db.selectFrom('mailing_drop').selectAll().where('program_id', '=', programId).where('cohort', '=', cohort).orderBy('drop_no').execute()
}

/** The batch is rendered: what could not be printed waits for a person, the rest is numbered without a gap. */
export async function recordRendered(
  trx: Trx,
  occasion: Occasion,
  batch: Row<'print_batch'>,
  rendered: { readonly file: string; readonly sha256: string; readonly letters: readonly { readonly pieceId: number; readonly sequence: number }[]; readonly review: readonly { readonly pieceId: number; readonly accountId: number; readonly reason: string }[] },
): Promise<void> {
  const moved = await trx
    .updateTable('print_batch')
    .set({ state: 'rendered', file: rendered.file, sha256: rendered.sha256, pieces: rendered.letters.length })
    .where('batch_id', '=', batch.batch_id)
    .where('state', '=', 'planned')
    .returning('batch_id')
    .executeTakeFirst()
  if (moved === undefined) return
  if (rendered.letters.length > 0) {
    const values = sql.join(rendered.letters.map((letter) => sql`(${letter.pieceId}::bigint, ${letter.sequence}::int)`))
    await sql`update piece set sequence = v.sequence from (values ${values}) as v(piece_id, sequence) where piece.piece_id = v.piece_id`.execute(trx)
  }
  for (const held of rendered.review) {
    await trx.updateTable('piece').set({ in_review: held.reason }).where('piece_id', '=', held.pieceId).execute()
    await appendEvent(trx, occasion, { kind: 'piece-in-review', cohort: batch.cohort, accountId: held.accountId, data: { why: held.reason } })
  }
  await appendEvent(trx, occasion, { kind: 'batch-rendered', cohort: batch.cohort, data: { batch: batchName(batch), letters: rendered.letters.length, sha256: rendered.sha256 } })
}

/** What the mail house sees: names nobody. */
export function batchName(batch: Pick<Row<'print_batch'>, 'cohort' | 'kind' | 'drop_no' | 'batch_no'>): string {
  return `${batch.cohort}-${batch.kind}-${batch.drop_no}-${batch.batch_no}`
}

/** The mail house has the batch: its accounts count as printed, and the drop as handed over when all its batches are. */
export async function recordHandedOver(trx: Trx, occasion: Occasion, batch: Row<'print_batch'>): Promise<void> {
  const moved = await trx.updateTable('print_batch').set({ state: 'handed-over' }).where('batch_id', '=', batch.batch_id).where('state', '=', 'rendered').returning('batch_id').executeTakeFirst()
  if (moved === undefined) return
  if (batch.kind !== 'undo') {
    const printed = await trx
      .updateTable('account')
      .set({ state: 'printed' })
      .where('state', 'in', ['to-be-noticed', 'returned', 'not-noticed'])
      .where('account_id', 'in', (eb) => eb.selectFrom('piece').select('account_id').where('batch_id', '=', batch.batch_id).where('in_review', 'is', null))
      .returning('account_id')
      .execute()
    await appendEvents(
      trx,
      occasion,
      printed.map((row) => ({ kind: 'notice-printed' as const, cohort: batch.cohort, accountId: row.account_id, data: { drop: batch.drop_no } })),
    )
    const open = await trx
      .selectFrom('print_batch')
      .select('batch_id')
      .where('program_id', '=', batch.program_id)
      .where('cohort', '=', batch.cohort)
      .where('drop_no', '=', batch.drop_no)
      .where('kind', '!=', 'undo')
      .where('state', '!=', 'handed-over')
      .executeTakeFirst()
    if (open === undefined) {
      await trx
        .updateTable('mailing_drop')
        .set({
          state: 'handed-over',
          pieces: sql`(select count(*) from piece p where p.program_id = mailing_drop.program_id and p.cohort = mailing_drop.cohort and p.drop_no = mailing_drop.drop_no and p.kind <> 'undo' and p.in_review is null)`,
        })
        .where('program_id', '=', batch.program_id)
        .where('cohort', '=', batch.cohort)
        .where('drop_no', '=', batch.drop_no)
        .where('state', 'in', ['planned', 'approved'])
        .execute()
    }
  }
  await appendEvent(trx, occasion, { kind: 'batch-handed-over', cohort: batch.cohort, data: { batch: batchName(batch), letters: batch.pieces } })
}
