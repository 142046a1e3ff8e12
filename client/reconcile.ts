/** After a restore: a person says that both stores have been compared with the parties; sending is released. */
import { reconcile as recordReconciliation } from '../persistence/ledger/restores.js'
import { type Answer, type Asking, type Desk, verbOf } from './desk.js'
import { startMissingRuns } from './start-runs.js'

/** Runs that the workflow server lost are started again; each finds in the ledger where it was. */
export async function reconcile(desk: Desk, asking: Asking, why: string): Answer<{ readonly released: boolean }> {
  const outcome = await desk.database.tx((trx) => recordReconciliation(trx, verbOf(desk, asking), why))
  if (outcome.ok) await startMissingRuns(desk, asking.programId)
  return outcome
}
