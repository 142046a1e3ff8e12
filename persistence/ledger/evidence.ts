/** Mailing evidence: what starts a drop's clock, and what keeps it from starting. */
import type { CivilDate } from '../../domain/civil-date.js'
import { clauseOf } from '../../domain/clause.js'
import { dateIn, isBefore } from '../../domain/instant.js'
import type { PlanTerms } from '../../domain/plan.js'
import { accepted, type Outcome, refused } from '../../domain/refusal.js'
import { responseWindow } from '../../domain/response-window.js'
import { cohortId, cycleId } from '../../domain/run-ids.js'
import type { Database } from '../database.js'
import { CHUNK_ACCOUNTS, type Progress, untilNone } from './chunks.js'
import { appendEvent, appendEvents, type Occasion, type Trx } from './journal.js'
import { cohortRow, dropsOf } from './notices.js'
import { rejudge } from './receipts.js'
import { moveDropToFollowUp } from './re-mails.js'
import { once, type Verb } from './verbs.js'
import { oweWakeUp } from './wake-ups.js'
import { openWorkItems } from './work-items.js'

export interface NewEvidence {
  readonly cohort: string
  readonly dropNo: number
  /** The date on the postal form: day 0 of the window. */
  readonly on: CivilDate
  readonly pieces: number
  /** For example `PS Form 3606-D`. */
  readonly form: string
}

export interface EvidenceOutcome {
  readonly reconciled: boolean
  readonly deadline: CivilDate | null
}

/** Records the form; the clock starts only when its count is the manifest's. A later form for the same drop is a correction. */
export async function addEvidence(trx: Trx, verb: Verb, evidence: NewEvidence, terms: PlanTerms): Promise<Outcome<EvidenceOutcome>> {
  return once<EvidenceOutcome>(trx, verb, 'add-evidence', async () => {
    const clause = clauseOf(terms.window.initial)
    const { cohort, dropNo } = evidence
    const drop = await trx
      .selectFrom('mailing_drop')
      .selectAll()
      .where('program_id', '=', verb.programId)
      .where('cohort', '=', cohort)
      .where('drop_no', '=', dropNo)
      .forUpdate()
      .executeTakeFirst()
    if (drop === undefined) return refused('NO_SUCH_DROP', `Cohort ${cohort} has no drop ${dropNo}; look at its drops with: meterhall status`, clause)
    if (drop.state === 'planned' || drop.state === 'approved') {
      return refused('DROP_NOT_HANDED_OVER', `Drop ${dropNo} is not with the mail house yet, so nothing can have been mailed; its notice has to be approved and printed first.`, clause)
    }
    if (evidence.on > dateIn(terms.zone, verb.at)) return refused('EVIDENCE_FROM_FUTURE', `The evidence is dated ${evidence.on}, after today; check the date on the form.`, clause)
    const approvedAt = (await cohortRow(trx, verb.programId, cohort)).approved_at
    if (approvedAt !== null && evidence.on < dateIn(terms.zone, approvedAt)) {
      return refused('EVIDENCE_BEFORE_APPROVAL', `The evidence is dated ${evidence.on}, before the notice was approved; check the date on the form.`, clause)
    }
    const reconciled = evidence.pieces === drop.pieces
    await trx
      .insertInto('evidence')
      .values({ program_id: verb.programId, cohort, drop_no: dropNo, evidence_on: evidence.on, pieces: evidence.pieces, form: evidence.form, recorded_at: verb.at, actor: verb.actor, reconciled })
      .execute()
    if (!reconciled) {
      await noteMismatch(trx, verb, evidence, drop.pieces, clause)
      if (drop.state !== 'evidenced') await trx.updateTable('mailing_drop').set({ state: 'mismatch' }).where('program_id', '=', verb.programId).where('cohort', '=', cohort).where('drop_no', '=', dropNo).execute()
      await oweWakeUp(trx, verb.programId, cohortId(verb.programId, cohort))
      return accepted({ reconciled, deadline: drop.deadline })
    }
    const window = responseWindow(evidence.on, 'initial', terms, drop.printed_deadline)
    await trx
      .updateTable('mailing_drop')
      .set({ state: 'evidenced', evidence_on: evidence.on, evidence_pieces: evidence.pieces, deadline: window.deadline, closes_at: window.closesAt, applied: false, closed: false })
      .where('program_id', '=', verb.programId)
      .where('cohort', '=', cohort)
      .where('drop_no', '=', dropNo)
      .execute()
    const corrected = drop.state === 'evidenced' && drop.evidence_on !== evidence.on
    await appendEvent(trx, verb, {
      kind: corrected ? 'evidence-corrected' : 'evidence-recorded',
      cohort,
      effective: evidence.on,
      clause,
      data: { drop: dropNo, pieces: evidence.pieces, on: evidence.on, deadline: window.deadline, form: evidence.form },
    })
    if (drop.kind === 're-mail') await keepVillageMoving(trx, verb, cohort, dropNo)
    await oweWakeUp(trx, verb.programId, cohortId(verb.programId, cohort))
    await oweWakeUp(trx, verb.programId, cycleId(verb.programId))
    return accepted({ reconciled, deadline: window.deadline })
  })
}

