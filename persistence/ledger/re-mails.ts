/**
 * Undeliverable mail and its re-mailing: a returned notice reached nobody, so its household has not been asked.
 *
 * Mahomet plan, Implementation Procedures E.5. Each re-mailed piece has its own clock. One that closes after the drops' last goes to a
 * follow-up cohort with its own roster.
 */
import type { CivilDate } from '../../domain/civil-date.js'
import { compareInstants, dateIn } from '../../domain/instant.js'
import type { PlanTerms } from '../../domain/plan.js'
import { accepted, type Outcome, refused } from '../../domain/refusal.js'
import { responseWindow } from '../../domain/response-window.js'
import { cohortId, followUpCohort } from '../../domain/run-ids.js'
import { CHUNK_ACCOUNTS } from './chunks.js'
import { createCohortRow } from './cohorts.js'
import { appendEvents, type Occasion, type Trx } from './journal.js'
import { cohortRow, dropsOf, newDrop } from './notices.js'
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
    const clause = terms.window.initial.cite
    const piece = await trx
      .selectFrom('piece')
      .innerJoin('account', 'account.account_id', 'piece.account_id')
      .select([
        'piece.piece_id',
        'piece.cohort',
        'piece.drop_no',
        'piece.returned_on',
        'account.account_id',
        'account.state',
        'account.cohort as home',
      ])
      .where('piece.program_id', '=', verb.programId)
      .where('piece.letter_code', '=', letterCode)
      .forUpdate('account')
      .executeTakeFirst()
    if (piece === undefined)
      return refused(
        'NO_SUCH_LETTER',
        'No letter of this program has that code; compare it with the printed one.',
        clause,
      )
    if (returnedOn > dateIn(terms.zone, verb.at))
      return refused('RETURN_FROM_FUTURE', 'The return is dated after today; check the date.', clause)
    if (piece.returned_on !== null) return accepted({ cohort: piece.cohort })
    await trx.updateTable('piece').set({ returned_on: returnedOn }).where('piece_id', '=', piece.piece_id).execute()
    await appendEvents(trx, verb, [
      {
        kind: 'notice-returned',
        cohort: piece.cohort,
        accountId: piece.account_id,
        effective: returnedOn,
        clause,
        data: { on: returnedOn, drop: piece.drop_no },
      },
    ])
    if (['opted-out', 'rescinded', 'rejected'].includes(piece.state)) return accepted({ cohort: piece.cohort })
    await trx.updateTable('account').set({ state: 'returned' }).where('account_id', '=', piece.account_id).execute()
    await openWorkItems(trx, verb, [
      {
        kind: ITEM,
        message: 'The notice came back undeliverable: find the right address and re-mail it, or leave the account out.',
        clause,
        cohort: piece.cohort,
        accountId: piece.account_id,
      },
    ])
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
    const clause = terms.window.initial.cite
    if (accountIds.length === 0 || accountIds.length > CHUNK_ACCOUNTS)
      return refused('RE_MAIL_SIZE', `Re-mail between 1 and ${CHUNK_ACCOUNTS} notices at a time.`, clause)
    if (plannedOn < dateIn(terms.zone, verb.at))
      return refused(
        'DROP_IN_THE_PAST',
        'The re-mailing is planned before today; give a mailing date from today on.',
        clause,
      )
    const accounts = await trx
      .selectFrom('account')
      .select(['account_id', 'state', 'cohort'])
      .where('program_id', '=', verb.programId)
      .where('account_id', 'in', [...accountIds])
      .forUpdate()
      .execute()
    if (
      accounts.length !== accountIds.length ||
      accounts.some((row) => row.state !== 'returned' && row.state !== 'not-noticed')
    ) {
      return refused(
        'NOT_RETURNED',
        'Only notices that came back undeliverable are re-mailed; record the return first.',
        clause,
      )
    }
    const home = accounts[0]?.cohort ?? ''
    if (accounts.some((row) => row.cohort !== home))
      return refused('SEVERAL_COHORTS', 'These notices belong to several cohorts; re-mail them apart.', clause)
    const cohort = await cohortFor(trx, verb, home, plannedOn, terms)
    if (cohort !== home) await moveAccounts(trx, verb, home, cohort, accountIds)
    const drops = await dropsOf(trx, verb.programId, cohort)
    const dropNo = drops.reduce((most, drop) => Math.max(most, drop.drop_no), 0) + 1
    const kind = cohort === home ? 're-mail' : 'notice'
    await trx
      .insertInto('mailing_drop')
      .values({
        ...newDrop(verb.programId, cohort, dropNo, kind, plannedOn, terms),
        pieces: accountIds.length,
        state: 'approved',
      })
      .execute()
    await addBatch(trx, { programId: verb.programId, cohort }, dropNo, kind, accountIds)
    for (const accountId of accountIds)
      await closeItemsOf(trx, verb, accountId, [ITEM, 'omitted-member'], `re-mailed with drop ${dropNo} of ${cohort}`)
    await oweWakeUp(trx, verb.programId, cohortId(verb.programId, home))
    if (cohort !== home) await oweWakeUp(trx, verb.programId, cohortId(verb.programId, cohort))
    return accepted({ cohort, dropNo })
  })
}

