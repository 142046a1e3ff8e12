/** How people speak to a running cycle or cohort: decisions are Updates. */
import { defineUpdate } from '@temporalio/workflow'
import type { Outcome } from '../domain/refusal.js'
import type { Decision, DropRequest } from './ports.js'

export const TASK_QUEUES = {
  main: 'meterhall',
  compute: 'meterhall-compute',
  send: 'meterhall-send',
  ledger: 'meterhall-ledger',
} as const

export const signListUpdate = defineUpdate<
  Outcome<{ signatures: number; needed: number }>,
  [Decision & { listId: string }]
>('signList')
export const openBidsUpdate = defineUpdate<Outcome<{ bids: number; qualified: number }>, [Decision]>('openBids')
/** `bidId` null rejects all bids of the round. */
export const awardUpdate = defineUpdate<Outcome<{ outcome: string }>, [Decision & { bidId: number | null }]>('award')
export const planDropsUpdate = defineUpdate<
  Outcome<{ drops: number; pieces: number }>,
  [Decision & { drops: readonly DropRequest[] }]
>('planDrops')
export const proveNoticeUpdate = defineUpdate<Outcome<{ items: number }>, [Decision]>('proveNotice')
export const approveNoticeUpdate = defineUpdate<Outcome<{ batches: number }>, [Decision]>('approveNotice')
