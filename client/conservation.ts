/**
 * Conservation: every account that the utility listed is in exactly one disposition, and no other account is in any.
 *
 * The list files stand on one side, read again from their bytes; the journal on the other.
 */
import type { Kysely } from 'kysely'
import { DISPOSITIONS, type Disposition } from '../domain/account.js'
import type { Tables } from '../persistence/tables.js'
import { accountTable } from './account-table.js'

export interface Conservation {
  readonly listed: number
  readonly dispositions: Readonly<Record<Disposition, number>>
  /** Listed and in no disposition. */
  readonly lost: number
  /** In a disposition and not listed. */
  readonly foreign: number
  /** Named twice in the journal. */
  readonly doubled: number
  readonly balances: boolean
}

/** @param listed account numbers as the list files name them, refused rows left out */
export async function conservationOf(
  db: Kysely<Tables>,
  programId: string,
  listed: ReadonlySet<string>,
): Promise<Conservation> {
  const dispositions = Object.fromEntries(DISPOSITIONS.map((disposition) => [disposition, 0])) as Record<
    Disposition,
    number
  >
  const seen = new Set<string>()
  let lost = 0
  let foreign = 0
  let doubled = 0
  for await (const line of accountTable(db, programId)) {
    if (seen.has(line.accountNumber)) doubled += 1
    seen.add(line.accountNumber)
    if (!listed.has(line.accountNumber)) foreign += 1
    else if (line.disposition === null) lost += 1
    else dispositions[line.disposition] += 1
  }
  for (const account of listed) if (!seen.has(account)) lost += 1
  return { listed: listed.size, dispositions, lost, foreign, doubled, balances: lost + foreign + doubled === 0 }
}
