/** A choice of accounts for one mailing drop, kept in the ledger so that no number passes through a workflow. */
import { accepted, refused } from '../domain/refusal.js'
import { INITIAL_COHORT } from '../domain/run-ids.js'
import { slices } from '../persistence/ledger/chunks.js'
import type { Answer, Asking, Desk } from './desk.js'

/** Accounts that are not enrolled automatically get no notice: they are left out and counted. */
export async function storeSelection(
  desk: Desk,
  asking: Asking,
  drop: number,
  accounts: readonly string[],
): Answer<{ readonly selection: string; readonly leftOut: number }> {
  const selection = `${asking.verbId}/drop-${drop}`
  return desk.database.tx(async (trx) => {
    let chosen = 0
    let known = 0
    for (const numbers of slices([...new Set(accounts)])) {
      const rows = await trx
        .selectFrom('account')
        .select(['account_id', 'cohort'])
        .where('program_id', '=', asking.programId)
        .where('account_number', 'in', [...numbers])
        .execute()
      const fit = rows.filter((row) => row.cohort === INITIAL_COHORT)
      known += rows.length
      chosen += fit.length
      if (fit.length === 0) continue
      await trx
        .insertInto('selection')
        .values(
          fit.map((row) => ({ selection_id: selection, program_id: asking.programId, account_id: row.account_id })),
        )
        .onConflict((conflict) => conflict.doNothing())
        .execute()
    }
    if (known < new Set(accounts).size)
      return refused('NO_SUCH_ACCOUNT', `Drop ${drop} names an account that is not on the list; compare the numbers.`)
    return accepted({ selection, leftOut: known - chosen })
  })
}

/** Account numbers as people type them, to the ledger's own ids. */
export async function accountIdsOf(
  desk: Desk,
  programId: string,
  accounts: readonly string[],
): Answer<readonly number[]> {
  const numbers = [...new Set(accounts)]
  const rows = await desk.database.kysely
    .selectFrom('account')
    .select('account_id')
    .where('program_id', '=', programId)
    .where('account_number', 'in', numbers)
    .execute()
  if (rows.length < numbers.length)
    return refused('NO_SUCH_ACCOUNT', 'One of these accounts is not on the list; compare the numbers.')
  return accepted(rows.map((row) => row.account_id))
}
