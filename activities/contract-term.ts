/** When the term of the award begins and ends: one end for every member, whatever cohort brought them in. */
import { addMonths, type CivilDate } from '../domain/civil-date.js'
import type { PlanTerms } from '../domain/plan.js'
import { chooseRead } from '../domain/read-choice.js'
import { rosterFreeze } from '../domain/roster-freeze.js'
import { INITIAL_COHORT } from '../domain/run-ids.js'
import { dropsOf } from '../persistence/ledger/notices.js'
import { readReadDates } from '../persistence/ledger/programs.js'
import type { ActivityContext } from './context.js'

/** The earliest read at which anybody noticed with the cohort's drops can begin; null before the drops are planned. */
export async function firstRead(
  context: ActivityContext,
  programId: string,
  cohort: string,
  terms: PlanTerms,
): Promise<CivilDate | null> {
  const notices = (await dropsOf(context.database.kysely, programId, cohort)).filter((drop) => drop.kind === 'notice')
  const lastDeadline = notices
    .map((drop) => drop.printed_deadline)
    .sort()
    .at(-1)
  if (lastDeadline === undefined) return null
  const freeze = rosterFreeze(lastDeadline, terms).at
  const reads: CivilDate[] = []
  for (const dates of (await readReadDates(context.database.kysely, programId)).values()) {
    const choice = chooseRead(dates, freeze, terms)
    if (choice.kind === 'read' || choice.kind === 'wait') reads.push(choice.read)
  }
  return reads.sort()[0] ?? null
}

/**
 * `YYYY-MM` of the meter read with which contract and price end: the months awarded, counted from the first read of the
 * initial cohort. Letters of every cohort and the filing say the same. Null while the first drops are not planned.
 * @unit termMonths: months of the award
 */
export async function contractEnd(
  context: ActivityContext,
  programId: string,
  terms: PlanTerms,
  termMonths: number,
): Promise<string | null> {
  const begins = await firstRead(context, programId, INITIAL_COHORT, terms)
  return begins === null ? null : addMonths(begins, termMonths).slice(0, 7)
}
