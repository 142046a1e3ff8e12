/**
 * Decisions of people on a running cycle or cohort: Updates, answered by the run with a value or a refusal.
 *
 * The client-made id is the Update's id too, so that a repeated call gets the first answer from the server or from the ledger.
 */
import type { WorkflowUpdateHandle } from '@temporalio/client'
import type { UpdateDefinition } from '@temporalio/common'
import type { Outcome } from '../domain/refusal.js'
import { cohortId, cycleId, INITIAL_COHORT } from '../domain/run-ids.js'
import { bidsOfRound, presentRound, standingAward } from '../persistence/ledger/bids.js'
import { newestList } from '../persistence/ledger/customer-lists.js'
import { markBusy } from '../persistence/ledger/runs.js'
import { oweWakeUp } from '../persistence/ledger/wake-ups.js'
import {
  approveNoticeUpdate,
  awardUpdate,
  openBidsUpdate,
  planDropsUpdate,
  proveNoticeUpdate,
  signListUpdate,
} from '../workflows/messages.js'
import { refused } from '../domain/refusal.js'
import type { DropRequest } from '../workflows/ports.js'
import type { Answer, Asking, Desk } from './desk.js'
import { heardOnceBegun } from './patience.js'

async function decide<T, D extends { readonly verbId: string; readonly actor: string }>(
  desk: Desk,
  run: { readonly programId: string; readonly workflowId: string; readonly kind: 'cycle' | 'cohort' },
  update: UpdateDefinition<Outcome<T>, [D]>,
  decision: D,
): Answer<T> {
  // busy until the run has looked at what the decision made due
  await desk.database.tx((trx) => markBusy(trx, run))
  const handle = desk.temporal.workflow.getHandle(run.workflowId)
  const options = { args: [decision] as [D], updateId: decision.verbId, waitForStage: 'ACCEPTED' as const }
  let taken: WorkflowUpdateHandle<Outcome<T>>
  try {
    taken = await heardOnceBegun(desk, run.workflowId, () => handle.startUpdate(update, options))
  } catch (error) {
    // whether it was taken or not, the run looks again when it can be reached, and says what it waits for
    await desk.database.tx((trx) => oweWakeUp(trx, run.programId, run.workflowId))
    throw error
  }
  return taken.result()
}

const cycleRun = (programId: string) => ({ programId, workflowId: cycleId(programId), kind: 'cycle' as const })
const cohortRun = (programId: string, cohort: string) => ({
  programId,
  workflowId: cohortId(programId, cohort),
  kind: 'cohort' as const,
})

/** Signs the newest list of the program. */
export async function signList(desk: Desk, asking: Asking): Answer<{ signatures: number; needed: number }> {
  const list = await newestList(desk.database.kysely, asking.programId)
  if (list === undefined)
    return refused('NO_LIST', 'There is no customer list yet; import one with: meterhall list import')
  return decide(desk, cycleRun(asking.programId), signListUpdate, {
    verbId: asking.verbId,
    actor: asking.actor,
    listId: list.list_id,
  })
}

export async function openBids(desk: Desk, asking: Asking): Answer<{ bids: number; qualified: number }> {
  return decide(desk, cycleRun(asking.programId), openBidsUpdate, { verbId: asking.verbId, actor: asking.actor })
}

/** @param supplier marketing name of the bidder; null rejects all bids of the round. */
export async function award(desk: Desk, asking: Asking, supplier: string | null): Answer<{ outcome: string }> {
  let bidId: number | null = null
  if (supplier !== null) {
    const round = await presentRound(desk.database.kysely, asking.programId)
    const bids = await bidsOfRound(desk.database.kysely, asking.programId, round)
    const bid = bids.find((each) => each.supplier === supplier)
    // an unknown name is refused by the run, which also says in which phase it is
    bidId = bid?.bid_id ?? 0
  }
  return decide(desk, cycleRun(asking.programId), awardUpdate, { verbId: asking.verbId, actor: asking.actor, bidId })
}

/** It begins with the award, and is a row and a run a little later. */
async function initialCohort(
  desk: Desk,
  programId: string,
): Promise<Outcome<{ readonly programId: string; readonly workflowId: string; readonly kind: 'cohort' }>> {
  if ((await standingAward(desk.database.kysely, programId)) === null)
    return refused(
      'NO_AWARD',
      'Notices come after the award; this cycle has none yet. Look at what it waits for with: meterhall status',
    )
  return { ok: true, value: cohortRun(programId, INITIAL_COHORT) }
}

export async function planDrops(
  desk: Desk,
  asking: Asking,
  drops: readonly DropRequest[],
): Answer<{ drops: number; pieces: number }> {
  const run = await initialCohort(desk, asking.programId)
  return run.ok ? decide(desk, run.value, planDropsUpdate, { verbId: asking.verbId, actor: asking.actor, drops }) : run
}

export async function proveNotice(desk: Desk, asking: Asking): Answer<{ items: number }> {
  const run = await initialCohort(desk, asking.programId)
  return run.ok ? decide(desk, run.value, proveNoticeUpdate, { verbId: asking.verbId, actor: asking.actor }) : run
}

export async function approveNotice(desk: Desk, asking: Asking): Answer<{ batches: number }> {
  const run = await initialCohort(desk, asking.programId)
  return run.ok ? decide(desk, run.value, approveNoticeUpdate, { verbId: asking.verbId, actor: asking.actor }) : run
}
