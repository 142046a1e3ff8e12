/** Carries the village through the cycle by direct calls of the ledger, as workflows and activities would. */
import type { Bid } from '../../../domain/bid.js'
import type { Instant } from '../../../domain/instant.js'
import type { PlanTerms } from '../../../domain/plan.js'
import type { Outcome } from '../../../domain/refusal.js'
import { INITIAL_COHORT } from '../../../domain/run-ids.js'
import type { Database } from '../../../persistence/database.js'
import { addBid, decideAward, openBids } from '../../../persistence/ledger/bids.js'
import { createInitialCohort } from '../../../persistence/ledger/cohorts.js'
import { signList, storeCustomerList } from '../../../persistence/ledger/customer-lists.js'
import { sha256Of } from '../../../persistence/sha256-of.js'
import { applyEvidence } from '../../../persistence/ledger/apply-evidence.js'
import { addEvidence } from '../../../persistence/ledger/evidence.js'
import { planInterchanges } from '../../../persistence/ledger/plan-interchanges.js'
import { fixInterchange, recordSent, type WriteInterchange } from '../../../persistence/ledger/interchanges.js'
import { appendEvent } from '../../../persistence/ledger/journal.js'
import { approveNotice, type PlannedDrop, planDrops } from '../../../persistence/ledger/notices.js'
import { recordHandedOver, recordRendered } from '../../../persistence/ledger/print-batches.js'
import { createProgram, type NewProgram } from '../../../persistence/ledger/programs.js'
import { writeReviewedList } from '../../../persistence/ledger/reviewed-list.js'
import { freezeRoster } from '../../../persistence/ledger/roster.js'
import { claimSending, markHandedOver, settleSending } from '../../../persistence/ledger/sendings.js'
import { applyAcceptances } from '../../../persistence/ledger/enrollment-answers.js'
import type { ReviewedRow } from '../../../persistence/ledger/reviewed-list.js'
import type { Row, Tables } from '../../../persistence/tables.js'
import type { Selectable } from 'kysely'
import {
  central,
  day,
  newProgramId,
  occasion,
  READ_DATES,
  reviewed,
  TERMS,
  verb,
  type Village,
  VILLAGERS,
} from './village.js'

/** Work that nobody watches. */
export const unwatched = (): void => {}

/** The days of the story. Evidence of 26 February gives the deadline 17 March; the roster is frozen a week later. */
export const DAYS = {
  start: central('2027-01-11'),
  approval: central('2027-01-18'),
  handOver: central('2027-02-24'),
  firstMailing: day('2027-02-25'),
  secondMailing: day('2027-02-26'),
  evidence: central('2027-03-01'),
  lastDeadline: day('2027-03-17'),
  freeze: central('2027-03-24'),
  answers: central('2027-03-25'),
} as const

/** @throws when it was refused; for steps that are not what the test is about */
export function granted<T>(outcome: Outcome<T>): T {
  if (!outcome.ok) throw new Error(`${outcome.refusal.code}: ${outcome.refusal.message}`)
  return outcome.value
}

export interface VillageOptions {
  readonly accounts?: readonly ReviewedRow[]
  readonly terms?: PlanTerms
  /** Of the supplier that gets the award. */
  readonly supplierId?: string
}

export async function startVillage(
  database: Database,
  { accounts = VILLAGERS, terms = TERMS }: VillageOptions = {},
): Promise<Village> {
  const village: Village = { database, programId: newProgramId(), terms, accounts }
  granted(await database.tx((trx) => createProgram(trx, verb(village, DAYS.start), aProgram(terms))))
  return village
}

export function aProgram(terms: PlanTerms = TERMS): NewProgram {
  return {
    terms,
    boundary: 'street,from,to,side\n',
    rehearsal: true,
    clock: 'stepped',
    offsetMs: 0,
    readDates: READ_DATES,
    defaultRates: { on: day('2027-01-01'), rates: { 'DS-1': 8613, 'DS-2': 8402, 'DS-5': 7000 }, source: 'made up' },
  }
}

