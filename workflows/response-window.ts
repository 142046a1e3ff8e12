/**
 * Response window: each drop and each re-mailed piece has its own clock; the roster is frozen when the last one has closed and
 * the mail grace is over.
 *
 * Mahomet plan, Implementation Procedures E.3–E.5. Replies themselves never pass through here: they go to the ledger first.
 */
import { ParentClosePolicy, startChild } from '@temporalio/workflow'
import { ledger } from './activity-proxies.js'
import { COHORT, type Cohort, type CohortInput, type CohortRun } from './cohort-run.js'
import { cohortId } from '../domain/run-ids.js'

/** Pieces re-mailed so late that their window closes after the drops' last go on by themselves; no straggler holds the village. */
export async function startFollowUp(run: CohortRun, followUp: string): Promise<void> {
  const input: CohortInput = { programId: run.input.programId, cohort: followUp, time: run.clock.carriedOver() }
  try {
    await startChild<Cohort>(COHORT, {
      workflowId: cohortId(run.input.programId, followUp),
      args: [input],
      parentClosePolicy: ParentClosePolicy.ABANDON,
    })
  } catch (error) {
    // it runs already: the ledger woke it when its drop was added
    if ((error as Error).name !== 'WorkflowExecutionAlreadyStartedError') throw error
  }
  await ledger.markFollowUpStarted({ ...run.call(), followUp })
}
