/** What freshly evidenced drops mean for their accounts: noticed, told their deadline, their kept replies judged. */
import type { CivilDate } from '../../domain/civil-date.js'
import { clauseOf } from '../../domain/clause.js'
import type { PlanTerms } from '../../domain/plan.js'
import type { Database } from '../database.js'
import type { Row } from '../tables.js'
import { CHUNK_ACCOUNTS, type Progress, untilNone } from './chunks.js'
import { appendEvents, type NewEvent, type Occasion, type Trx } from './journal.js'
import { cohortRow, dropsOf } from './notices.js'
import { rejudge } from './receipts.js'
import { closeItemsAbout, closeItemsOf } from './work-items.js'

/** Chunk by chunk; begun again it finds what is done and changes nothing there. */
export async function applyEvidence(
  db: Database,
  occasion: Occasion,
  cohort: string,
  terms: PlanTerms,
  progress: Progress,
): Promise<void> {
  const isFollowUp = (await cohortRow(db.kysely, occasion.programId, cohort)).kind === 'follow-up'
  const drops = await dropsOf(db.kysely, occasion.programId, cohort)
  for (const drop of drops.filter((each) => each.state === 'evidenced' && !each.applied)) {
    const kind = drop.kind === 'notice' && !isFollowUp ? 'noticed' : 're-mailed'
    let after = 0
    await untilNone(async () => {
      const handled = await db.tx((trx) => applyChunk(trx, occasion, drop, kind, after, terms))
      after = handled.at(-1) ?? after
      return handled.length
    }, progress)
    await db.tx((trx) => finish(trx, occasion, drop))
  }
}

/** @returns the pieces handled, ascending */
async function applyChunk(
  trx: Trx,
  occasion: Occasion,
  drop: Row<'mailing_drop'>,
  kind: 'noticed' | 're-mailed',
  after: number,
  terms: PlanTerms,
): Promise<readonly number[]> {
  // a reply that is being recorded was judged by the old clock: wait for it, and judge it again below
  const pieces = await trx
    .selectFrom('piece')
    .innerJoin('account', 'account.account_id', 'piece.account_id')
    .select(['piece.piece_id', 'piece.returned_on', 'account.account_id', 'account.state'])
    .select((eb) =>
      eb
        .exists(
          eb
            .selectFrom('piece as later')
            .select('later.piece_id')
            .whereRef('later.account_id', '=', 'piece.account_id')
            .whereRef('later.piece_id', '>', 'piece.piece_id')
            .where('later.kind', '!=', 'undo'),
        )
        .as('mailed_again'),
    )
    .where('piece.program_id', '=', drop.program_id)
    .where('piece.cohort', '=', drop.cohort)
    .where('piece.drop_no', '=', drop.drop_no)
    .where('piece.kind', '=', drop.kind)
    .where('piece.in_review', 'is', null)
    .where('piece.piece_id', '>', after)
    .orderBy('piece.piece_id')
    .limit(CHUNK_ACCOUNTS)
    .forUpdate('account')
    .execute()
  // a notice that came back, or was sent once more, reached nobody by this drop
  const reached = pieces.filter((piece) => piece.returned_on === null && !piece.mailed_again)
  const fresh = reached
    .filter((piece) => piece.state === 'printed' || piece.state === 'not-noticed')
    .map((piece) => piece.account_id)
  if (fresh.length > 0) {
    await trx.updateTable('account').set({ state: 'noticed' }).where('account_id', 'in', fresh).execute()
    const clause = clauseOf(terms.window.initial)
    const data = { drop: drop.drop_no, on: drop.evidence_on, deadline: drop.deadline }
    const effective = drop.evidence_on ?? occasion.at
    await appendEvents(
      trx,
      occasion,
      fresh.map((accountId) => ({ kind, cohort: drop.cohort, accountId, effective, clause, data })),
    )
  }
  const left = reached.filter((piece) => piece.state === 'not-noticed')
  for (const { account_id: accountId } of left) {
    await closeItemsOf(trx, occasion, accountId, ['omitted-member'], 'the re-mailed notice is evidenced')
  }
  const isFresh = new Set(fresh)
  const known = reached.map((piece) => piece.account_id).filter((accountId) => !isFresh.has(accountId))
  await tellNewDeadline(trx, occasion, drop, known, terms)
  await rejudge(
    trx,
    occasion,
    pieces.map((piece) => piece.account_id),
    terms,
  )
  return pieces.map((piece) => piece.piece_id)
}

/** For accounts that were told another deadline before. */
async function tellNewDeadline(
  trx: Trx,
  occasion: Occasion,
  drop: Row<'mailing_drop'>,
  accountIds: readonly number[],
  terms: PlanTerms,
): Promise<void> {
  if (accountIds.length === 0) return
  const told = await trx
    .selectFrom('event')
    .distinctOn('account_id')
    .select(['account_id', 'data'])
    .where('account_id', 'in', [...accountIds])
    .where('kind', 'in', ['noticed', 're-mailed', 'deadline-changed'])
    .orderBy('account_id')
    .orderBy('seq', 'desc')
    .execute()
  const deadline: CivilDate | null = drop.deadline
  const events = told
    .filter((event) => event.data.deadline !== deadline)
    .map(
      (event): NewEvent => ({
        kind: 'deadline-changed',
        cohort: drop.cohort,
        accountId: event.account_id,
        effective: drop.evidence_on ?? occasion.at,
        clause: clauseOf(terms.window.initial),
        data: { drop: drop.drop_no, deadline },
      }),
    )
  await appendEvents(trx, occasion, events)
}

/** The drop is done, unless its evidence was corrected meanwhile; then it is applied again. */
async function finish(trx: Trx, occasion: Occasion, drop: Row<'mailing_drop'>): Promise<void> {
  await trx
    .updateTable('mailing_drop')
    .set({ applied: true })
    .where('program_id', '=', drop.program_id)
    .where('cohort', '=', drop.cohort)
    .where('drop_no', '=', drop.drop_no)
    .where('evidence_on', '=', drop.evidence_on)
    .execute()
  const item = { kind: 'evidence-mismatch', cohort: drop.cohort, message: `The evidence of drop ${drop.drop_no} %` }
  await closeItemsAbout(trx, occasion, item, 'the evidence now agrees with the manifest')
}
