/**
 * RFP and award: the request goes out with anonymous usage, sealed bids are opened together, the board awards, rejects all, or
 * asks again. Quotes that nobody signed expire at the end of the day on which they were opened.
 *
 * Mahomet plan, The Role of the Village E–F; Power Supply Agreement A–B.
 */
import { setHandler } from '@temporalio/workflow'
import { ledger } from './activity-proxies.js'
import { carryOutPhase } from './cycle-phase.js'
import type { CycleRun } from './cycle-run.js'
import { awardUpdate, openBidsUpdate } from './messages.js'

/** Takes the board's decisions for as long as the run lives; one that comes in another phase is answered with a refusal. */
export function takeAwardDecisions(run: CycleRun): void {
  setHandler(openBidsUpdate, (decision) => run.decide(() => ledger.openBids({ ...run.call(), ...decision })))
  setHandler(awardUpdate, (decision) => run.decide(() => ledger.decideAward({ ...run.call(), ...decision })))
}

/** Over with an award; a round without one leaves the phase waiting for new bids. */
export async function rfpAward(run: CycleRun): Promise<void> {
  await carryOutPhase(run, 'rfp-award')
}
