/** Starting a program: its row in the ledger, then its cycle. */
import { type Outcome, refused } from '../domain/refusal.js'
import { cycleId } from '../domain/run-ids.js'
import { createProgram, type NewProgram } from '../persistence/ledger/programs.js'
import { markBusy } from '../persistence/ledger/runs.js'
import { type Asking, type Desk, verbOf } from './desk.js'
import { startCycle } from './start-runs.js'

/**
 * The cycle is started after the row is committed; asked again after a crash in between, only the cycle is started.
 *
 * One program in one installation: print batches, documents and the rights of operators do not name the program yet, and what
 * belongs to one town must never reach another.
 */
export async function startProgram(
  desk: Desk,
  asking: Asking,
  program: NewProgram,
): Promise<Outcome<{ readonly programId: string }>> {
  const created = await desk.database.tx(async (trx) => {
    const other = await trx
      .selectFrom('program')
      .select('program_id')
      .where('program_id', '!=', asking.programId)
      .executeTakeFirst()
    if (other !== undefined)
      return refused(
        'ANOTHER_PROGRAM',
        `This installation runs ${other.program_id}; a second program needs an installation of its own (another --data folder, or another database and file accounts).`,
      )
    const outcome = await createProgram(trx, verbOf(desk, asking), program)
    if (outcome.ok)
      await markBusy(trx, { programId: asking.programId, workflowId: cycleId(asking.programId), kind: 'cycle' })
    return outcome
  })
  if (!created.ok) return created
  await startCycle(desk, asking.programId, { mode: program.clock, offsetMs: program.offsetMs, startsAt: desk.now() })
  return created
}
