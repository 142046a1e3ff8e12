/** Why a run looks again when it does: the clause of the clock that runs out then, found by the instant itself. */
import type { Kysely } from 'kysely'
import { clauseOf } from '../domain/clause.js'
import type { PlanTerms } from '../domain/plan.js'
import type { Row, Tables } from '../persistence/tables.js'

/** Null when no clock runs: a person, or nobody, is waited for. */
export async function dueClause(
  db: Kysely<Tables>,
  run: Pick<Row<'run'>, 'program_id' | 'phase' | 'next_due'>,
  drops: readonly Pick<Row<'mailing_drop'>, 'closes_at'>[],
  terms: PlanTerms,
): Promise<string | null> {
  const { program_id: programId, phase, next_due: due } = run
  if (due === null) return null
  if (phase === 'data-request') return clauseOf(terms.dataRequestReminder)
  if (phase === 'rfp-award') return clauseOf(terms.award.mustBeBelowDefault)
  if (phase === 'term') return clauseOf(terms.commissionFilingDays)
  if (drops.some((drop) => drop.closes_at === due)) return clauseOf(terms.window.initial)
  if (phase === 'response-window') return clauseOf(terms.mailGraceDays)
  const rescission = await db
    .selectFrom('request')
    .select('request_id')
    .where('program_id', '=', programId)
    .where('rescission_closes_at', '=', due)
    .limit(1)
    .executeTakeFirst()
  if (rescission !== undefined) return clauseOf(terms.rescissionDays)
  const file = await db
    .selectFrom('interchange')
    .select('acknowledgment_due')
    .where('program_id', '=', programId)
    .where((eb) => eb.or([eb('acknowledgment_due', '=', due), eb('response_due', '=', due)]))
    .limit(1)
    .executeTakeFirst()
  if (file === undefined) return clauseOf(terms.utility.cutoffDays)
  return clauseOf(
    file.acknowledgment_due === due ? terms.utility.acknowledgmentHours : terms.utility.responseBusinessDays,
  )
}
