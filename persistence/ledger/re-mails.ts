/**
 * Undeliverable mail and its re-mailing: a returned notice reached nobody, so its household has not been asked.
 *
 * Mahomet plan, Implementation Procedures E.5. Each re-mailed piece has its own clock. One that closes after the drops' last
 * goes to a follow-up cohort (follow-ups.ts) with its own roster.
 */
import { clauseOf } from '../../domain/clause.js'
import type { CivilDate } from '../../domain/civil-date.js'
import { compareInstants, dateIn } from '../../domain/instant.js'
import type { PlanTerms } from '../../domain/plan.js'
import { accepted, type Outcome, refused } from '../../domain/refusal.js'
import { responseWindow } from '../../domain/response-window.js'
import { cohortId } from '../../domain/run-ids.js'
import { LIVE } from './answered-requests.js'
import { CHUNK_ACCOUNTS } from './chunks.js'
import { moveAccounts, nextDropNo, openFollowUp } from './follow-ups.js'
import { appendEvents, type Occasion, type Trx } from './journal.js'
import { dropsOf, lockedCohort, newDrop } from './notices.js'
import { addBatch } from './print-batches.js'
import { once, type Verb } from './verbs.js'
import { oweWakeUp } from './wake-ups.js'
import { closeItemsOf, openWorkItems } from './work-items.js'

const ITEM = 'notice-returned'

/** @param letterCode the code on the returned piece */
export async function addReturn(
  trx: Trx,
  verb: Verb,
  letterCode: string,
  returnedOn: CivilDate,
  terms: PlanTerms,
): Promise<Outcome<{ readonly cohort: string }>> {
  return once<{ cohort: string }>(trx, verb, 'add-return', async () => {
    const clause = clauseOf(terms.clauses.omittedMember)
    const piece = await trx
      .selectFrom('piece')
      .innerJoin('account', 'account.account_id', 'piece.account_id')
      .select(['piece.piece_id', 'piece.cohort', 'piece.drop_no', 'piece.returned_on'])
      .select(['account.account_id', 'account.state', 'account.cohort as home'])
      .where('piece.program_id', '=', verb.programId)
      .where('piece.letter_code', '=', letterCode)
      .forUpdate(['account', 'piece'])
      .executeTakeFirst()
    if (piece === undefined) {
      const why = 'No letter of this program has that code; compare it with the printed one.'
      return refused('NO_SUCH_LETTER', why, clause)
    }
    if (returnedOn > dateIn(terms.zone, verb.at)) {
      return refused('RETURN_FROM_FUTURE', 'The return is dated after today; check the date.', clause)
    }
    if (piece.returned_on !== null) return accepted({ cohort: piece.cohort })
    const place = { cohort: piece.cohort, accountId: piece.account_id, clause }
    await trx.updateTable('piece').set({ returned_on: returnedOn }).where('piece_id', '=', piece.piece_id).execute()
    const data = { on: returnedOn, drop: piece.drop_no }
    await appendEvents(trx, verb, [{ ...place, kind: 'notice-returned', effective: returnedOn, data }])
    if (['opted-out', 'rescinded', 'rejected'].includes(piece.state)) return accepted({ cohort: piece.cohort })
    await trx.updateTable('account').set({ state: 'returned' }).where('account_id', '=', piece.account_id).execute()
    const message =
      'The notice came back undeliverable: find the right address and re-mail it, or leave the account out.'
    await openWorkItems(trx, verb, [{ ...place, kind: ITEM, message }])
    await oweWakeUp(trx, verb.programId, cohortId(verb.programId, piece.home ?? piece.cohort))
    return accepted({ cohort: piece.cohort })
  })
}

