/**
 * Enrollment submission: requests grouped by bill group and read, sent before their cut-off, acknowledged and answered; and the
 * undoing of what a timely reply overtook.
 *
 * Mahomet plan, Implementation Procedures E.6; the utility's enrollment rules.
 */
import { ledger, send } from './activity-proxies.js'
import type { CohortRun } from './cohort-run.js'

/** One file after the other: the utility takes one connection of ours at a time. */
export async function sendInterchanges(run: CohortRun, interchanges: readonly number[]): Promise<void> {
  for (const interchangeId of interchanges) {
    run.marks.saw(await send.sendInterchange({ ...run.call(), mark: run.marks.mark, interchangeId }))
  }
}

export async function planInterchanges(run: CohortRun): Promise<void> {
  await ledger.planInterchanges(run.call())
}

/** Stage by stage: pulled from an unsent file, or a drop request, always without fee and with a letter. */
export async function planUndos(run: CohortRun): Promise<void> {
  await ledger.planUndos(run.call())
}

export async function raiseAlarms(run: CohortRun): Promise<void> {
  await ledger.raiseAlarms(run.call())
}
