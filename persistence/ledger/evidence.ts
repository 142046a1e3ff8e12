/** Mailing evidence: what starts a drop's clock, and what keeps it from starting. Its effect on accounts is apply-evidence.ts. */
import type { CivilDate } from '../../domain/civil-date.js'
import { clauseOf } from '../../domain/clause.js'
import { dateIn, isBefore, laterInstant } from '../../domain/instant.js'
import type { PlanTerms } from '../../domain/plan.js'
import { accepted, type Outcome, refused } from '../../domain/refusal.js'
import { responseWindow } from '../../domain/response-window.js'
import { cohortId, cycleId } from '../../domain/run-ids.js'
import type { Row } from '../tables.js'
import { appendEvent, type Occasion, type Trx } from './journal.js'
import { dropsOf, lockedCohort } from './notices.js'
import { moveDropToFollowUp } from './follow-ups.js'
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
export async function addEvidence(
  trx: Trx,
  verb: Verb,
  evidence: NewEvidence,
  terms: PlanTerms,
): Promise<Outcome<EvidenceOutcome>> {
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
    if (drop === undefined) {
      const why = `Cohort ${cohort} has no drop ${dropNo}; look at its drops with: meterhall status`
      return refused('NO_SUCH_DROP', why, clause)
    }
    if (drop.state === 'planned' || drop.state === 'approved') {
      const why = `Drop ${dropNo} is not with the mail house yet, so nothing can have been mailed; its notice has to be approved and printed first.`
      return refused('DROP_NOT_HANDED_OVER', why, clause)
    }
    if (evidence.on > dateIn(terms.zone, verb.at)) {
      const why = `The evidence is dated ${evidence.on}, after today; check the date on the form.`
      return refused('EVIDENCE_FROM_FUTURE', why, clause)
    }
    const approvedAt = (await lockedCohort(trx, verb.programId, cohort)).approved_at
    if (approvedAt !== null && evidence.on < dateIn(terms.zone, approvedAt)) {
      const why = `The evidence is dated ${evidence.on}, before the notice was approved; check the date on the form.`
      return refused('EVIDENCE_BEFORE_APPROVAL', why, clause)
    }
    const reconciled = evidence.pieces === drop.pieces
    await trx
      .insertInto('evidence')
      .values({
        program_id: verb.programId,
        cohort,
        drop_no: dropNo,
        evidence_on: evidence.on,
        pieces: evidence.pieces,
        form: evidence.form,
        recorded_at: verb.at,
        actor: verb.actor,
        reconciled,
      })
      .execute()
    const deadline = reconciled
      ? await startClock(trx, verb, evidence, drop, terms)
      : await noteMismatch(trx, verb, evidence, drop, clause)
    await oweWakeUp(trx, verb.programId, cohortId(verb.programId, cohort))
    await oweWakeUp(trx, verb.programId, cycleId(verb.programId))
    return accepted({ reconciled, deadline })
  })
}

async function startClock(
  trx: Trx,
  occasion: Occasion,
  evidence: NewEvidence,
  drop: Row<'mailing_drop'>,
  terms: PlanTerms,
): Promise<CivilDate> {
  const { cohort, dropNo, on, pieces, form } = evidence
  const window = responseWindow(on, 'initial', terms, drop.printed_deadline)
  await trx
    .updateTable('mailing_drop')
    .set({
      state: 'evidenced',
      evidence_on: on,
      evidence_pieces: pieces,
      deadline: window.deadline,
      closes_at: window.closesAt,
      applied: false,
      closed: false,
    })
    .where('program_id', '=', occasion.programId)
    .where('cohort', '=', cohort)
    .where('drop_no', '=', dropNo)
    .execute()
  await appendEvent(trx, occasion, {
    kind: drop.state === 'evidenced' && drop.evidence_on !== on ? 'evidence-corrected' : 'evidence-recorded',
    cohort,
    effective: on,
    clause: clauseOf(terms.window.initial),
    data: { drop: dropNo, pieces, on, deadline: window.deadline, form },
  })
  await keepVillageMoving(trx, occasion, drop)
  return window.deadline
}

/** @returns the deadline that stands: an earlier form's, or none */
async function noteMismatch(
  trx: Trx,
  occasion: Occasion,
  evidence: NewEvidence,
  drop: Row<'mailing_drop'>,
  clause: string,
): Promise<CivilDate | null> {
  const { cohort, dropNo, pieces, on } = evidence
  const data = { drop: dropNo, pieces, expected: drop.pieces, on }
  await appendEvent(trx, occasion, { kind: 'evidence-mismatch', cohort, effective: on, clause, data })
  const message = `The evidence of drop ${dropNo} counts ${pieces} pieces and the manifest ${drop.pieces}; have the mail house find the difference and enter the corrected form.`
  await openWorkItems(trx, occasion, [{ kind: 'evidence-mismatch', message, clause, cohort }])
  if (drop.state === 'evidenced') return drop.deadline
  await trx
    .updateTable('mailing_drop')
    .set({ state: 'mismatch' })
    .where('program_id', '=', occasion.programId)
    .where('cohort', '=', cohort)
    .where('drop_no', '=', dropNo)
    .execute()
  return null
}

/**
 * Re-mailed drops whose window closes after the notice drops' last go on by themselves; any evidence may show that, not only
 * their own. After the freeze so does one that had none before; one that had is on the roster and stays.
 */
async function keepVillageMoving(trx: Trx, occasion: Occasion, evidenced: Row<'mailing_drop'>): Promise<void> {
  const { programId } = occasion
  const row = await lockedCohort(trx, programId, evidenced.cohort)
  if (row.frozen_at !== null) {
    if (evidenced.kind === 're-mail' && evidenced.state !== 'evidenced') {
      await moveDropToFollowUp(trx, occasion, evidenced.cohort, evidenced.drop_no)
    }
    return
  }
  const drops = await dropsOf(trx, programId, evidenced.cohort)
  const closes = drops.flatMap((drop) => (drop.kind === 'notice' ? [drop.closes_at] : []))
  const known = closes.filter((at) => at !== null)
  const [first] = known
  if (first === undefined || known.length < closes.length) return
  const last = known.reduce((latest, at) => laterInstant(latest, at), first)
  for (const drop of drops) {
    if (drop.kind === 're-mail' && drop.closes_at !== null && isBefore(last, drop.closes_at)) {
      await moveDropToFollowUp(trx, occasion, evidenced.cohort, drop.drop_no)
    }
  }
}