/** The account's own cohort while the re-mailed window closes with the drops', else the follow-up cohort of that day. */
async function cohortFor(
  trx: Trx,
  occasion: Occasion,
  home: string,
  plannedOn: CivilDate,
  terms: PlanTerms,
): Promise<string> {
  const row = await cohortRow(trx, occasion.programId, home)
  const { closesAt } = responseWindow(plannedOn, 'initial', terms)
  const notices = (await dropsOf(trx, occasion.programId, home)).filter((drop) => drop.kind === 'notice')
  const fits = notices.some((drop) => drop.closes_at !== null && compareInstants(closesAt, drop.closes_at) <= 0)
  const open = notices.some((drop) => drop.closes_at === null && drop.planned_on >= plannedOn)
  if (row.frozen_at === null && (fits || open)) return home
  const cohort = followUpCohort(plannedOn)
  await createCohortRow(trx, occasion.programId, cohort, 'follow-up')
  await trx
    .updateTable('cohort')
    .set({ approved_at: row.approved_at, approved_by: row.approved_by, proof_sha256: row.proof_sha256 })
    .where('program_id', '=', occasion.programId)
    .where('cohort', '=', cohort)
    .execute()
  return cohort
}

async function moveAccounts(
  trx: Trx,
  occasion: Occasion,
  from: string,
  to: string,
  accountIds: readonly number[],
): Promise<void> {
  await trx
    .updateTable('account')
    .set({ cohort: to })
    .where('account_id', 'in', [...accountIds])
    .execute()
  await appendEvents(
    trx,
    occasion,
    accountIds.map((accountId) => ({ kind: 'moved-to-follow-up' as const, cohort: to, accountId, data: { from } })),
  )
}

/** The evidence made a re-mailed drop too late for its cohort: drop, batches, pieces and accounts move together. */
export async function moveDropToFollowUp(trx: Trx, occasion: Occasion, from: string, dropNo: number): Promise<void> {
  const { programId } = occasion
  const drop = (await dropsOf(trx, programId, from)).find((row) => row.drop_no === dropNo)
  if (drop === undefined) return
  const to = followUpCohort(drop.planned_on)
  await createCohortRow(trx, programId, to, 'follow-up')
  const parent = await cohortRow(trx, programId, from)
  await trx
    .updateTable('cohort')
    .set({ approved_at: parent.approved_at, approved_by: parent.approved_by, proof_sha256: parent.proof_sha256 })
    .where('program_id', '=', programId)
    .where('cohort', '=', to)
    .execute()
  const newNo = (await dropsOf(trx, programId, to)).reduce((most, row) => Math.max(most, row.drop_no), 0) + 1
  const accounts = await trx
    .selectFrom('piece')
    .select('account_id')
    .where('program_id', '=', programId)
    .where('cohort', '=', from)
    .where('drop_no', '=', dropNo)
    .where('kind', '=', 're-mail')
    .execute()
  await trx
    .updateTable('mailing_drop')
    .set({ cohort: to, drop_no: newNo, kind: 'notice' })
    .where('program_id', '=', programId)
    .where('cohort', '=', from)
    .where('drop_no', '=', dropNo)
    .execute()
  await trx
    .updateTable('print_batch')
    .set({ cohort: to, drop_no: newNo, kind: 'notice' })
    .where('program_id', '=', programId)
    .where('cohort', '=', from)
    .where('drop_no', '=', dropNo)
    .execute()
  await trx
    .updateTable('piece')
    .set({ cohort: to, drop_no: newNo, kind: 'notice' })
    .where('program_id', '=', programId)
    .where('cohort', '=', from)
    .where('drop_no', '=', dropNo)
    .where('kind', '=', 're-mail')
    .execute()
  await moveAccounts(
    trx,
    occasion,
    from,
    to,
    accounts.map((row) => row.account_id),
  )
  await oweWakeUp(trx, programId, cohortId(programId, from))
  await oweWakeUp(trx, programId, cohortId(programId, to))
}
