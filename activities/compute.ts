/** The activities of the compute queue: parsing and rendering, in worker threads where they take long. */
import type { ComputeActivities } from '../workflows/ports.js'
import { draftCommissionFiling } from './commission-filing.js'
import type { ActivityContext } from './context.js'
import { draftDataRequest } from './data-request.js'
import { reviewList } from './list-review.js'
import { renderBatch } from './print-batch.js'
import { proveNotice } from './prove-notice.js'
import { evaluateBids, issueRfp } from './rfp-award.js'

export function createComputeActivities(context: ActivityContext): ComputeActivities {
  return {
    draftDataRequest: (call) => draftDataRequest(context, call),
    reviewList: (call) => reviewList(context, call),
    issueRfp: (call) => issueRfp(context, call),
    evaluateBids: (call) => evaluateBids(context, call),
    draftCommissionFiling: (call) => draftCommissionFiling(context, call),
    proveNotice: (call) => proveNotice(context, call),
    renderBatch: (call) => renderBatch(context, call),
  }
}
