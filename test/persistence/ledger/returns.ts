/** Letters that come back, and letters that are sent once more. */
import type { Instant } from '../../../domain/instant.js'
import type { Outcome } from '../../../domain/refusal.js'
import { addReturn, planReMail } from '../../../persistence/ledger/re-mails.js'
import { granted, printAll } from './phases.js'
import { central, day, verb, type Village } from './village.js'
import { accountOf } from './where-they-stand.js'

/** The account's newest letter comes back and its code is scanned. */
export async function returnNotice(
  village: Village,
  number: string,
  on: string,
  at: Instant = central('2027-03-08'),
): Promise<void> {
  granted(await tryReturn(village, await newestCode(village, number), on, at))
}

export async function newestCode(village: Village, number: string): Promise<string> {
  const { account_id: id } = await accountOf(village, number)
  const piece = await village.database.kysely
    .selectFrom('piece')
    .select('letter_code')
    .where('account_id', '=', id)
    .orderBy('piece_id', 'desc')
    .executeTakeFirstOrThrow()
  return piece.letter_code
}

export async function tryReturn(
  village: Village,
  code: string,
  on: string,
  at: Instant,
): Promise<Outcome<{ readonly cohort: string }>> {
  return village.database.tx((trx) => addReturn(trx, verb(village, at), code, day(on), village.terms))
}

export async function tryReMail(village: Village, numbers: readonly string[], on: string, at: Instant) {
  const ids = await Promise.all(numbers.map(async (number) => (await accountOf(village, number)).account_id))
  return village.database.tx((trx) => planReMail(trx, verb(village, at), ids, day(on), village.terms))
}

/** Planned, printed and handed over on the same day. */
export async function reMail(village: Village, numbers: readonly string[], on: string, at: Instant) {
  const planned = granted(await tryReMail(village, numbers, on, at))
  await printAll(village, at)
  return planned
}
