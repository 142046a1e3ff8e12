/** The first cohort: everybody whom list review found fit for automatic enrollment. */
import { ParentClosePolicy, startChild } from '@temporalio/workflow'
import { bulk } from './activity-proxies.js'
import { COHORT, type Cohort, type CohortInput } from './cohort-run.js'
import type { CycleRun } from './cycle-run.js'
import { cohortId, INITIAL_COHORT } from '../domain/run-ids.js'

/** Starts it and goes on: the cohort outlives any single run of the cycle. */
export async function startInitialCohort(run: CycleRun): Promise<void> {
  const { programId } = run.input
  await bulk.createCohort({ ...run.call(), cohort: INITIAL_COHORT })
  const input: CohortInput = { programId, cohort: INITIAL_COHORT, time: run.clock.carriedOver() }
  try {
    await startChild<Cohort>(COHORT, {
      workflowId: cohortId(programId, INITIAL_COHORT),
      args: [input],
      parentClosePolicy: ParentClosePolicy.ABANDON,
    })
  } catch (error) {
    // it runs already: this cycle was lost and started again
    if ((error as Error).name !== 'WorkflowExecutionAlreadyStartedError') throw error
  }
}
