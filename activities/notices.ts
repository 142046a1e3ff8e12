/** Notices as PDF: the proof that the village approves, and the print batches for the mail house. */
import { mkdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { RateClass } from '../domain/account.js'
import { addMonths, type CivilDate } from '../domain/civil-date.js'
import { dateIn, type Instant } from '../domain/instant.js'
import { invariant } from '../domain/invariant.js'
import type { LetterCode } from '../domain/letter-code.js'
import { type NoticeContent, type NoticeFacts, noticeContent } from '../domain/notice-content.js'
import type { PlanTerms } from '../domain/plan.js'
import { chooseRead } from '../domain/read-choice.js'
import { accepted, type Outcome, refused } from '../domain/refusal.js'
import { rosterFreeze } from '../domain/roster-freeze.js'
import { standingAward } from '../persistence/ledger/bids.js'
import { sha256Of } from '../persistence/ledger/customer-lists.js'
import { appendEvent } from '../persistence/ledger/journal.js'
import { cohortRow, dropsOf } from '../persistence/ledger/notices.js'
import { batchName, recordHandedOver, recordRendered } from '../persistence/ledger/print-batches.js'
import { defaultRatesOn, readProgram, readReadDates } from '../persistence/ledger/programs.js'
import { undoFactsOf } from '../persistence/ledger/undo-letters.js'
import { planSending } from '../persistence/ledger/sendings.js'
import { once } from '../persistence/ledger/verbs.js'
import type { Row } from '../persistence/tables.js'
import type { CohortCall, Decision } from '../workflows/ports.js'
import { type ActivityContext, systemOccasion } from './context.js'
import { deliverFile } from './deliver-file.js'
import { batchManifest, writeManifest } from './documents/batch-manifest.js'
import type { NoticeBatchJob, NoticeLetter, ReviewEntry } from './documents/notice-job.js'
import { proveNotice as printProof, renderNoticeBatch, renderUndoLetters } from './documents/render.js'
import type { UndoLettersJob } from './documents/undo-letters.js'

/** Letters read back for a proof: enough to meet every set of rate classes and drop of a village. */
const PROOF_LETTERS = 24

/** Prints one letter of every variant and looks for every required item in the text of the pages. */
export async function proveNotice(context: ActivityContext, call: CohortCall & Decision): Promise<Outcome<{ readonly items: number }>> {
  const { database } = context
  const { terms } = await readProgram(database.kysely, database, call.programId)
  const clause = terms.title
  const row = await cohortRow(database.kysely, call.programId, call.cohort)
  if (row.approved_at !== null) return refused('NOTICE_APPROVED', 'The notice is approved; its proof stands.', clause)
  const drops = await dropsOf(database.kysely, call.programId, call.cohort)
  if (drops.length === 0) return refused('NO_DROP', 'Plan the mailing drops first: each prints its own deadline.', clause)
  const occasion = { programId: call.programId, at: call.asOf, actor: call.actor }
  let items = 0
  const hashes: string[] = []
  for (const drop of drops) {
    const pieces = await variantPieces(context, call, drop)
    if (pieces.length === 0) continue
    const file = join(context.folder, 'letters', `proof-${call.cohort}-${drop.drop_no}.pdf`)
    await mkdir(join(context.folder, 'letters'), { recursive: true })
    const job = await batchJob(context, call, terms, drop, pieces, { file, batchId: `proof-${call.cohort}-${drop.drop_no}`, style: 'letter' })
    if (!job.ok) {
      await database.tx((trx) => appendEvent(trx, occasion, { kind: 'proof-stopped', cohort: call.cohort, clause: job.refusal.clause ?? clause, data: { why: job.refusal.message } }))
      return job
    }
    const proof = await printProof(job.value)
    const missing = proof.missing[0]
    if (missing !== undefined) {
      const message = `The printed letter lacks "${missing.entry.label}"; mend the notice and make the proof again.`
      await database.tx((trx) => appendEvent(trx, occasion, { kind: 'proof-stopped', cohort: call.cohort, clause: missing.entry.clause, data: { why: message } }))
      return refused('PROOF_ITEM_MISSING', message, missing.entry.clause)
    }
    items = Math.max(items, new Set(Object.values(job.value.contents).flatMap((content) => content.checklist.map((entry) => entry.id))).size)
    hashes.push(proof.sha256)
  }
  return database.tx((trx) =>
    once<{ items: number }>(trx, { ...occasion, verbId: call.verbId }, 'prove-notice', async () => {
      await trx.updateTable('cohort').set({ proof_sha256: sha256Of(Buffer.from(hashes.join('\n'))) }).where('program_id', '=', call.programId).where('cohort', '=', call.cohort).execute()
      await appendEvent(trx, occasion, { kind: 'proof-checked', cohort: call.cohort, clause, data: { items } })
      return accepted({ items })
    }),
  )
}

/** One batch, at most a chunk of accounts, in a worker thread. Rendered before: nothing to do, the file is looked up by its hash. */
export async function renderBatch(context: ActivityContext, call: CohortCall & { readonly batchId: number }): Promise<void> {
  const { database } = context
  const { terms } = await readProgram(database.kysely, database, call.programId)
  const batch = await batchRow(context, call.batchId)
  if (batch.state !== 'planned') return
  const folder = join(context.folder, 'letters')
  await mkdir(folder, { recursive: true })
  const pieces = await piecesOf(context, batch)
  const file = join(folder, `${batchName(batch)}.pdf`)
  const beat = setInterval(() => context.heartbeat(0), HEARTBEAT_MS)
  try {
    const rendered = batch.kind === 'undo' ? await renderUndo(context, call, terms, batch, pieces, file) : await renderNotices(context, call, terms, batch, pieces, file)
    await database.tx((trx) => recordRendered(trx, systemOccasion(call), batch, rendered))
  } finally {
    clearInterval(beat)
  }
}

/** A third of the heartbeat timeout. */
const HEARTBEAT_MS = 10_000

type PieceOfAccount = Awaited<ReturnType<typeof piecesOf>>[number]

async function renderNotices(context: ActivityContext, call: CohortCall, terms: PlanTerms, batch: Row<'print_batch'>, pieces: readonly PieceOfAccount[], file: string) {
  const drop = (await dropsOf(context.database.kysely, call.programId, batch.cohort)).find((each) => each.drop_no === batch.drop_no)
  invariant(drop !== undefined, 'a print batch belongs to a drop')
  const job = await batchJob(context, call, terms, drop, pieces, { file, batchId: batchName(batch), style: context.settings.letterStyle })
  if (!job.ok) throw new Error(`the notice cannot be printed: ${job.refusal.message}`)
  const result = await renderNoticeBatch(job.value)
  if (result.letters > 0) await writeManifest(manifestFile(file), batchManifest(job.value, result))
  return { file, sha256: result.sha256, ...placedPieces(pieces, result.review) }
}

async function renderUndo(context: ActivityContext, call: CohortCall, terms: PlanTerms, batch: Row<'print_batch'>, pieces: readonly PieceOfAccount[], file: string) {
  const award = await context.database.tx((trx) => standingAward(trx, call.programId))
  invariant(award !== null, 'only an enrollment is undone')
  const undone = await undoFactsOf(context.database.kysely, terms, pieces.map((piece) => piece.account_id))
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
    letters: pieces.filter((_, index) => !held.has(index)).map((piece, index) => ({ pieceId: piece.piece_id, sequence: index + 1 })),
    review: pieces.flatMap((piece, index) => {
      const reason = held.get(index)
      return reason === undefined ? [] : [{ pieceId: piece.piece_id, accountId: piece.account_id, reason }]
    }),
  }
}

