/**
 * `cohort`: the accounts noticed together, from the notice mailing to service.
 *
 * Many clocks (per drop, per re-mailed piece, per cut-off, per processing date), one timer: the run asks the ledger what is due,
 * does it in order, and sleeps until the next due instant or until a fact comes in. Its state is in the ledger; a new run of the
 * same workflow goes on where the last one stopped.
 */
import { allHandlersFinished, condition, continueAsNew, workflowInfo } from '@temporalio/workflow'
import { assertNever } from '../domain/invariant.js'
import type { CohortDuty } from '../domain/run-duties.js'
import { bulk, ledger } from './activity-proxies.js'
import { planInterchanges, planUndos, raiseAlarms, sendInterchanges } from './enrollment-submission.js'
import { printBatches, takeNoticeDecisions } from './notice-mailing.js'
import type { CohortInput, CohortRun } from './cohort-run.js'
import { startClock } from './program-time.js'
import { keepMark } from './restore-mark.js'
import { closeRescissionWindows } from './rescission-window.js'
import { startFollowUp } from './response-window.js'

export async function cohort(input: CohortInput): Promise<void> {
  const run = setUp(input)
  for (;;) {
    const agenda = await ledger.cohortAgenda({ ...run.call(), mark: run.marks.nextTurn() })
    run.marks.take(agenda.mark)
    for (const duty of agenda.due) await carryOut(run, duty)
    if (agenda.due.length > 0) continue
    if (workflowInfo().continueAsNewSuggested) {
      await condition(allHandlersFinished)
      await continueAsNew<typeof cohort>({ ...input, time: run.clock.carriedOver(), mark: run.marks.mark })
    }
    await run.clock.waitUntil(agenda.nextDue)
  }
}

function setUp(input: CohortInput): CohortRun {
  const clock = startClock(input.time)
  const run: CohortRun = {
    input,
    clock,
    marks: keepMark(input.mark),
    call: () => ({ programId: input.programId, cohort: input.cohort, asOf: clock.now() }),
    async decide(carryOut) {
      const answer = await carryOut()
      clock.wake()
      return answer
    },
  }
  takeNoticeDecisions(run)
  return run
}

function carryOut(run: CohortRun, duty: CohortDuty): Promise<void> {
  switch (duty.kind) {
    case 'print-batches':
      return printBatches(run, duty.batches)
    case 'apply-evidence':
      return bulk.applyEvidence(run.call())
    case 'close-windows':
      return ledger.closeWindows(run.call())
    case 'freeze-roster':
      return bulk.freezeRoster(run.call())
    case 'start-follow-up':
      return startFollowUp(run, duty.cohort)
    case 'plan-undos':
      return planUndos(run)
    case 'plan-interchanges':
      return planInterchanges(run)
    case 'send-interchanges':
      return sendInterchanges(run, duty.interchanges)
    case 'raise-alarms':
      return raiseAlarms(run)
    case 'close-rescission-windows':
      return closeRescissionWindows(run)
    default:
      return assertNever(duty)
  }
}
