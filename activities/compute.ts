/** The activities of the compute queue: parsing and rendering, in worker threads where they take long. */
import type { ComputeActivities } from '../workflows/ports.js'
import { draftCommissionFiling } from './commission-filing.js'
import type { ActivityContext } from './context.js'
import { draftDataRequest } from './data-request.js'
import { withHeartbeat } from './heartbeat.js'
import { reviewList } from './list-review.js'
import { renderBatch } from './print-batch.js'
import { proveNotice } from './prove-notice.js'
import { evaluateBids, issueRfp } from './rfp-award.js'

export function createComputeActivities(context: ActivityContext): ComputeActivities {
  const alive = <T>(work: () => Promise<T>): Promise<T> => withHeartbeat(context, work)
  return {
    draftDataRequest: (call) => alive(() => draftDataRequest(context, call)),
    reviewList: (call) => alive(() => reviewList(context, call)),
    issueRfp: (call) => alive(() => issueRfp(context, call)),
    evaluateBids: (call) => alive(() => evaluateBids(context, call)),
    draftCommissionFiling: (call) => alive(() => draftCommissionFiling(context, call)),
    proveNotice: (call) => alive(() => proveNotice(context, call)),
    renderBatch: (call) => alive(() => renderBatch(context, call)),
  }
}
