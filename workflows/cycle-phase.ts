/** How a cycle goes through one phase: ask the ledger what is due, do it in order, wait for the next due instant or a fact. */
import { assertNever } from '../domain/invariant.js'
import type { CycleDuty, CyclePhase } from '../domain/run-duties.js'
import { compute, ledger, send } from './activity-proxies.js'
import type { CycleRun } from './cycle-run.js'

/** Returns when the phase is done. */
export async function carryOutPhase(run: CycleRun, phase: CyclePhase): Promise<void> {
  for (;;) {
    const agenda = await ledger.cycleAgenda({ ...run.call(), phase, mark: run.marks.nextTurn() })
    run.marks.take(agenda.mark)
    for (const duty of agenda.due) await carryOut(run, duty)
    if (agenda.due.length > 0) continue
    if (agenda.done) return
    await run.clock.waitUntil(agenda.nextDue)
  }
}

function carryOut(run: CycleRun, duty: CycleDuty): Promise<void> {
  switch (duty.kind) {
    case 'draft-data-request':
      return compute.draftDataRequest(run.call())
    case 'send-mail':
      return sendMail(run, duty.sendingId)
    case 'remind-utility':
      return ledger.remindUtility(run.call())
    case 'review-list':
      return compute.reviewList({ ...run.call(), listId: duty.listId })
    case 'issue-rfp':
      return compute.issueRfp(run.call())
    case 'evaluate-bids':
      return compute.evaluateBids(run.call())
    case 'expire-price-lock':
      return ledger.expirePriceLock(run.call())
    case 'draft-commission-filing':
      return compute.draftCommissionFiling(run.call())
    case 'note-filing-clock':
      return ledger.noteFilingClock(run.call())
    default:
      return assertNever(duty)
  }
}

async function sendMail(run: CycleRun, sendingId: number): Promise<void> {
  run.marks.saw(await send.sendMail({ ...run.call(), mark: run.marks.mark, sendingId }))
}
