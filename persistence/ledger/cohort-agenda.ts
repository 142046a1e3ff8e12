/** What a cohort run has to do now and when it has to look again: every clock of the cohort, read in one transaction. */
import { type Instant, isBefore } from '../../domain/instant.js'
import type { CivilDate } from '../../domain/civil-date.js'
import type { PlanTerms } from '../../domain/plan.js'
import { rosterFreeze } from '../../domain/roster-freeze.js'
import type { CohortDuty } from '../../domain/run-duties.js'
import { cohortId } from '../../domain/run-ids.js'
import type { Row } from '../tables.js'
import type { Trx } from './journal.js'
import { cohortRow, dropsOf } from './notices.js'
import { markBusy, reportWaiting } from './runs.js'
import { isStopped } from './stop-switches.js'
import { batchSubjects, interchangeSubject } from './sendings.js'
import { overtakenRequests } from './undos.js'
import { undecidedSendings } from './undecided-sendings.js'
import { markWakeUpsSeen } from './wake-ups.js'

interface Reading {
  readonly due: readonly CohortDuty[]
  readonly nextDue: Instant | null
  readonly settled: boolean
}

/** A clock of the cohort: when, what is done then, and what people read while it runs. */
interface Tick {
  readonly at: Instant
  readonly step: CohortDuty
  readonly waitingFor: string
}

export async function readCohortAgenda(
  trx: Trx,
  programId: string,
  cohort: string,
  asOf: Instant,
  terms: PlanTerms,
): Promise<Reading> {
  const workflowId = cohortId(programId, cohort)
  await markWakeUpsSeen(trx, workflowId)
  const row = await cohortRow(trx, programId, cohort)
  const drops = await dropsOf(trx, programId, cohort)
  const now = await presentSteps(trx, row, drops)
  const ticks = [
    ...windowTicks(row, drops, terms),
    ...(await submissionTicks(trx, row)),
    ...(await rescissionTicks(trx, row)),
  ]
  const reached = ticks.filter((tick) => !isBefore(asOf, tick.at)).map((tick) => tick.step)
  const due = distinct([...now, ...reached])
  const next = ticks.filter((tick) => isBefore(asOf, tick.at)).sort((a, b) => (isBefore(a.at, b.at) ? -1 : 1))[0]
  if (due.length > 0) await markBusy(trx, { programId, workflowId, kind: 'cohort' })
  else {
    const waitingFor = next?.waitingFor ?? waitsForPeople(row, drops)
    await reportWaiting(trx, {
      programId,
      workflowId,
      kind: 'cohort',
      phase: phaseOf(row, drops),
      waitingFor,
      nextDue: next?.at ?? null,
    })
  }
  return { due, nextDue: next?.at ?? null, settled: row.frozen_at !== null && due.length === 0 && next === undefined }
}

/** One step of a kind is enough: each handles everything of its kind. */
function distinct(steps: readonly CohortDuty[]): CohortDuty[] {
  const seen = new Set<string>()
  return steps.filter((step) => {
    const key = step.kind === 'start-follow-up' ? `${step.kind} ${step.cohort}` : step.kind
    return seen.has(key) ? false : seen.add(key) !== undefined
  })
}

async function presentSteps(
  trx: Trx,
  row: Row<'cohort'>,
  drops: readonly Row<'mailing_drop'>[],
): Promise<CohortDuty[]> {
  const { program_id: programId, cohort } = row
  const steps: CohortDuty[] = []
  const followUps = await trx
    .selectFrom('cohort')
    .select('cohort')
    .where('program_id', '=', programId)
    .where('kind', '=', 'follow-up')
    .where('started', '=', false)
    .execute()
  for (const followUp of followUps)
    if (followUp.cohort !== cohort) steps.push({ kind: 'start-follow-up', cohort: followUp.cohort })
  if (drops.some((drop) => drop.state === 'evidenced' && !drop.applied)) steps.push({ kind: 'apply-evidence' })
  if (
    row.frozen_at !== null &&
    (await overtakenRequests(trx, programId, cohort).select('request.request_id').limit(1).executeTakeFirst()) !==
      undefined
  ) {
    steps.push({ kind: 'plan-undos' })
  }
  if (row.approved_at !== null && !(await isStopped(trx, programId, 'mail-house'))) {
    const batches = await unsettled(trx, programId, cohort, 'print_batch')
    if (batches.length > 0) steps.push({ kind: 'print-batches', batches })
  }
  if (!(await isStopped(trx, programId, 'utility'))) {
    const interchanges = await unsettled(trx, programId, cohort, 'interchange')
    if (interchanges.length > 0) steps.push({ kind: 'send-interchanges', interchanges })
  }
  return steps
}