/** Prints the notice of returned accounts again, with its own deadline, for the mail house to send on the planned day. */
export async function planReMail(
  trx: Trx,
  verb: Verb,
  accountIds: readonly number[],
  plannedOn: CivilDate,
  terms: PlanTerms,
): Promise<Outcome<{ readonly cohort: string; readonly dropNo: number }>> {
  return once<{ cohort: string; dropNo: number }>(trx, verb, 'plan-re-mail', async () => {
    const clause = clauseOf(terms.clauses.omittedMember)
    if (accountIds.length === 0 || accountIds.length > CHUNK_ACCOUNTS) {
      return refused('RE_MAIL_SIZE', `Re-mail between 1 and ${CHUNK_ACCOUNTS} notices at a time.`, clause)
    }
    if (plannedOn < dateIn(terms.zone, verb.at)) {
      const why = 'The re-mailing is planned before today; give a mailing date from today on.'
      return refused('DROP_IN_THE_PAST', why, clause)
    }
    const accounts = await trx
      .selectFrom('account')
      .select(['account_id', 'state', 'cohort'])
      .where('program_id', '=', verb.programId)
      .where('account_id', 'in', [...accountIds])
      .orderBy('account_id')
      .forUpdate()
      .execute()
    const home = accounts[0]?.cohort ?? null
    if (
      home === null ||
      accounts.length !== accountIds.length ||
      accounts.some((row) => row.state !== 'returned' && row.state !== 'not-noticed')
    ) {
      const why = 'Only notices that came back undeliverable are re-mailed; record the return first.'
      return refused('NOT_RETURNED', why, clause)
    }
    if (accounts.some((row) => row.cohort !== home)) {
      return refused('SEVERAL_COHORTS', 'These notices belong to several cohorts; re-mail them apart.', clause)
    }
    if (await isUnderWay(trx, accountIds)) {
      const why = 'A notice is on its way to one of these households already; enter its evidence or its return first.'
      return refused('RE_MAIL_UNDER_WAY', why, clause)
    }
    if (await isStillEnrolling(trx, accountIds)) {
      const why =
        'An enrollment of one of these households is still being undone; re-mail when the utility has answered.'
      return refused('NOT_UNDONE_YET', why, clause)
    }
    const cohort = await cohortFor(trx, verb, home, plannedOn, terms)
    if (cohort !== home) await moveAccounts(trx, verb, home, cohort, accountIds)
    const dropNo = await nextDropNo(trx, verb.programId, cohort)
    const kind = cohort === home ? 're-mail' : 'notice'
    const drop = newDrop(verb.programId, cohort, dropNo, kind, plannedOn, terms)
    await trx
      .insertInto('mailing_drop')
      .values({ ...drop, pieces: accountIds.length, state: 'approved' })
      .execute()
    await addBatch(trx, { programId: verb.programId, cohort }, dropNo, kind, accountIds)
    const resolution = `re-mailed with drop ${dropNo} of ${cohort}`
    for (const accountId of accountIds) await closeItemsOf(trx, verb, accountId, [ITEM, 'omitted-member'], resolution)
    await oweWakeUp(trx, verb.programId, cohortId(verb.programId, home))
    if (cohort !== home) await oweWakeUp(trx, verb.programId, cohortId(verb.programId, cohort))
    return accepted({ cohort, dropNo })
  })
}

/** The newest notice of one of the accounts has neither come back nor been held back. */
async function isUnderWay(trx: Trx, accountIds: readonly number[]): Promise<boolean> {
  const newest = await trx
    .selectFrom('piece')
    .distinctOn('account_id')
    .select(['account_id', 'returned_on', 'in_review'])
    .where('account_id', 'in', [...accountIds])
    .where('kind', '!=', 'undo')
    .orderBy('account_id')
    .orderBy('piece_id', 'desc')
    .execute()
  return newest.some((piece) => piece.returned_on === null && piece.in_review === null)
}

/** A second notice must not hide an enrollment that its first one never justified. */
async function isStillEnrolling(trx: Trx, accountIds: readonly number[]): Promise<boolean> {
  const live = await trx
    .selectFrom('request')
    .select('request_id')
    .where('account_id', 'in', [...accountIds])
    .where('kind', '=', 'enroll')
    .where('state', 'in', [...LIVE])
    .limit(1)
    .executeTakeFirst()
  return live !== undefined
}

/** The account's own cohort while the re-mailed window closes with the drops', else the follow-up cohort of that day. */
async function cohortFor(
  trx: Trx,
  occasion: Occasion,
  home: string,
  plannedOn: CivilDate,
  terms: PlanTerms,
): Promise<string> {
  const row = await lockedCohort(trx, occasion.programId, home)
  const { closesAt } = responseWindow(plannedOn, 'initial', terms)
  const notices = (await dropsOf(trx, occasion.programId, home)).filter((drop) => drop.kind === 'notice')
  const fits = notices.some((drop) => drop.closes_at !== null && compareInstants(closesAt, drop.closes_at) <= 0)
  const open = notices.some((drop) => drop.closes_at === null && drop.planned_on >= plannedOn)
  if (row.frozen_at === null && (fits || open)) return home
  return openFollowUp(trx, occasion, row, plannedOn)
}