export function aBid(supplier: string, given: Partial<Bid> = {}): Bid {
  return {
    supplier,
    legalName: `${supplier} LLC`,
    addressLines: ['1 Wind Way'],
    phone: '800.555.0100',
    phoneHours: '24 hours a day',
    url: 'https://supplier.example',
    energyMix: 'all wind',
    supplierId: '006900001',
    rates: { 'DS-1': 7290, 'DS-2': 7190, 'DS-5': 6900 },
    termMonths: 24,
    fees: { joining: 0, switching: 0, moving: 0, leaving: 0 },
    toAggregatorDollars: 0,
    toConsultantMilliCents: 0,
    proofs: Object.fromEntries(TERMS.award.mustHaves.map((must) => [must.id, true])),
    ...given,
  }
}

/** @returns the list's id */
export async function receiveList(
  village: Village,
  at: Instant = DAYS.start,
  content = 'account_number\n',
): Promise<string> {
  const list = {
    files: [{ kind: 'fixed' as const, name: 'fixed.csv', content: Buffer.from(`${village.programId} ${content}`) }],
    asOf: day('2027-01-08'),
    source: 'import',
    mapping: null,
  }
  return granted(await village.database.tx((trx) => storeCustomerList(trx, verb(village, at), list))).listId
}

export async function reviewList(
  village: Village,
  listId: string,
  accounts = village.accounts,
  at: Instant = DAYS.start,
): Promise<void> {
  await writeReviewedList(village.database, occasion(village, at), listId, reviewed(accounts), village.terms, unwatched)
}

export async function listAndSign(village: Village): Promise<string> {
  const listId = await receiveList(village)
  await reviewList(village, listId)
  for (const person of ['clerk', 'consultant']) {
    granted(await village.database.tx((trx) => signList(trx, verb(village, DAYS.start, person), listId, village.terms)))
  }
  return listId
}

export async function issueRfp(village: Village): Promise<void> {
  await village.database.tx((trx) =>
    appendEvent(trx, occasion(village, DAYS.start), { kind: 'rfp-issued', data: { cells: 1, suppressed: 0 } }),
  )
}

export async function awardTo(village: Village, bid: Bid): Promise<void> {
  await issueRfp(village)
  const { bidId } = granted(
    await village.database.tx((trx) => addBid(trx, verb(village, DAYS.start), bid, village.terms)),
  )
  granted(await village.database.tx((trx) => openBids(trx, verb(village, DAYS.start), village.terms)))
  granted(
    await village.database.tx((trx) => decideAward(trx, verb(village, DAYS.start, 'board'), bidId, village.terms)),
  )
  await createInitialCohort(
    village.database,
    occasion(village, DAYS.start),
    ['DS-1', 'DS-2', 'DS-5'],
    'R-008',
    unwatched,
  )
}

/** The first ten homes, or half of a small village, go out with the first drop, everybody else with the second. */
export async function twoDrops(village: Village): Promise<readonly PlannedDrop[]> {
  const selection = `${village.programId}-first`
  const first = Math.min(10, Math.ceil(village.accounts.length / 2))
  const numbers = village.accounts.slice(0, first).map((account) => account.accountNumber)
  const rows = await village.database.kysely
    .selectFrom('account')
    .select('account_id')
    .where('program_id', '=', village.programId)
    .where('account_number', 'in', numbers)
    .execute()
  await village.database.kysely
    .insertInto('selection')
    .values(rows.map((row) => ({ selection_id: selection, program_id: village.programId, account_id: row.account_id })))
    .onConflict((conflict) => conflict.doNothing())
    .execute()
  return [
    { plannedOn: DAYS.firstMailing, selection },
    { plannedOn: DAYS.secondMailing, selection: null },
  ]
}

export async function planAndApprove(village: Village, drops?: readonly PlannedDrop[]): Promise<void> {
  const planned = drops ?? (await twoDrops(village))
  granted(
    await planDrops(village.database, verb(village, DAYS.approval), INITIAL_COHORT, planned, village.terms, unwatched),
  )
  await proveNotice(village)
  granted(
    await village.database.tx((trx) =>
      approveNotice(trx, verb(village, DAYS.approval, 'village president'), INITIAL_COHORT, village.terms),
    ),
  )
}