/** Batches or files that are still to go out; one with a sending that was refused or is unknown waits for a person instead. */
async function unsettled(
  trx: Trx,
  programId: string,
  cohort: string,
  table: 'print_batch' | 'interchange',
): Promise<number[]> {
  const rows =
    table === 'print_batch'
      ? await trx
          .selectFrom('print_batch')
          .select('batch_id as id')
          .where('program_id', '=', programId)
          .where('cohort', '=', cohort)
          .where('state', '!=', 'handed-over')
          .orderBy('batch_id')
          .execute()
      : await trx
          .selectFrom('interchange')
          .select('interchange_id as id')
          .where('program_id', '=', programId)
          .where('cohort', '=', cohort)
          .where('state', 'in', ['planned', 'fixed'])
          .orderBy('interchange_id')
          .execute()
  if (rows.length === 0) return []
  const subjectsOf = (id: number) => (table === 'print_batch' ? batchSubjects(id) : [interchangeSubject(id)])
  const undecided = await undecidedSendings(trx, programId)
    .select('subject')
    .where(
      'subject',
      'in',
      rows.flatMap((row) => subjectsOf(row.id)),
    )
    .execute()
  const waits = new Set(undecided.map((sending) => sending.subject))
  return rows.map((row) => row.id).filter((id) => !subjectsOf(id).some((subject) => waits.has(subject)))
}

function windowTicks(row: Row<'cohort'>, drops: readonly Row<'mailing_drop'>[], terms: PlanTerms): Tick[] {
  const ticks: Tick[] = drops.flatMap((drop) =>
    drop.closes_at !== null && drop.applied && !drop.closed
      ? [
          {
            at: drop.closes_at,
            step: { kind: 'close-windows' as const },
            waitingFor: `replies to drop ${drop.drop_no} until ${drop.deadline}`,
          },
        ]
      : [],
  )
  const freeze = freezeOf(row, drops, terms)
  if (freeze !== null)
    ticks.push({
      at: freeze.at,
      step: { kind: 'freeze-roster' },
      waitingFor: `timely cards still in the mail; the roster is frozen ${freeze.date}`,
    })
  return ticks
}

/** Null while a notice drop has no reconciled evidence, and after the freeze. */
function freezeOf(
  row: Row<'cohort'>,
  drops: readonly Row<'mailing_drop'>[],
  terms: PlanTerms,
): { readonly at: Instant; readonly date: CivilDate } | null {
  const notices = drops.filter((drop) => drop.kind === 'notice')
  if (row.frozen_at !== null || row.approved_at === null || notices.length === 0) return null
  const deadlines = notices.map((drop) => (drop.applied ? drop.deadline : null))
  const last = deadlines.reduce<CivilDate | null>(
    (latest, day) => (latest === null || (day !== null && day > latest) ? day : latest),
    null,
  )
  return last === null || deadlines.includes(null) ? null : rosterFreeze(last, terms)
}

async function submissionTicks(trx: Trx, row: Row<'cohort'>): Promise<Tick[]> {
  const { program_id: programId, cohort } = row
  const ticks: Tick[] = []
  if (!(await isStopped(trx, programId, 'utility'))) {
    const next = await trx
      .selectFrom('request')
      .select((eb) => eb.fn.min('submit_at').as('at'))
      .where('program_id', '=', programId)
      .where('cohort', '=', cohort)
      .where('state', '=', 'planned')
      .executeTakeFirst()
    const at = next?.at ?? null
    if (at !== null)
      ticks.push({ at, step: { kind: 'plan-interchanges' }, waitingFor: 'the next read that comes within reach' })
  }
  const files = await trx
    .selectFrom('interchange')
    .select(['state', 'acknowledgment_due', 'response_due', 'responded'])
    .where('program_id', '=', programId)
    .where('cohort', '=', cohort)
    .where('alarmed', '=', false)
    .where('state', 'in', ['sent', 'acknowledged'])
    .execute()
  for (const file of files) {
    if (file.state === 'sent' && file.acknowledgment_due !== null)
      ticks.push({
        at: file.acknowledgment_due,
        step: { kind: 'raise-alarms' },
        waitingFor: 'the utility’s acknowledgment',
      })
    else if (!file.responded && file.response_due !== null)
      ticks.push({ at: file.response_due, step: { kind: 'raise-alarms' }, waitingFor: 'the utility’s answers' })
  }
  return ticks
}

async function rescissionTicks(trx: Trx, row: Row<'cohort'>): Promise<Tick[]> {
  const next = await trx
    .selectFrom('request')
    .select((eb) => eb.fn.min('rescission_closes_at').as('at'))
    .where('program_id', '=', row.program_id)
    .where('cohort', '=', row.cohort)
    .where('rescission_closed', '=', false)
    .where('rescission_closes_at', 'is not', null)
    .executeTakeFirst()
  const at = next?.at ?? null
  return at === null ? [] : [{ at, step: { kind: 'close-rescission-windows' }, waitingFor: 'rescissions' }]
}

function phaseOf(row: Row<'cohort'>, drops: readonly Row<'mailing_drop'>[]): string {
  if (row.frozen_at !== null) return 'enrollment'
  return drops.length > 0 && drops.every((drop) => drop.state === 'evidenced') ? 'response-window' : 'notice-mailing'
}

function waitsForPeople(row: Row<'cohort'>, drops: readonly Row<'mailing_drop'>[]): string {
  if (row.frozen_at !== null) return 'nothing: every clock of this cohort has run'
  if (drops.length === 0) return 'the plan of the mailing drops'
  if (row.proof_sha256 === null && row.approved_at === null) return 'a proof of the notice'
  if (row.approved_at === null) return 'the village’s approval of the notice'
  const open = drops
    .filter((drop) => drop.state !== 'evidenced')
    .map((drop) => `${drop.drop_no} (planned ${drop.planned_on})`)
  return `mailing evidence for drop ${open.join(', ')}`
}
