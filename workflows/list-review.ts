/**
 * List review: the newest list is reviewed; people sign the reviewed list off. A newer list that comes before the last signature
 * takes its place and is reviewed and signed again.
 *
 * Mahomet plan, The Role of the Village D; Implementation Procedures B.
 */
import { setHandler } from '@temporalio/workflow'
import { ledger } from './activity-proxies.js'
import { carryOutPhase } from './cycle-phase.js'
import type { CycleRun } from './cycle-run.js'
import { signListUpdate } from './messages.js'

/** Takes signatures for as long as the run lives; one that comes in another phase is answered with a refusal. */
export function takeSignatures(run: CycleRun): void {
  setHandler(signListUpdate, (decision) => run.decide(() => ledger.signList({ ...run.call(), ...decision })))
}

/** Over when the reviewed list bears the signatures that the plan asks for. */
export async function listReview(run: CycleRun): Promise<void> {
  await carryOutPhase(run, 'list-review')
}
