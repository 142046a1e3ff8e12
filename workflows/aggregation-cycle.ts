/**
 * `aggregationCycle`: one aggregation cycle of one program, as the plan's table of contents lists it.
 */
import { carryOutPhase } from './cycle-phase.js'
import type { CycleInput, CycleRun } from './cycle-run.js'
import { dataRequest } from './data-request.js'
import { listReview, takeSignatures } from './list-review.js'
import { startClock } from './program-time.js'
import { keepMark } from './restore-mark.js'
import { rfpAward, takeAwardDecisions } from './rfp-award.js'
import { startInitialCohort } from './initial-cohort.js'

export async function aggregationCycle(input: CycleInput): Promise<void> {
  const run = setUp(input)
  await dataRequest(run)
  await listReview(run)
  await rfpAward(run)
  await startInitialCohort(run)
  await carryOutPhase(run, 'term')
}

function setUp(input: CycleInput): CycleRun {
  const clock = startClock(input.time)
  const run: CycleRun = {
    input,
    clock,
    marks: keepMark(),
    call: () => ({ programId: input.programId, asOf: clock.now() }),
    async decide(carryOut) {
      const answer = await carryOut()
      clock.wake()
      return answer
    },
  }
  takeSignatures(run)
  takeAwardDecisions(run)
  return run
}
