/** Receipts under load: those that come while a transaction is under way are recorded together in the next, each answered after its commit. */
import type { Outcome } from '../domain/refusal.js'
import type { Database } from '../persistence/database.js'
import { inBatches } from '../persistence/in-batches.js'
import { type AskedReceipt, type Receipt, recordReceipts } from '../persistence/ledger/receipts.js'
import { readProgram } from '../persistence/ledger/programs.js'

/** More at once are not recorded faster, and everybody waits for the slowest. */
const MOST_AT_ONCE = 100

type Intake = (receipt: AskedReceipt) => Promise<Outcome<Receipt>>

/** By program, so that none waits for what another one has locked. */
const intakes = new WeakMap<Database, Map<string, Intake>>()

/** Committed when it resolves. Under the same id it is recorded once. */
export function intakeReceipt(database: Database, receipt: AskedReceipt): Promise<Outcome<Receipt>> {
  const { programId } = receipt.verb
  const ofPrograms = intakes.get(database) ?? new Map<string, Intake>()
  intakes.set(database, ofPrograms)
  const intake = ofPrograms.get(programId) ?? intakeOf(database, programId)
  ofPrograms.set(programId, intake)
  return intake(receipt)
}

function intakeOf(database: Database, programId: string): Intake {
  return inBatches(MOST_AT_ONCE, async (receipts) => {
    const { terms } = await readProgram(database.kysely, database, programId)
    return database.tx((trx) => recordReceipts(trx, receipts, terms))
  })
}
