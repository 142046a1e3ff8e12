/** Print batches: rendered, then handed to the mail house with their manifests. */
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { dateIn } from '../domain/instant.js'
import { invariant } from '../domain/invariant.js'
import type { PlanTerms } from '../domain/plan.js'
import { standingAward } from '../persistence/ledger/bids.js'
import { sha256Of } from '../persistence/sha256-of.js'
import { dropsOf } from '../persistence/ledger/notices.js'
import { batchName, recordHandedOver, recordRendered } from '../persistence/ledger/print-batches.js'
import { readProgram } from '../persistence/ledger/programs.js'
import { batchSubjects, planSending } from '../persistence/ledger/sendings.js'
import { undoFactsOf } from '../persistence/ledger/undo-letters.js'
import type { Row } from '../persistence/tables.js'
import type { CohortCall } from '../workflows/ports.js'
import { type ActivityContext, systemOccasion } from './context.js'
import { deliverFile } from './deliver-file.js'
import { batchManifest, writeManifest } from './documents/batch-manifest.js'
import type { ReviewEntry } from './documents/notice-job.js'
import { renderNoticeBatch, renderUndoLetters } from './documents/render.js'
import type { UndoLettersJob } from './documents/undo-letters.js'
import { faultPoint } from './fault-point.js'
import { noticeJob } from './notice-job.js'
import { addressed, batchRow, type PieceOfAccount, piecesOf } from './print-pieces.js'

/** One batch, at most a chunk of accounts, in a worker thread. Rendered before: nothing to do, the file is looked up by its hash. */
export async function renderBatch(
  context: ActivityContext,
  call: CohortCall & { readonly batchId: number },
): Promise<void> {
  const { database } = context
  const { terms } = await readProgram(database.kysely, database, call.programId)
  const batch = await batchRow(context, call.batchId)
  if (batch.state !== 'planned') return
  const pieces = await piecesOf(context, batch)
  const file = join(context.folder, 'letters', `${batchName(batch)}.pdf`)
  const rendered =
    batch.kind === 'undo'
      ? await renderUndo(context, call, terms, batch, pieces, file)
      : await renderNotices(context, call, terms, batch, pieces, file)
  faultPoint('batch.rendered')
  await database.tx((trx) => recordRendered(trx, systemOccasion(call), batch, rendered))
  faultPoint('batch.recorded')
}

async function renderNotices(
  context: ActivityContext,
  call: CohortCall,
  terms: PlanTerms,
  batch: Row<'print_batch'>,
  pieces: readonly PieceOfAccount[],
  file: string,
) {
  const drop = (await dropsOf(context.database.kysely, call.programId, batch.cohort)).find(
    (each) => each.drop_no === batch.drop_no,
  )
  invariant(drop !== undefined, 'a print batch belongs to a drop')
  const job = await noticeJob(context, call, terms, drop, pieces, {
    file,
    batchId: batchName(batch),
    style: context.settings.letterStyle,
  })
  if (!job.ok) throw new Error(`the notice cannot be printed: ${job.refusal.message}`)
  const result = await renderNoticeBatch(job.value)
  if (result.letters > 0) await writeManifest(manifestFile(file), batchManifest(job.value, result))
  return { file, sha256: result.sha256, ...placedPieces(pieces, result.review) }
}

async function renderUndo(
  context: ActivityContext,
  call: CohortCall,
  terms: PlanTerms,
  batch: Row<'print_batch'>,
  pieces: readonly PieceOfAccount[],
  file: string,
) {
  const award = await context.database.tx((trx) => standingAward(trx, call.programId))
  invariant(award !== null, 'only an enrollment is undone')
  const undone = await undoFactsOf(
    context.database.kysely,
    terms,
    pieces.map((piece) => piece.account_id),
  )
  const name = batchName(batch)
  const job: UndoLettersJob = {
    file,
    batchId: name,
    drop: name,
    plannedDate: dateIn(terms.zone, call.asOf),
    printedDeadline: null,
    createdAt: call.asOf,
    terms,
    supplier: { marketingName: award.bid.supplier, phone: award.bid.phone },
    postal: context.settings.postal,
    letters: pieces.map((piece) => {
      const facts = undone.get(piece.account_id)
      invariant(facts !== undefined, 'an undo letter answers a timely reply')
      return { ...addressed(piece), ...facts }
    }),
  }
  const result = await renderUndoLetters(job)
  if (result.letters > 0) await writeManifest(manifestFile(file), batchManifest(job, result))
  return { file, sha256: result.sha256, ...placedPieces(pieces, result.review) }
}

/** Which pieces were printed, in order, and which wait for a person. */
function placedPieces(pieces: readonly PieceOfAccount[], review: readonly ReviewEntry[]) {
  const held = new Map(review.map((entry) => [entry.index, entry.reason]))
  return {
    letters: pieces
      .filter((_, index) => !held.has(index))
      .map((piece, index) => ({ pieceId: piece.piece_id, sequence: index + 1 })),
    review: pieces.flatMap((piece, index) => {
      const reason = held.get(index)
      return reason === undefined ? [] : [{ pieceId: piece.piece_id, accountId: piece.account_id, reason }]
    }),
  }
}

function manifestFile(pdf: string): string {
  return pdf.replace(/\.pdf$/, '.json')
}

/** The manifest follows the letters, so that a batch without its manifest is not complete for the mail house. */
export async function handOverBatch(
  context: ActivityContext,
  call: CohortCall & { readonly batchId: number },
): Promise<void> {
  const { database } = context
  const batch = await batchRow(context, call.batchId)
  if (batch.state !== 'rendered') return
  const occasion = systemOccasion(call)
  if (batch.pieces > 0) {
    invariant(batch.file !== null && batch.sha256 !== null, 'a rendered batch has its file')
    const letters = await readFile(batch.file)
    invariant(sha256Of(letters) === batch.sha256, 'a batch file has not changed since it was rendered')
    const [lettersSubject, manifestSubject] = batchSubjects(batch.batch_id)
    const files = [
      { subject: lettersSubject, name: `${batchName(batch)}.pdf`, content: letters },
      { subject: manifestSubject, name: `${batchName(batch)}.json`, content: await readFile(manifestFile(batch.file)) },
    ]
    for (const file of files) {
      const sendingId = await database.tx((trx) =>
        planSending(trx, {
          programId: call.programId,
          party: 'mail-house',
          kind: batch.kind,
          subject: file.subject,
          messageId: `${call.programId}/${file.subject}`,
          contentSha256: sha256Of(file.content),
        }),
      )
      const delivered = await deliverFile(context, occasion, context.mailHouse, sendingId, file)
      if (!delivered) return
    }
  }
  faultPoint('batch.delivered')
  await database.tx((trx) => recordHandedOver(trx, occasion, batch))
  faultPoint('batch.handed-over')
}
