/** Replies of households, and what the ledger said to them. */
import type { CivilDate } from '../../../domain/civil-date.js'
import type { Instant } from '../../../domain/instant.js'
import { invariant } from '../../../domain/invariant.js'
import type { Outcome } from '../../../domain/refusal.js'
import { type NewReceipt, type Receipt, recordReceipts } from '../../../persistence/ledger/receipts.js'
import type { Row } from '../../../persistence/tables.js'
import { granted } from './phases.js'
import { central, verb, type Village } from './village.js'

/** A web reply of 10 March, well inside every window, unless told otherwise. */
export function aReply(account: string, given: Partial<NewReceipt> = {}): NewReceipt {
  return { account, channel: 'web', postmark: null, received: central('2027-03-10'), signed: true, ...given }
}

export function aCard(account: string, postmark: string | null, received: Instant, signed = true): NewReceipt {
  return { account, channel: 'card', postmark: postmark as CivilDate | null, received, signed }
}

/** Recorded at the moment it came in. */
export async function answer(
  village: Village,
  reply: NewReceipt,
  at: Instant = reply.received,
): Promise<Outcome<Receipt>> {
  const asked = [{ verb: verb(village, at), reply }]
  const [outcome] = await village.database.tx((trx) => recordReceipts(trx, asked, village.terms))
  invariant(outcome !== undefined, 'one reply has one outcome')
  return outcome
}

export async function optOut(village: Village, account: string, at: Instant = central('2027-03-10')): Promise<Receipt> {
  return granted(await answer(village, aReply(account, { received: at })))
}

/** A card postmarked in time that comes when the roster is frozen already. */
export async function timelyCard(village: Village, account: string, at: Instant): Promise<Receipt> {
  return granted(await answer(village, aCard(account, '2027-03-15', at)))
}

export async function repliesOf(village: Village, accountId: number): Promise<Row<'receipt'>[]> {
  return village.database.kysely
    .selectFrom('receipt')
    .selectAll()
    .where('program_id', '=', village.programId)
    .where('account_id', '=', accountId)
    .orderBy('receipt_id')
    .execute()
}
