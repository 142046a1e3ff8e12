/** What the clock of the commission filing counts from (ruling R-015). */
import type { Kysely } from 'kysely'
import type { FilingFacts } from '../../domain/filing-clock.js'
import { dateIn } from '../../domain/instant.js'
import type { PlanTerms } from '../../domain/plan.js'
import type { Tables } from '../tables.js'
import { standingAward } from './bids.js'

/** The terms are final and public with the award; the disclosures are sent with the first evidenced mailing of any cohort. */
export async function filingFacts(
  db: Kysely<Tables>,
  programId: string,
  terms: Pick<PlanTerms, 'zone'>,
): Promise<FilingFacts> {
  const award = await standingAward(db, programId)
  const mailed = await db
    .selectFrom('mailing_drop')
    .select((eb) => eb.fn.min('evidence_on').as('on'))
    .where('program_id', '=', programId)
    .executeTakeFirst()
  return {
    finalAndPublic: award === null ? null : dateIn(terms.zone, award.decidedAt),
    disclosuresSent: mailed?.on ?? null,
  }
}
