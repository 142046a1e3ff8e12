/**
 * Rescission window: one per processing date; what was not rescinded stands.
 *
 * 83 Ill. Adm. Code 412; Mahomet plan, Implementation Procedures E.7. A rescission itself arrives as a file and is applied by
 * `utilityInbox`.
 */
import { ledger } from './activity-proxies.js'
import type { CohortRun } from './cohort-run.js'

export async function closeRescissionWindows(run: CohortRun): Promise<void> {
  await ledger.closeRescissionWindows(run.call())
}
