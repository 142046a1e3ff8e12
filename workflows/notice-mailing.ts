/**
 * Notice mailing: drops planned, proof checked and approved, letters printed and handed to the mail house.
 *
 * Mahomet plan, Implementation Procedures C and E.1–E.2; 83 Ill. Adm. Code 470.210.
 */
import { setHandler } from '@temporalio/workflow'
import { bulk, compute, ledger, send } from './activity-proxies.js'
import type { CohortRun } from './cohort-run.js'
import { approveNoticeUpdate, planDropsUpdate, proveNoticeUpdate } from './messages.js'

/** Two cores render side by side; more would only queue. */
const RENDERED_AT_ONCE = 2

/** Takes the village's decisions on the notice for as long as the run lives; a late one comes back as a refusal. */
export function takeNoticeDecisions(run: CohortRun): void {
  setHandler(planDropsUpdate, (decision) => run.decide(() => bulk.planDrops({ ...run.call(), ...decision })))
  setHandler(proveNoticeUpdate, (decision) => run.decide(() => compute.proveNotice({ ...run.call(), ...decision })))
  setHandler(approveNoticeUpdate, (decision) => run.decide(() => ledger.approveNotice({ ...run.call(), ...decision })))
}

/** Renders side by side, hands over one at a time and in order. */
export async function printBatches(run: CohortRun, batches: readonly number[]): Promise<void> {
  const rendered = new Map<number, Promise<void>>()
  let next = 0
  const renderNext = (): void => {
    const batchId = batches[next++]
    if (batchId !== undefined) rendered.set(batchId, compute.renderBatch({ ...run.call(), batchId }))
  }
  for (let i = 0; i < RENDERED_AT_ONCE; i++) renderNext()
  for (const batchId of batches) {
    await rendered.get(batchId)
    rendered.delete(batchId)
    renderNext()
    run.marks.saw(await send.handOverBatch({ ...run.call(), mark: run.marks.mark, batchId }))
  }
}