function addressed(piece: PieceOfAccount) {
  return {
    code: piece.letter_code as LetterCode,
    serial: piece.piece_id,
    name: piece.customer_name,
    mailAddress: piece.mail_address,
    serviceAddress: piece.service_address,
    accountNumber: piece.account_number,
  }
}

function manifestFile(pdf: string): string {
  return pdf.replace(/\.pdf$/, '.json')
}

/** The manifest follows the letters, so that a batch without its manifest is not complete for the mail house. */
export async function handOverBatch(context: ActivityContext, call: CohortCall & { readonly batchId: number }): Promise<void> {
  const { database } = context
  const batch = await batchRow(context, call.batchId)
  if (batch.state !== 'rendered') return
  const occasion = systemOccasion(call)
  if (batch.pieces > 0) {
    invariant(batch.file !== null && batch.sha256 !== null, 'a rendered batch has its file')
    const letters = await readFile(batch.file)
    invariant(sha256Of(letters) === batch.sha256, 'a batch file has not changed since it was rendered')
    const files = [
      { subject: `batch-letters/${batch.batch_id}`, name: `${batchName(batch)}.pdf`, content: letters },
      { subject: `batch/${batch.batch_id}`, name: `${batchName(batch)}.json`, content: await readFile(manifestFile(batch.file)) },
    ]
    for (const file of files) {
      const sendingId = await database.tx((trx) =>
        planSending(trx, { programId: call.programId, party: 'mail-house', kind: batch.kind, subject: file.subject, messageId: `${call.programId}/${file.subject}`, contentSha256: sha256Of(file.content) }),
      )
      if (!(await deliverFile(context, occasion, context.mailHouse, sendingId, { name: file.name, content: file.content }))) return
    }
  }
  await database.tx((trx) => recordHandedOver(trx, occasion, batch))
}

async function batchRow(context: ActivityContext, batchId: number): Promise<Row<'print_batch'>> {
  return context.database.kysely.selectFrom('print_batch').selectAll().where('batch_id', '=', batchId).executeTakeFirstOrThrow()
}

async function piecesOf(context: ActivityContext, batch: Row<'print_batch'>) {
  return withClasses(context, await pieceRows(context).where('piece.batch_id', '=', batch.batch_id).orderBy('piece.piece_id').execute())
}

