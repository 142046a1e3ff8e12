/**
 * What the workflows ask of the world: the activities, by task queue.
 *
 * Every call carries ids, counts and instants, never a row, a name, an address or an account number. `asOf` is program time.
 * Every activity may run twice or half: each is idempotent by the row states it moves. A chunk is at most 1,000 accounts.
 */
import type { CivilDate } from '../domain/civil-date.js'
import type { Instant } from '../domain/instant.js'
import type { Outcome } from '../domain/refusal.js'
import type { CohortDuty, CycleDuty, CyclePhase } from '../domain/run-duties.js'
import type { RestoreMark } from '../domain/restore-mark.js'

export interface ProgramCall {
  readonly programId: string
  readonly asOf: Instant
}

/** A person's decision; `verbId` is made by the client and unique for ever. */
export interface Decision {
  readonly verbId: string
  readonly actor: string
}

export interface CohortCall extends ProgramCall {
  readonly cohort: string
}

/** What the cycle run has to do, or waits for, in one phase. */
export interface CycleAgenda {
  readonly due: readonly CycleDuty[]
  readonly nextDue: Instant | null
  /** The phase is over; the next one begins. */
  readonly done: boolean
  /** What the run knows of the ledger from now on. */
  readonly mark: RestoreMark
}

export interface DropRequest {
  readonly plannedOn: CivilDate
  /** Reference to a stored selection of accounts; null: every auto-enroll account not in an earlier drop. */
  readonly selection: string | null
}

export interface CohortAgenda {
  readonly due: readonly CohortDuty[]
  readonly nextDue: Instant | null
  /** Every account of the cohort has come to its end for this cycle. */
  readonly settled: boolean
  /** What the run knows of the ledger from now on. */
  readonly mark: RestoreMark
}

/** Short, transactional, on the ledger alone. */
export interface LedgerActivities {
  cycleAgenda(call: ProgramCall & { readonly phase: CyclePhase; readonly mark: RestoreMark }): Promise<CycleAgenda>
  remindUtility(call: ProgramCall): Promise<void>
  signList(
    call: ProgramCall & Decision & { readonly listId: string },
  ): Promise<Outcome<{ readonly signatures: number; readonly needed: number }>>
  openBids(call: ProgramCall & Decision): Promise<Outcome<{ readonly bids: number; readonly qualified: number }>>
  decideAward(
    call: ProgramCall & Decision & { readonly bidId: number | null },
  ): Promise<Outcome<{ readonly outcome: string }>>
  expirePriceLock(call: ProgramCall): Promise<void>
  noteFilingClock(call: ProgramCall): Promise<void>
  cohortAgenda(call: CohortCall & { readonly mark: RestoreMark }): Promise<CohortAgenda>
  approveNotice(call: CohortCall & Decision): Promise<Outcome<{ readonly batches: number }>>
  closeWindows(call: CohortCall): Promise<void>
  markFollowUpStarted(call: CohortCall & { readonly followUp: string }): Promise<void>
  planUndos(call: CohortCall): Promise<void>
  planInterchanges(call: CohortCall): Promise<void>
  raiseAlarms(call: CohortCall): Promise<void>
  closeRescissionWindows(call: CohortCall): Promise<void>
  applyInboundChunk(call: ProgramCall & { readonly sha256: string }): Promise<{ readonly done: boolean }>
}

/**
 * On the ledger, over all accounts of a cohort: one transaction per chunk of at most 1,000 accounts, a heartbeat after each.
 * Killed, it redoes at most one chunk, because a chunk that was committed has moved its accounts on.
 */
export interface BulkActivities {
  createCohort(call: CohortCall): Promise<void>
  planDrops(
    call: CohortCall & Decision & { readonly drops: readonly DropRequest[] },
  ): Promise<Outcome<{ readonly drops: number; readonly pieces: number }>>
  applyEvidence(call: CohortCall): Promise<void>
  freezeRoster(call: CohortCall): Promise<void>
}

/** Long and synchronous inside: rendering and parsing, in worker threads. */
export interface ComputeActivities {
  draftDataRequest(call: ProgramCall): Promise<void>
  reviewList(call: ProgramCall & { readonly listId: string }): Promise<void>
  issueRfp(call: ProgramCall): Promise<void>
  evaluateBids(call: ProgramCall): Promise<void>
  draftCommissionFiling(call: ProgramCall): Promise<void>
  proveNotice(call: CohortCall & Decision): Promise<Outcome<{ readonly items: number }>>
  renderBatch(call: CohortCall & { readonly batchId: number }): Promise<void>
}

/** A sending says which agenda asked for it, so that a ledger restored in between sends nothing twice. */
export interface Marked {
  readonly mark: RestoreMark
}

/** To one outside party each, one at a time; each answers with the version of the ledger that holds its outcome. */
export interface SendActivities {
  sendMail(call: ProgramCall & Marked & { readonly sendingId: number }): Promise<number>
  handOverBatch(call: CohortCall & Marked & { readonly batchId: number }): Promise<number>
  sendInterchange(call: CohortCall & Marked & { readonly interchangeId: number }): Promise<number>
}
