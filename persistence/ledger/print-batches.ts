/** Print batches: one piece per account, rendered once, handed to the mail house, counted into the drop. */
import { randomInt } from 'node:crypto'
import { sql } from 'kysely'
import { LETTER_CODES, letterCode } from '../../domain/letter-code.js'
import type { PlanTerms } from '../../domain/plan.js'
import type { Row } from '../tables.js'
import { insertRows, updateRows } from './bulk-rows.js'
import { CHUNK_ACCOUNTS } from './chunks.js'
import { appendEvent, appendEvents, type Occasion, type Trx } from './journal.js'

/** Random, so that no code leads to a neighbor's; the unique key catches the one clash in a million mailings. */
function newLetterCode(): string {
  return letterCode(randomInt(LETTER_CODES))
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
    .values({
      ...place,
      batch_no: Number(last?.n ?? 0) + 1,
      pieces: accountIds.length,
      sha256: null,
      file: null,
      state: 'planned',
    })
    .returning('batch_id')
    .executeTakeFirstOrThrow()
  await insertRows(
    trx,
    'piece',
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
  return batch.batch_id
}

export interface RenderedBatch {
  readonly file: string
  readonly sha256: string
  /** @unit sequence: 1..N within the batch, as in its manifest. */
  readonly letters: readonly { readonly pieceId: number; readonly sequence: number }[]
  /** Letters that could not be placed; a person decides about each. */
  readonly review: readonly { readonly pieceId: number; readonly accountId: number; readonly reason: string }[]
}

/** The batch is rendered: what could not be printed waits for a person, the rest is numbered without a gap. */
export async function recordRendered(
  trx: Trx,
  occasion: Occasion,
  batch: Row<'print_batch'>,
  rendered: RenderedBatch,
): Promise<void> {
  const moved = await trx
    .updateTable('print_batch')
    .set({ state: 'rendered', file: rendered.file, sha256: rendered.sha256, pieces: rendered.letters.length })
    .where('batch_id', '=', batch.batch_id)
    .where('state', '=', 'planned')
    .returning('batch_id')
    .executeTakeFirst()
  if (moved === undefined) return
  await updateRows(
    trx,
    'piece',
    'piece_id',
    rendered.letters.map((letter) => ({ piece_id: letter.pieceId, sequence: letter.sequence })),
  )
  await updateRows(
    trx,
    'piece',
    'piece_id',
    rendered.review.map((held) => ({ piece_id: held.pieceId, in_review: held.reason })),
  )
  await appendEvents(
    trx,
    occasion,
    rendered.review.map((held) => ({
      kind: 'piece-in-review',
      cohort: batch.cohort,
      accountId: held.accountId,
      data: { why: held.reason },
    })),
  )
  await appendEvent(trx, occasion, {
    kind: 'batch-rendered',
    cohort: batch.cohort,
    data: { batch: batchName(batch), letters: rendered.letters.length, sha256: rendered.sha256 },
  })
}

/** What the mail house sees: names nobody. */
export function batchName(batch: Pick<Row<'print_batch'>, 'cohort' | 'kind' | 'drop_no' | 'batch_no'>): string {
  return `${batch.cohort}-${batch.kind}-${batch.drop_no}-${batch.batch_no}`
}

/** The mail house has the batch: its accounts count as printed, and the drop as handed over when all its batches are. */
export async function recordHandedOver(trx: Trx, occasion: Occasion, batch: Row<'print_batch'>): Promise<void> {
  const moved = await trx
    .updateTable('print_batch')
    .set({ state: 'handed-over' })
    .where('batch_id', '=', batch.batch_id)
    .where('state', '=', 'rendered')
    .returning('batch_id')
    .executeTakeFirst()
  if (moved === undefined) return
  if (batch.kind !== 'undo') {
    await markPrinted(trx, occasion, batch)
    await closeDrop(trx, batch)
  }
  await appendEvent(trx, occasion, {
    kind: 'batch-handed-over',
    cohort: batch.cohort,
    data: { batch: batchName(batch), letters: batch.pieces },
  })
}

async function markPrinted(trx: Trx, occasion: Occasion, batch: Row<'print_batch'>): Promise<void> {
  const printed = await trx
    .updateTable('account')
    .set({ state: 'printed' })
    .where('state', 'in', ['to-be-noticed', 'returned', 'not-noticed'])
    .where('account_id', 'in', (eb) =>
      eb.selectFrom('piece').select('account_id').where('batch_id', '=', batch.batch_id).where('in_review', 'is', null),
    )
    .returning('account_id')
    .execute()
  await appendEvents(
    trx,
    occasion,
    printed.map((row) => ({
      kind: 'notice-printed' as const,
      cohort: batch.cohort,
      accountId: row.account_id,
      data: { drop: batch.drop_no },
    })),
  )
}

/** With its last batch the drop is handed over, and counts the letters that the evidence has to show. */
async function closeDrop(trx: Trx, batch: Row<'print_batch'>): Promise<void> {
  // two batches that are recorded at once must see each other
  await trx
    .selectFrom('mailing_drop')
    .select('drop_no')
    .where('program_id', '=', batch.program_id)
    .where('cohort', '=', batch.cohort)
    .where('drop_no', '=', batch.drop_no)
    .forUpdate()
    .execute()
  const open = await trx
    .selectFrom('print_batch')
    .select('batch_id')
    .where('program_id', '=', batch.program_id)
    .where('cohort', '=', batch.cohort)
    .where('drop_no', '=', batch.drop_no)
    .where('kind', '!=', 'undo')
    .where('state', '!=', 'handed-over')
    .executeTakeFirst()
  if (open !== undefined) return
  await trx
    .updateTable('mailing_drop')
    .set({
      state: 'handed-over',
      pieces: sql`(select count(*) from piece p where p.program_id = mailing_drop.program_id and p.cohort = mailing_drop.cohort
        and p.drop_no = mailing_drop.drop_no and p.kind <> 'undo' and p.in_review is null)`,
    })
    .where('program_id', '=', batch.program_id)
    .where('cohort', '=', batch.cohort)
    .where('drop_no', '=', batch.drop_no)
    .where('state', 'in', ['planned', 'approved'])
    .execute()
}
