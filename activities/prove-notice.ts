/** The proof of the notice that the village approves: one letter of every variant, read back from its pages, and the envelope. */
import { join } from 'node:path'
import { sql } from 'kysely'
import { clauseOf } from '../domain/clause.js'
import { dateIn } from '../domain/instant.js'
import { uncheckedInNotice } from '../domain/notice-facts.js'
import { accepted, type Outcome, refused } from '../domain/refusal.js'
import { INITIAL_COHORT } from '../domain/run-ids.js'
import { sha256Of } from '../persistence/sha256-of.js'
import { appendEvent } from '../persistence/ledger/journal.js'
import { cohortRow, dropsOf } from '../persistence/ledger/notices.js'
import { readProgram } from '../persistence/ledger/programs.js'
import { once } from '../persistence/ledger/verbs.js'
import type { Row } from '../persistence/tables.js'
import type { CohortCall, Decision } from '../workflows/ports.js'
import { completeCommissionFiling } from './commission-filing.js'
import type { ActivityContext } from './context.js'
import { proveNotice as printProof, renderDocument } from './documents/render.js'
import { noticeJob } from './notice-job.js'
import { pieceRows, withClasses } from './print-pieces.js'

/** Letters read back for a proof: enough to meet every set of rate classes and drop of a village. */
const PROOF_LETTERS = 24

/** Prints one letter of every variant and looks for every required item in the text of the pages. */
export async function proveNotice(
  context: ActivityContext,
  call: CohortCall & Decision,
): Promise<Outcome<{ readonly items: number }>> {
  const { database } = context
  const { terms } = await readProgram(database.kysely, database, call.programId)
  const clause = clauseOf(terms.clauses.noticeProof)
  const row = await cohortRow(database.kysely, call.programId, call.cohort)
  if (row.approved_at !== null) return refused('NOTICE_APPROVED', 'The notice is approved; its proof stands.', clause)
  const drops = await dropsOf(database.kysely, call.programId, call.cohort)
  if (drops.length === 0)
    return refused('NO_DROP', 'Plan the mailing drops first: each prints its own deadline.', clause)
  const occasion = { programId: call.programId, at: call.asOf, actor: call.actor }
  let items = 0
  const hashes: string[] = []
  for (const drop of drops) {
    const pieces = await variantPieces(context, call, drop)
    if (pieces.length === 0) continue
    const file = join(context.folder, 'letters', `proof-${call.cohort}-${drop.drop_no}.pdf`)
    const job = await noticeJob(context, call, terms, drop, pieces, {
      file,
      batchId: `proof-${call.cohort}-${drop.drop_no}`,
      style: 'letter',
    })
    if (!job.ok) {
      await database.tx((trx) =>
        appendEvent(trx, occasion, {
          kind: 'proof-stopped',
          cohort: call.cohort,
          clause: job.refusal.clause ?? clause,
          data: { why: job.refusal.message },
        }),
      )
      return job
    }
    const proof = await printProof(job.value)
    const missing = proof.missing[0]
    if (missing !== undefined) {
      const message = `The printed letter lacks "${missing.entry.label}"; mend the notice and make the proof again.`
      await database.tx((trx) =>
        appendEvent(trx, occasion, {
          kind: 'proof-stopped',
          cohort: call.cohort,
          clause: missing.entry.clause,
          data: { why: message },
        }),
      )
      return refused('PROOF_ITEM_MISSING', message, missing.entry.clause)
    }
    items = Math.max(
      items,
      new Set(Object.values(job.value.contents).flatMap((content) => content.checklist.map((entry) => entry.id))).size,
    )
    hashes.push(proof.sha256)
  }
  await renderDocument({
    kind: 'notice-envelope',
    file: join(context.folder, 'documents', 'notice-envelope.pdf'),
    createdAt: call.asOf,
    date: dateIn(terms.zone, call.asOf),
    terms,
    endorsement: null,
  })
  const proved = await database.tx((trx) =>
    once<{ items: number }>(trx, { ...occasion, verbId: call.verbId }, 'prove-notice', async () => {
      const checked = await trx
        .updateTable('cohort')
        .set({ proof_sha256: sha256Of(Buffer.from(hashes.join('\n'))) })
        .where('program_id', '=', call.programId)
        .where('cohort', '=', call.cohort)
        .where('drops_verb', 'is not distinct from', row.drops_verb)
        .where('approved_at', 'is', null)
        .returning('cohort')
        .executeTakeFirst()
      if (checked === undefined)
        return refused(
          'DROPS_PLANNED_ANEW',
          'The drops were planned anew while the proof was made; make it again, for its deadlines.',
          clause,
        )
      await appendEvent(trx, occasion, { kind: 'proof-checked', cohort: call.cohort, clause, data: { items } })
      const unchecked = uncheckedInNotice(terms)
      if (unchecked.length > 0) {
        const data = { what: unchecked.join(', ') }
        await appendEvent(trx, occasion, { kind: 'notice-unchecked', cohort: call.cohort, clause, data })
      }
      return accepted({ items })
    }),
  )
  if (call.cohort === INITIAL_COHORT) await completeCommissionFiling(context, call, terms)
  return proved
}

/** The first letter of every set of rate classes in the drop. */
async function variantPieces(context: ActivityContext, call: CohortCall, drop: Row<'mailing_drop'>) {
  const sets = await context.database.kysely
    .with('sets', (db) =>
      db
        .selectFrom('piece')
        .innerJoin('service_point', 'service_point.account_id', 'piece.account_id')
        .select([
          'piece.piece_id',
          // a class counts once and in one order, however many service points the household has
          sql<string[]>`array_agg(distinct service_point.rate_class)`.as('classes'),
        ])
        .where('piece.program_id', '=', call.programId)
        .where('piece.cohort', '=', call.cohort)
        .where('piece.drop_no', '=', drop.drop_no)
        .where('piece.kind', '!=', 'undo')
        .groupBy('piece.piece_id'),
    )
    .selectFrom('sets')
    .select((eb) => eb.fn.min('piece_id').as('piece_id'))
    .groupBy('classes')
    .limit(PROOF_LETTERS)
    .execute()
  if (sets.length === 0) return []
  return withClasses(
    context,
    await pieceRows(context)
      .where(
        'piece.piece_id',
        'in',
        sets.map((row) => Number(row.piece_id)),
      )
      .orderBy('piece.piece_id')
      .execute(),
  )
}