function pieceRows(context: ActivityContext) {
  return context.database.kysely
    .selectFrom('piece')
    .innerJoin('account', 'account.account_id', 'piece.account_id')
    .select(['piece.piece_id', 'piece.letter_code', 'account.account_id', 'account.account_number', 'account.customer_name', 'account.mail_address', 'account.service_address'])
}

async function withClasses(context: ActivityContext, rows: readonly Awaited<ReturnType<ReturnType<typeof pieceRows>['execute']>>[number][]) {
  if (rows.length === 0) return []
  const points = await context.database.kysely
    .selectFrom('service_point')
    .select(['account_id', 'rate_class'])
    .distinct()
    .where('account_id', 'in', rows.map((row) => row.account_id))
    .orderBy('rate_class')
    .execute()
  const classes = new Map<number, RateClass[]>()
  for (const point of points) classes.set(point.account_id, [...(classes.get(point.account_id) ?? []), point.rate_class as RateClass])
  return rows.map((row) => ({ ...row, classes: classes.get(row.account_id) ?? [] }))
}

/** The first letter of every set of rate classes in the drop. */
async function variantPieces(context: ActivityContext, call: CohortCall, drop: Row<'mailing_drop'>) {
  const sets = await context.database.kysely
    .with('sets', (db) =>
      db
        .selectFrom('piece')
        .innerJoin('service_point', 'service_point.account_id', 'piece.account_id')
        .select(['piece.piece_id', (eb) => eb.fn<string>('string_agg', [eb.cast<string>('service_point.rate_class', 'text'), eb.val(',')]).as('classes')])
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
  return withClasses(context, await pieceRows(context).where('piece.piece_id', 'in', sets.map((row) => Number(row.piece_id))).orderBy('piece.piece_id').execute())
}

async function batchJob(
  context: ActivityContext,
  call: CohortCall,
  terms: PlanTerms,
  drop: Row<'mailing_drop'>,
  pieces: readonly PieceOfAccount[],
  target: { readonly file: string; readonly batchId: string; readonly style: 'letter' | 'blank' },
): Promise<Outcome<NoticeBatchJob>> {
  const facts = await noticeFacts(context, call, terms, drop)
  const contents: Record<string, NoticeContent> = {}
  const letters: NoticeLetter[] = []
  for (const piece of pieces) {
    const content = piece.classes.join('+')
    if (contents[content] === undefined) {
      const made = noticeContent(terms, facts, piece.classes)
      if (!made.ok) return made
      contents[content] = made.value
    }
    letters.push({ content, ...addressed(piece) })
  }
  return accepted({
    ...target,
    drop: `${call.cohort}-${drop.drop_no}`,
    plannedDate: drop.planned_on,
    printedDeadline: drop.printed_deadline,
    createdAt: call.asOf,
    contents,
    postal: context.settings.postal,
    letters,
  })
}

async function noticeFacts(context: ActivityContext, call: CohortCall, terms: PlanTerms, drop: Row<'mailing_drop'>): Promise<NoticeFacts> {
  const { database, settings } = context
  const award = await database.tx((trx) => standingAward(trx, call.programId))
  invariant(award !== null, 'a notice is printed after the award')
  const { bid } = award
  const defaults = await defaultRatesOn(database.kysely, call.programId, dateIn(terms.zone, award.decidedAt))
  const begins = await firstRead(context, call, terms)
  return {
    supplier: { legalName: bid.legalName, marketingName: bid.supplier, addressLines: bid.addressLines, phone: bid.phone, phoneHours: bid.phoneHours, url: bid.url, energyMix: bid.energyMix },
    ratesMilliCents: bid.rates,
    defaultRates: { on: defaults.on, milliCents: defaults.rates },
    termStart: begins?.slice(0, 7) ?? null,
    termEnd: begins === null ? null : addMonths(begins, bid.termMonths).slice(0, 7),
    fees: { ...bid.fees, toAggregatorDollars: bid.toAggregatorDollars, toConsultantMilliCents: bid.toConsultantMilliCents },
    plannedMailingDate: drop.planned_on,
    printedDeadline: drop.printed_deadline,
    optOut: settings.replies,
  }
}

/** The earliest read at which anybody noticed with these drops can begin: the month on every letter of the mailing. */
async function firstRead(context: ActivityContext, call: CohortCall, terms: PlanTerms): Promise<CivilDate | null> {
  const initial = (await dropsOf(context.database.kysely, call.programId, call.cohort)).filter((drop) => drop.kind === 'notice')
  const lastDeadline = initial.map((drop) => drop.printed_deadline).sort().at(-1)
  if (lastDeadline === undefined) return null
  const freeze: Instant = rosterFreeze(lastDeadline, terms).at
  const reads: CivilDate[] = []
  for (const dates of (await readReadDates(context.database.kysely, call.programId)).values()) {
    const choice = chooseRead(dates, freeze, terms)
    if (choice.kind === 'read' || choice.kind === 'wait') reads.push(choice.read)
  }
  return reads.sort()[0] ?? null
}

