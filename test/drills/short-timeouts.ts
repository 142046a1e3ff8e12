/**
 * For drills only: the production workflows with short activity timeouts, so that a killed worker is noticed in seconds. The
 * production bundle does not contain this.
 */
import type { WorkflowInterceptors } from '@temporalio/workflow'

/** The product's heartbeats follow: see drill-worker.mjs. */
const NOTICED_AFTER = '6s'
const TRIED_AGAIN_WITHIN = '1s'

export const interceptors = (): WorkflowInterceptors => ({
  outbound: [
    {
      scheduleActivity(input, next) {
        const { heartbeatTimeout, startToCloseTimeout } = input.options
        const limits =
          heartbeatTimeout === undefined
            ? { startToCloseTimeout: NOTICED_AFTER }
            : { startToCloseTimeout, heartbeatTimeout: NOTICED_AFTER }
        const retry = { ...input.options.retry, initialInterval: '200ms', maximumInterval: TRIED_AGAIN_WITHIN }
        return next({ ...input, options: { ...input.options, ...limits, retry } as typeof input.options })
      },
    },
  ],
})
