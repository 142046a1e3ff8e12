/**
 * Response window: each drop and each re-mailed piece has its own clock; the roster is frozen when the last one has closed and
 * the mail grace is over.
 *
 * Mahomet plan, Implementation Procedures E.3–E.5. Replies themselves never pass through here: they go to the ledger first.
 */
import { ledger } from './activity-proxies.js'
import type { CohortRun } from './cohort-run.js'
import { startCohort } from './start-cohort.js'

/** Pieces re-mailed so late that their window closes after the drops' last go on by themselves; no straggler holds the village. */
export async function startFollowUp(run: CohortRun, followUp: string): Promise<void> {
  await startCohort(run, followUp)
  await ledger.markFollowUpStarted({ ...run.call(), followUp })
}
