/** The activities as seen from a workflow: which queue, how long, how often. */
import { proxyActivities } from '@temporalio/workflow'
import { TASK_QUEUES } from './messages.js'
import type { BulkActivities, ComputeActivities, LedgerActivities, SendActivities } from './ports.js'

/** Infrastructure comes back by itself: try for ever, at most a minute apart, so that an outage costs a minute and not a decision. */
const UNTIL_IT_WORKS = { initialInterval: '1s', backoffCoefficient: 2, maximumInterval: '1 minute' } as const

/** A transaction over at most 1,000 accounts takes well under a second; a minute covers a database that is starting. */
export const ledger = proxyActivities<LedgerActivities>({
  taskQueue: TASK_QUEUES.ledger,
  startToCloseTimeout: '1 minute',
  retry: UNTIL_IT_WORKS,
})

/** Chunk after chunk with a heartbeat each: a chunk takes seconds, all of them may take long. */
export const bulk = proxyActivities<BulkActivities>({
  taskQueue: TASK_QUEUES.ledger,
  startToCloseTimeout: '2 hours',
  heartbeatTimeout: '1 minute',
  retry: UNTIL_IT_WORKS,
})

/** Rendering and parsing heartbeat; a worker that died is noticed after 30 s. */
export const compute = proxyActivities<ComputeActivities>({
  taskQueue: TASK_QUEUES.compute,
  startToCloseTimeout: '30 minutes',
  heartbeatTimeout: '30s',
  retry: UNTIL_IT_WORKS,
})

/** A relay may take ten minutes to answer after the final dot (RFC 5321, 4.5.3.2.6). */
export const send = proxyActivities<SendActivities>({
  taskQueue: TASK_QUEUES.send,
  startToCloseTimeout: '15 minutes',
  heartbeatTimeout: '30s',
  retry: UNTIL_IT_WORKS,
})