/** Stands in for the printed proof, which is checked elsewhere. */
export async function proveNotice(village: Village, cohort: string = INITIAL_COHORT): Promise<void> {
  await village.database.kysely
    .updateTable('cohort')
    .set({ proof_sha256: 'proof' })
    .where('program_id', '=', village.programId)
    .where('cohort', '=', cohort)
    .execute()
}

/** @param heldBack letters that the renderer could not place */
export async function renderBatches(village: Village, at: Instant, heldBack: readonly number[] = []): Promise<void> {
  for (const batch of await batchesIn(village, 'planned')) {
    const pieces = await village.database.kysely
      .selectFrom('piece')
      .select(['piece_id', 'account_id'])
      .where('batch_id', '=', batch.batch_id)
      .orderBy('piece_id')
      .execute()
    const printed = pieces.filter((piece) => !heldBack.includes(piece.account_id))
    const rendered = {
      file: `batch-${batch.batch_id}.pdf`,
      sha256: sha256Of(Buffer.from(`batch ${batch.batch_id}`)),
      letters: printed.map((piece, index) => ({ pieceId: piece.piece_id, sequence: index + 1 })),
      review: pieces
        .filter((piece) => heldBack.includes(piece.account_id))
        .map((piece) => ({ pieceId: piece.piece_id, accountId: piece.account_id, reason: 'the name does not fit' })),
    }
    await village.database.tx((trx) => recordRendered(trx, occasion(village, at), batch, rendered))
  }
}

export async function handOverBatches(village: Village, at: Instant): Promise<void> {
  for (const batch of await batchesIn(village, 'rendered')) {
    await village.database.tx((trx) => recordHandedOver(trx, occasion(village, at), batch))
  }
}

export async function printAll(village: Village, at: Instant = DAYS.handOver): Promise<void> {
  await renderBatches(village, at)
  await handOverBatches(village, at)
}

async function batchesIn(village: Village, state: 'planned' | 'rendered'): Promise<Row<'print_batch'>[]> {
  return village.database.kysely
    .selectFrom('print_batch')
    .selectAll()
    .where('program_id', '=', village.programId)
    .where('state', '=', state)
    .orderBy('batch_id')
    .execute()
}

/** The mail house's form with the manifest's count, entered and applied. */
export async function mailed(
  village: Village,
  dropNo: number,
  on: string,
  at: Instant = DAYS.evidence,
  cohort: string = INITIAL_COHORT,
): Promise<void> {
  granted(await enterEvidence(village, dropNo, on, at, cohort))
  await applyEvidence(village.database, occasion(village, at), cohort, village.terms, unwatched)
}

export async function enterEvidence(
  village: Village,
  dropNo: number,
  on: string,
  at: Instant = DAYS.evidence,
  cohort: string = INITIAL_COHORT,
  pieces?: number,
) {
  const drop = await village.database.kysely
    .selectFrom('mailing_drop')
    .select('pieces')
    .where('program_id', '=', village.programId)
    .where('cohort', '=', cohort)
    .where('drop_no', '=', dropNo)
    .executeTakeFirst()
  const evidence = { cohort, dropNo, on: day(on), pieces: pieces ?? drop?.pieces ?? 0, form: 'PS Form 3606-D' }
  return village.database.tx((trx) => addEvidence(trx, verb(village, at), evidence, village.terms))
}

export async function freeze(
  village: Village,
  at: Instant = DAYS.freeze,
  cohort: string = INITIAL_COHORT,
): Promise<void> {
  await freezeRoster(village.database, occasion(village, at), cohort, village.terms, unwatched)
}

