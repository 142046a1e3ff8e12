/** The utility's cut-offs: by when which requests have to be with it, and how many are not. */
import type { Kysely } from 'kysely'
import { clauseOf } from '../domain/clause.js'
import { type Instant, isBefore } from '../domain/instant.js'
import type { PlanTerms } from '../domain/plan.js'
import type { Tables } from '../persistence/tables.js'

export interface Cutoff {
  /** Inclusive. */
  readonly at: Instant
  /** Earliest of the scheduled reads that it is for. */
  readonly readOn: string | null
  /** Requests not sent yet. */
  readonly waiting: number
  readonly sent: number
  /** Passed with requests not sent. */
  readonly late: boolean
  readonly clause: string
}

/** A screen's worth; those that are late come first. */
const SHOWN = 4

/** Those ahead, and those that passed while requests still waited. */
export async function cutoffsOf(
  db: Kysely<Tables>,
  programId: string,
  now: Instant,
  terms: PlanTerms,
): Promise<readonly Cutoff[]> {
  const rows = await db
    .selectFrom('request')
    .select((eb) => [
      'cutoff_at',
      eb.fn.min('read_on').as('read_on'),
      eb.fn.countAll<number>().filterWhere('state', 'in', ['planned', 'batched']).as('waiting'),
      eb.fn.countAll<number>().filterWhere('state', 'in', ['sent', 'accepted', 'rejected', 'started']).as('sent'),
    ])
    .where('program_id', '=', programId)
    .where('cutoff_at', 'is not', null)
    .groupBy('cutoff_at')
    .orderBy('cutoff_at')
    .execute()
  return rows
    .flatMap(({ cutoff_at: at, read_on: readOn, ...counts }): Cutoff[] => {
      if (at === null) return []
      const [waiting, sent] = [Number(counts.waiting), Number(counts.sent)]
      const late = isBefore(at, now)
      if (late ? waiting === 0 : waiting + sent === 0) return []
      return [{ at, readOn, waiting, sent, late, clause: clauseOf(terms.utility.cutoffDays) }]
    })
    .slice(0, SHOWN)
}
