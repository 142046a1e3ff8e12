/** What a cycle run has to do next, phase by phase, read from what happened so far. */
import { addBusinessDays } from '../../domain/business-calendar.js'
import { filingDue } from '../../domain/filing-clock.js'
import { assertNever } from '../../domain/invariant.js'
import { atLocalTime, dateIn, endOfDay, type Instant, isBefore } from '../../domain/instant.js'
import type { PlanTerms } from '../../domain/plan.js'
import type { CycleDuty, CyclePhase } from '../../domain/run-duties.js'
import { cycleId } from '../../domain/run-ids.js'
import { bidsOfRound, lockExpiry, presentRound, standingAward } from './bids.js'
import { newestList } from './customer-lists.js'
import { filingFacts } from './filing-facts.js'
import { programEvents, type Trx } from './journal.js'
import { markBusy, reportWaiting } from './runs.js'
import { isStopped } from './stop-switches.js'
import { markWakeUpsSeen } from './wake-ups.js'

interface PhaseReading {
  readonly due: readonly CycleDuty[]
  readonly nextDue: Instant | null
  readonly done: boolean
  readonly waitingFor: string
}

export async function readCycleAgenda(
  trx: Trx,
  programId: string,
  phase: CyclePhase,
  asOf: Instant,
  terms: PlanTerms,
): Promise<PhaseReading> {
  const workflowId = cycleId(programId)
  await markWakeUpsSeen(trx, workflowId)
  const reading = await readPhase(trx, programId, phase, asOf, terms)
  const due = [...reading.due, ...(await mailToSend(trx, programId))]
  if (due.length > 0 || reading.done) await markBusy(trx, { programId, workflowId, kind: 'cycle' })
  else
    await reportWaiting(trx, {
      programId,
      workflowId,
      kind: 'cycle',
      phase,
      waitingFor: reading.waitingFor,
      nextDue: reading.nextDue,
    })
  return { ...reading, due }
}

function readPhase(
  trx: Trx,
  programId: string,
  phase: CyclePhase,
  asOf: Instant,
  terms: PlanTerms,
): Promise<PhaseReading> {
  switch (phase) {
    case 'data-request':
      return readDataRequest(trx, programId, asOf, terms)
    case 'list-review':
      return readListReview(trx, programId)
    case 'rfp-award':
      return readRfpAward(trx, programId, asOf, terms)
    case 'term':
      return readTerm(trx, programId, asOf, terms)
    default:
      return assertNever(phase)
  }
}

async function mailToSend(trx: Trx, programId: string): Promise<CycleDuty[]> {
  if (await isStopped(trx, programId, 'mail')) return []
  const rows = await trx
    .selectFrom('sending')
    .select('sending_id')
    .where('program_id', '=', programId)
    .where('party', '=', 'mail')
    .where('state', 'in', ['planned', 'claimed', 'handed-over'])
    .orderBy('sending_id')
    .execute()
  return rows.map((row) => ({ kind: 'send-mail', sendingId: row.sending_id }))
}

const doing = (...due: CycleDuty[]): PhaseReading => ({ due, nextDue: null, done: false, waitingFor: '' })
const waiting = (waitingFor: string, nextDue: Instant | null = null): PhaseReading => ({
  due: [],
  nextDue,
  done: false,
  waitingFor,
})
const DONE: PhaseReading = { due: [], nextDue: null, done: true, waitingFor: '' }

async function readDataRequest(trx: Trx, programId: string, asOf: Instant, terms: PlanTerms): Promise<PhaseReading> {
  if ((await newestList(trx, programId)) !== undefined) return DONE
  const [drafted] = await programEvents(trx, programId, 'data-request-drafted')
  if (drafted === undefined) return doing({ kind: 'draft-data-request' })
  const reminders = (await programEvents(trx, programId, 'data-request-reminded')).length
  const asked = dateIn(terms.zone, drafted.recorded_at)
  const day = addBusinessDays(terms.calendar, 'billing', asked, terms.dataRequestReminder.value * (reminders + 1))
  const dueAt = atLocalTime(terms.zone, day, terms.submissionAt.value)
  if (!isBefore(asOf, dueAt)) return doing({ kind: 'remind-utility' })
  return waiting('the utility’s customer list', dueAt)
}

async function readListReview(trx: Trx, programId: string): Promise<PhaseReading> {
  const list = await newestList(trx, programId)
  if (list?.state === 'received') return doing({ kind: 'review-list', listId: list.list_id })
  if (list?.state === 'signed') return DONE
  return waiting('the signatures on the reviewed list')
}

async function readRfpAward(trx: Trx, programId: string, asOf: Instant, terms: PlanTerms): Promise<PhaseReading> {
  if ((await standingAward(trx, programId)) !== null) return DONE
  if ((await programEvents(trx, programId, 'rfp-issued')).length === 0) return doing({ kind: 'issue-rfp' })
  const round = await presentRound(trx, programId)
  const bids = await bidsOfRound(trx, programId, round)
  const openedAt = bids.find((bid) => bid.opened_at !== null)?.opened_at ?? null
  if (openedAt === null) return waiting(bids.length === 0 ? 'bids' : 'more bids, or their opening')
  const evaluated = (await programEvents(trx, programId, 'bids-evaluated')).some(
    (event) => event.data['round'] === round,
  )
  if (!evaluated) return doing({ kind: 'evaluate-bids' })
  const expires = lockExpiry(openedAt, terms)
  if (!isBefore(asOf, expires)) return doing({ kind: 'expire-price-lock' })
  return waiting('the board’s award', expires)
}

async function readTerm(trx: Trx, programId: string, asOf: Instant, terms: PlanTerms): Promise<PhaseReading> {
  if ((await programEvents(trx, programId, 'commission-filing-drafted')).length === 0)
    return doing({ kind: 'draft-commission-filing' })
  const item = await trx
    .selectFrom('work_item')
    .selectAll()
    .where('program_id', '=', programId)
    .where('kind', '=', 'commission-filing')
    .executeTakeFirst()
  if (item === undefined || item.closed_at !== null) return waiting('the years of the term')
  const due = filingDue(await filingFacts(trx, programId, terms), terms)
  const dueAt = due === null ? null : endOfDay(terms.zone, due)
  if (dueAt !== null && (item.due_at !== dueAt || (!item.alarmed && !isBefore(asOf, dueAt))))
    return doing({ kind: 'note-filing-clock' })
  return waiting('the commission filing', item.alarmed ? null : dueAt)
}
