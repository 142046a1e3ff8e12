/** The read model of what runs and what each run waits for, written by the runs themselves. */
import type { Kysely } from 'kysely'
import type { Instant } from '../../domain/instant.js'
import type { Tables } from '../tables.js'
import type { Trx } from './journal.js'

export interface RunReport {
  readonly programId: string
  readonly workflowId: string
  readonly kind: 'cycle' | 'cohort' | 'inbox'
  readonly phase: string
  /** What it waits for, in words for people. */
  readonly waitingFor: string
  readonly nextDue: Instant | null
}

/** The run has read everything and waits. */
export async function reportWaiting(trx: Trx, report: RunReport): Promise<void> {
  const values = {
    workflow_id: report.workflowId,
    program_id: report.programId,
    kind: report.kind,
    phase: report.phase,
    waiting_for: report.waitingFor,
    next_due: report.nextDue,
    busy: false,
    ended: false,
  }
  await trx
    .insertInto('run')
    .values({ ...values, turn: 0 })
    .onConflict((conflict) => conflict.column('workflow_id').doUpdateSet(values))
    .execute()
}

/** The run was given something to do and has not reported since. */
export async function markBusy(trx: Trx, run: Pick<RunReport, 'programId' | 'workflowId' | 'kind'>): Promise<void> {
  await trx
    .insertInto('run')
    .values({ ...startingRun(run), turn: 0 })
    .onConflict((conflict) => conflict.column('workflow_id').doUpdateSet({ busy: true }))
    .execute()
}

/** The row of a run that has not said anything yet; its turn is the caller's to know. */
export function startingRun(run: Pick<RunReport, 'programId' | 'workflowId' | 'kind'>) {
  return {
    workflow_id: run.workflowId,
    program_id: run.programId,
    kind: run.kind,
    phase: 'starting',
    waiting_for: '',
    next_due: null,
    busy: true,
    ended: false,
  }
}

export async function markEnded(trx: Trx, workflowId: string): Promise<void> {
  await trx
    .updateTable('run')
    .set({ ended: true, busy: false, next_due: null, waiting_for: '' })
    .where('workflow_id', '=', workflowId)
    .execute()
}

/** False for a run that has not begun yet: its first reading of the agenda is its first word. */
export async function hasSpoken(db: Kysely<Tables>, workflowId: string): Promise<boolean> {
  const row = await db
    .selectFrom('run')
    .select('workflow_id')
    .where('workflow_id', '=', workflowId)
    .where((eb) => eb.or([eb('turn', '>', 0), eb('ended', '=', true)]))
    .executeTakeFirst()
  return row !== undefined
}

/** Runs that still have something to do at `at`: busy, due, or with an unread wake-up. */
export async function unsettledRuns(db: Kysely<Tables>, at: Instant): Promise<number> {
  return (
    (await workingRuns(db, at)) +
    (await unreadWakeUps(db).whereRef('wake.signalled', '<=', 'wake.seen').executeTakeFirstOrThrow()).n
  )
}

/** Those of them that go on by themselves: busy, due, or told of a wake-up that they have not read. */
export async function workingRuns(db: Kysely<Tables>, at: Instant): Promise<number> {
  const busy = await db
    .selectFrom('run')
    .select((eb) => eb.cast<number>(eb.fn.countAll(), 'integer').as('n'))
    .where('ended', '=', false)
    .where((eb) => eb.or([eb('busy', '=', true), eb('next_due', '<=', at)]))
    .executeTakeFirstOrThrow()
  const told = await unreadWakeUps(db).whereRef('wake.signalled', '>', 'wake.seen').executeTakeFirstOrThrow()
  return busy.n + told.n
}

/** The same runs, each with what the ledger knows of it, for the person who has to find out why they do not come to rest. */
export async function restlessRuns(db: Kysely<Tables>, at: Instant): Promise<string[]> {
  const rows = await db
    .selectFrom('run')
    .leftJoin('wake', 'wake.workflow_id', 'run.workflow_id')
    .selectAll('run')
    .select(['wake.due', 'wake.signalled', 'wake.seen'])
    .where('run.ended', '=', false)
    .where((eb) =>
      eb.or([eb('busy', '=', true), eb('next_due', '<=', at), eb('wake.signalled', '>', eb.ref('wake.seen'))]),
    )
    .orderBy('run.workflow_id')
    .execute()
  return rows.map(
    (row) =>
      `${row.workflow_id}: ${row.busy ? 'busy' : 'waiting'}, turn ${row.turn}, next due ${row.next_due ?? 'never'}, told ${row.signalled ?? 0} of ${row.due ?? 0}, has read ${row.seen ?? 0}`,
  )
}

function unreadWakeUps(db: Kysely<Tables>) {
  return db
    .selectFrom('wake')
    .innerJoin('run', 'run.workflow_id', 'wake.workflow_id')
    .select((eb) => eb.cast<number>(eb.fn.countAll(), 'integer').as('n'))
    .whereRef('wake.due', '>', 'wake.seen')
    .where('run.ended', '=', false)
}

/** The earliest instant at which any run has something to do; null when none has. */
export async function nextDueOfAll(db: Kysely<Tables>): Promise<Instant | null> {
  const row = await db
    .selectFrom('run')
    .select('next_due')
    .where('ended', '=', false)
    .where('next_due', 'is not', null)
    .orderBy('next_due')
    .limit(1)
    .executeTakeFirst()
  return row?.next_due ?? null
}
