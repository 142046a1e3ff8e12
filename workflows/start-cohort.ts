/** A cohort begins as a child that outlives whoever starts it. */
import { ParentClosePolicy, startChild } from '@temporalio/workflow'
import { cohortId } from '../domain/run-ids.js'
import { COHORT, type Cohort, type CohortInput } from './cohort-run.js'
import type { Clock } from './program-time.js'

/** Leaves one that runs already alone: whoever starts it again was lost in between, or the ledger woke it meanwhile. */
export async function startCohort(
  run: { readonly input: { readonly programId: string }; readonly clock: Clock },
  cohort: string,
): Promise<void> {
  const { programId } = run.input
  const input: CohortInput = { programId, cohort, time: run.clock.carriedOver() }
  try {
    await startChild<Cohort>(COHORT, {
      workflowId: cohortId(programId, cohort),
      args: [input],
      parentClosePolicy: ParentClosePolicy.ABANDON,
    })
  } catch (error) {
    if ((error as Error).name !== 'WorkflowExecutionAlreadyStartedError') throw error
  }
}
