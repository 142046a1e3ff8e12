/** After a restore: a person says that both stores have been compared with the parties; sending is released. */
import { cohortId, cycleId } from '../domain/run-ids.js'
import { reconcile as recordReconciliation } from '../persistence/ledger/restores.js'
import { oweWakeUp } from '../persistence/ledger/wake-ups.js'
import { type Answer, type Asking, type Desk, verbOf } from './desk.js'

export async function reconcile(desk: Desk, asking: Asking, why: string): Answer<{ readonly released: boolean }> {
  return desk.database.tx(async (trx) => {
    const outcome = await recordReconciliation(trx, verbOf(desk, asking), why)
    if (!outcome.ok) return outcome
    await oweWakeUp(trx, asking.programId, cycleId(asking.programId))
    const cohorts = await trx.selectFrom('cohort').select('cohort').where('program_id', '=', asking.programId).execute()
    for (const { cohort } of cohorts) await oweWakeUp(trx, asking.programId, cohortId(asking.programId, cohort))
    return outcome
  })
}