/** Lists every id in the file, so that a test can see who is in it. */
export const asText: WriteInterchange = (numbers, requests) =>
  Buffer.from(
    [
      `${numbers.isa13} ${numbers.gs06} ${numbers.stFirst} ${numbers.dated}`,
      ...requests.map((request) => request.lin01),
    ].join('\n'),
  )

export async function fix(village: Village, interchangeId: number, at: Instant) {
  return village.database.tx((trx) => fixInterchange(trx, occasion(village, at), interchangeId, asText))
}

/** Plans, fixes, hands over and records every file that is due. */
export async function submit(
  village: Village,
  at: Instant = DAYS.freeze,
  cohort: string = INITIAL_COHORT,
): Promise<void> {
  await planInterchanges(village.database, occasion(village, at), cohort, village.terms)
  const rows = await village.database.kysely
    .selectFrom('interchange')
    .select('interchange_id')
    .where('program_id', '=', village.programId)
    .where('cohort', '=', cohort)
    .where('state', 'in', ['planned', 'fixed'])
    .orderBy('interchange_id')
    .execute()
  for (const { interchange_id: id } of rows) {
    const fixed = await fix(village, id, at)
    if (fixed === null) continue
    await deliver(village, fixed.sendingId, at)
    await village.database.tx((trx) => recordSent(trx, occasion(village, at), id, village.terms))
  }
}

/** Claims, hands over and settles as accepted. */
export async function deliver(village: Village, sendingId: number, at: Instant): Promise<void> {
  const token = `token-${sendingId}`
  await village.database.tx((trx) => claimSending(trx, sendingId, token))
  await village.database.tx((trx) => markHandedOver(trx, sendingId, token, at))
  await village.database.tx((trx) =>
    settleSending(trx, occasion(village, at), sendingId, token, 'accepted', 'renamed into place'),
  )
}

/** The utility accepts every request that it has and has not answered. */
export async function acceptAll(village: Village, on = '2027-03-24', at: Instant = DAYS.answers): Promise<void> {
  for (const request of await requestsOf(village)) {
    if (request.kind === 'enroll' && request.state === 'sent') await acceptOne(village, request, on, at)
  }
}

export async function acceptOne(
  village: Village,
  request: Selectable<Tables['request']>,
  on = '2027-03-24',
  at: Instant = DAYS.answers,
): Promise<void> {
  const answer = { lin01: request.lin01, processedOn: day(on), placeholderOn: request.read_on }
  await village.database.tx((trx) => applyAcceptances(trx, occasion(village, at), [answer], village.terms))
}

export async function requestsOf(village: Village, accountNumber?: string): Promise<Row<'request'>[]> {
  let query = village.database.kysely
    .selectFrom('request')
    .innerJoin('account', 'account.account_id', 'request.account_id')
    .selectAll('request')
    .where('request.program_id', '=', village.programId)
  if (accountNumber !== undefined) query = query.where('account.account_number', '=', accountNumber)
  return query.orderBy('request.request_id').execute()
}

const STAGES = [
  'started',
  'listed',
  'awarded',
  'approved',
  'printed',
  'noticed',
  'frozen',
  'submitted',
  'accepted',
] as const
export type Stage = (typeof STAGES)[number]

/** A village whose cycle has come as far as that, without any reply. */
export async function villageAt(database: Database, stage: Stage, options: VillageOptions = {}): Promise<Village> {
  const village = await startVillage(database, options)
  const reached = (each: Stage): boolean => STAGES.indexOf(each) <= STAGES.indexOf(stage)
  if (reached('listed')) await listAndSign(village)
  if (reached('awarded'))
    await awardTo(
      village,
      aBid('Prairie Wind', options.supplierId === undefined ? {} : { supplierId: options.supplierId }),
    )
  if (reached('approved')) await planAndApprove(village)
  if (reached('printed')) await printAll(village)
  if (reached('noticed')) {
    await mailed(village, 1, DAYS.firstMailing)
    await mailed(village, 2, DAYS.secondMailing)
  }
  if (reached('frozen')) await freeze(village)
  if (reached('submitted')) await submit(village)
  if (reached('accepted')) await acceptAll(village)
  return village
}
