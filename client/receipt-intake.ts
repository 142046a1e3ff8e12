/** Receipts under load: those that come while a transaction is under way are recorded together in the next, each answered after its commit. */
import type { PlanTerms } from '../domain/plan.js'
import type { Outcome } from '../domain/refusal.js'
import type { Database } from '../persistence/database.js'
import { inBatches } from '../persistence/in-batches.js'
import { type AskedReceipt, type Receipt, recordReceipts } from '../persistence/ledger/receipts.js'

/** More at once are not recorded faster, and everybody waits for the slowest. */
const MOST_AT_ONCE = 100

interface WaitingReceipt extends AskedReceipt {
  readonly terms: PlanTerms
}

type Intake = (receipt: WaitingReceipt) => Promise<Outcome<Receipt>>

const intakes = new WeakMap<Database, Intake>()

/** Committed when it resolves. Under the same id it is recorded once. */
export function intakeReceipt(database: Database, receipt: WaitingReceipt): Promise<Outcome<Receipt>> {
  const intake = intakes.get(database) ?? inBatches(MOST_AT_ONCE, (receipts) => recordByProgram(database, receipts))
  intakes.set(database, intake)
  return intake(receipt)
}

async function recordByProgram(
  database: Database,
  receipts: readonly WaitingReceipt[],
): Promise<readonly Outcome<Receipt>[]> {
  const outcomes: Outcome<Receipt>[] = []
  for (const programId of new Set(receipts.map(({ verb }) => verb.programId))) {
    const places = [...receipts.keys()].filter((place) => receipts[place]?.verb.programId === programId)
    const asked = places.map((place) => receipts[place] as WaitingReceipt)
    const { terms } = asked[0] as WaitingReceipt
    const recorded = await database.tx((trx) => recordReceipts(trx, asked, terms))
    places.forEach((place, index) => {
      outcomes[place] = recorded[index] as Outcome<Receipt>
    })
  }
  return outcomes
}