async function noteMismatch(trx: Trx, occasion: Occasion, evidence: NewEvidence, expected: number, clause: string): Promise<void> {
  const { cohort, dropNo, pieces, on } = evidence
  await appendEvent(trx, occasion, { kind: 'evidence-mismatch', cohort, effective: on, clause, data: { drop: dropNo, pieces, expected, on } })
  const message = `The evidence of drop ${dropNo} counts ${pieces} pieces and the manifest ${expected}; have the mail house find the difference and enter the corrected form.`
  await openWorkItems(trx, occasion, [{ kind: 'evidence-mismatch', message, clause, cohort }])
}

/** A re-mailed drop whose window closes after the last notice drop's, or that comes after the freeze, goes on by itself. */
async function keepVillageMoving(trx: Trx, occasion: Occasion, cohort: string, dropNo: number): Promise<void> {
  const row = await cohortRow(trx, occasion.programId, cohort)
  const drops = await dropsOf(trx, occasion.programId, cohort)
  const own = drops.find((drop) => drop.drop_no === dropNo)
  if (row.kind === 'follow-up' || own === undefined || own.closes_at === null) return
  const notices = drops.filter((drop) => drop.kind === 'notice')
  const closesAt = own.closes_at
  const late = row.frozen_at !== null || notices.every((drop) => drop.closes_at !== null && isBefore(drop.closes_at, closesAt))
  if (late) await moveDropToFollowUp(trx, occasion, cohort, dropNo)
}

/** Moves the accounts of freshly evidenced drops on and judges their kept replies; chunk by chunk. */
export async function applyEvidence(db: Database, occasion: Occasion, cohort: string, terms: PlanTerms, progress: Progress): Promise<void> {
  const isFollowUp = (await cohortRow(db.kysely, occasion.programId, cohort)).kind === 'follow-up'
  const drops = (await dropsOf(db.kysely, occasion.programId, cohort)).filter((drop) => drop.state === 'evidenced' && !drop.applied)
  for (const drop of drops) {
    let after = 0
    await untilNone(
      () =>
        db.tx(async (trx) => {
          const accounts = await trx
            .selectFrom('piece')
            .innerJoin('account', 'account.account_id', 'piece.account_id')
            .select(['piece.piece_id', 'account.account_id', 'account.state'])
            .where('piece.program_id', '=', occasion.programId)
            .where('piece.cohort', '=', cohort)
            .where('piece.drop_no', '=', drop.drop_no)
            .where('piece.kind', '=', drop.kind)
            .where('piece.in_review', 'is', null)
            .where('piece.piece_id', '>', after)
            .orderBy('piece.piece_id')
            .limit(CHUNK_ACCOUNTS)
            .execute()
          if (accounts.length === 0) return 0
          const fresh = accounts.filter((account) => account.state === 'printed' || account.state === 'not-noticed').map((account) => account.account_id)
          if (fresh.length > 0) {
            await trx.updateTable('account').set({ state: 'noticed' }).where('account_id', 'in', fresh).execute()
            await appendEvents(
              trx,
              occasion,
              fresh.map((accountId) => ({
                kind: drop.kind === 'notice' && !isFollowUp ? ('noticed' as const) : ('re-mailed' as const),
                cohort,
                accountId,
                effective: drop.evidence_on ?? occasion.at,
                clause: clauseOf(terms.window.initial),
                data: { drop: drop.drop_no, on: drop.evidence_on, deadline: drop.deadline },
              })),
            )
          }
          await rejudge(trx, occasion, accounts.map((account) => account.account_id), terms)
          after = accounts.at(-1)?.piece_id ?? after
          return accounts.length
        }),
      progress,
    )
    await db.tx(async (trx) => {
      await trx
        .updateTable('mailing_drop')
        .set({ applied: true })
        .where('program_id', '=', occasion.programId)
        .where('cohort', '=', cohort)
        .where('drop_no', '=', drop.drop_no)
        .where('evidence_on', '=', drop.evidence_on)
        .execute()
      await trx
        .updateTable('work_item')
        .set({ closed_at: occasion.at, closed_by: occasion.actor, resolution: 'the evidence now agrees with the manifest' })
        .where('program_id', '=', occasion.programId)
        .where('cohort', '=', cohort)
        .where('kind', '=', 'evidence-mismatch')
        .where('message', 'like', `The evidence of drop ${drop.drop_no} %`)
        .where('closed_at', 'is', null)
        .execute()
    })
  }
}
