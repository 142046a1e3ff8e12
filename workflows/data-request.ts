/**
 * Data request: the signed form goes to the utility by e-mail; a reminder follows when no list comes in time.
 *
 * 83 Ill. Adm. Code 470.100(a); Mahomet plan, Implementation Procedures A.
 */
import { carryOutPhase } from './cycle-phase.js'
import type { CycleRun } from './cycle-run.js'

/** Over when a customer list has been stored, by whichever way it came. */
export async function dataRequest(run: CycleRun): Promise<void> {
  await carryOutPhase(run, 'data-request')
}
