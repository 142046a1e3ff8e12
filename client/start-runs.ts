/** Starting the durable runs of a program. One that runs already is left alone. */
import { WorkflowExecutionAlreadyStartedError } from '@temporalio/client'
import { cohortId, cycleId } from '../domain/run-ids.js'
import { readProgram } from '../persistence/ledger/programs.js'
import type { aggregationCycle } from '../workflows/aggregation-cycle.js'
import type { cohort } from '../workflows/cohort.js'
import { TASK_QUEUES } from '../workflows/messages.js'
import type { ProgramTime } from '../workflows/program-time.js'
import type { Desk } from './desk.js'
import { heard } from './patience.js'

export async function startCycle(desk: Desk, programId: string, time: ProgramTime): Promise<void> {
  await unlessRunning(desk, () =>
    desk.temporal.workflow.start<typeof aggregationCycle>('aggregationCycle', {
      workflowId: cycleId(programId),
      taskQueue: TASK_QUEUES.main,
      args: [{ programId, time }],
      workflowIdReusePolicy: 'REJECT_DUPLICATE',
    }),
  )
}

/** The cycle, and the cohorts that had begun. */
export async function startMissingRuns(desk: Desk, programId: string): Promise<void> {
  const { clock, offsetMs } = await readProgram(desk.database.kysely, desk.database, programId)
  const time: ProgramTime = { mode: clock, offsetMs, startsAt: desk.now() }
  const begun = await desk.database.kysely
    .selectFrom('run')
    .innerJoin('cohort', (join) => join.onRef('cohort.program_id', '=', 'run.program_id'))
    .select(['cohort.cohort', 'run.workflow_id'])
    .where('run.program_id', '=', programId)
    .where('run.kind', '=', 'cohort')
    .where('run.ended', '=', false)
    .where('run.turn', '>', 0)
    .execute()
  for (const { cohort: name, workflow_id: workflowId } of begun) {
    if (workflowId !== cohortId(programId, name)) continue
    await unlessRunning(desk, () =>
      desk.temporal.workflow.start<typeof cohort>('cohort', {
        workflowId,
        taskQueue: TASK_QUEUES.main,
        args: [{ programId, cohort: name, time }],
        workflowIdReusePolicy: 'REJECT_DUPLICATE',
      }),
    )
  }
  await startCycle(desk, programId, time)
}

/** Cycles that the ledger began while the workflow server could not be reached. */
export async function startOwedCycles(desk: Desk): Promise<number> {
  const owed = await desk.database.kysely
    .selectFrom('run')
    .select('program_id')
    .where('kind', '=', 'cycle')
    .where('turn', '=', 0)
    .where('ended', '=', false)
    .execute()
  for (const { program_id: programId } of owed) {
    const { clock, offsetMs } = await readProgram(desk.database.kysely, desk.database, programId)
    await startCycle(desk, programId, { mode: clock, offsetMs, startsAt: desk.now() })
  }
  return owed.length
}

async function unlessRunning(desk: Desk, start: () => Promise<unknown>): Promise<void> {
  try {
    await heard(desk, start)
  } catch (error) {
    if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error
  }
}
