/** The activities of the send queue: one outside party each, one sending at a time. */
import { cohortId, cycleId } from '../domain/run-ids.js'
import { checkSending, ledgerVersion, type MarkedRun } from '../persistence/ledger/restores.js'
import type { CohortCall, Marked, ProgramCall, SendActivities } from '../workflows/ports.js'
import type { ActivityContext } from './context.js'
import { sendInterchange } from './enrollment.js'
import { withHeartbeat } from './heartbeat.js'
import { handOverBatch } from './print-batch.js'
import { sendMail } from './send-mail.js'

export function createSendActivities(context: ActivityContext): SendActivities {
  return {
    sendMail: (call) => sendUnder(context, call, cycleRun(call), () => sendMail(context, call)),
    handOverBatch: (call) => sendUnder(context, call, cohortRun(call), () => handOverBatch(context, call)),
    sendInterchange: (call) => sendUnder(context, call, cohortRun(call), () => sendInterchange(context, call)),
  }
}

const cycleRun = (call: ProgramCall & Marked): MarkedRun => ({
  ...call,
  workflowId: cycleId(call.programId),
  kind: 'cycle',
})
const cohortRun = (call: CohortCall & Marked): MarkedRun => ({
  ...call,
  workflowId: cohortId(call.programId, call.cohort),
  kind: 'cohort',
})

async function sendUnder(
  context: ActivityContext,
  call: ProgramCall,
  run: MarkedRun,
  send: () => Promise<void>,
): Promise<number> {
  return withHeartbeat(context, async () => {
    await context.database.tx((trx) => checkSending(trx, run, call.asOf))
    await send()
    return ledgerVersion(context.database.kysely, call.programId)
  })
}
