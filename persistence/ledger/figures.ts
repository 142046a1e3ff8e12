/** Counts over the whole ledger for monitoring: what is due, late, unknown or waits for somebody. Never a name or an account. */
import { type Expression, type Kysely, type NotNull, sql } from 'kysely'
import { addMillis, type Instant } from '../../domain/instant.js'
import type { Tables } from '../tables.js'

/** A group without a row is left out. */
export interface Figure {
  readonly programId: string
  /** Splits the count, as each line of `LedgerFigures` says. */
  readonly label: string
  readonly count: number
}

export interface LedgerFigures {
  /** Falls due within 24 hours, both ends included; by `run` and `work-item`. */
  readonly dueSoon: readonly Figure[]
  /** Should have been done before now; by `run` and `work-item`. A run that works on it counts until it reports again. */
  readonly late: readonly Figure[]
  /** Nobody knows whether it arrived, and nobody sent it again; by party. */
  readonly unknownSendings: readonly Figure[]
  /** Answers that fit nothing of ours and wait for a person; by `household` and `utility`. */
  readonly unmatchedReplies: readonly Figure[]
  /** Rejected enrollments that a person has to mend; by `hoursLeft`. */
  readonly rejects: readonly Figure[]
  /** By kind of item. */
  readonly openWorkItems: readonly Figure[]
  /** Runs that have not read every fact yet; label `run`. */
  readonly wakeUps: readonly Figure[]
  /** Stop switches that are on; by party. */
  readonly stopped: readonly Figure[]
}

/** What splits the rejects: hours until the read's cut-off, rounded up to the next of these; then `later`, `passed` and `no-read`. */
const HOURS_LEFT = [4, 24, 72] as const
const HOUR_MS = 3_600_000

interface Labelled {
  readonly program_id: string
  readonly label: string
}

/** @param asOf program time */
export async function ledgerFigures(db: Kysely<Tables>, asOf: Instant): Promise<LedgerFigures> {
  const soon = addMillis(asOf, 24 * HOUR_MS)
  const runs = db
    .selectFrom('run')
    .where('ended', '=', false)
    .select(['program_id', sql.lit('run').as('label')])
  const open = db.selectFrom('work_item').where('closed_at', 'is', null)
  const items = open.select(['program_id', sql.lit('work-item').as('label')])
  const count = async (...groups: readonly Expression<Labelled>[]): Promise<readonly Figure[]> => {
    const { rows } = await sql<Figure>`
      select program_id as "programId", label, count(*) as count from (${sql.join(groups, sql` union all `)}) as each
      group by program_id, label order by program_id, label`.execute(db)
    return rows
  }
  return {
    dueSoon: await count(
      runs.where('next_due', '>=', asOf).where('next_due', '<=', soon),
      items.where('due_at', '>=', asOf).where('due_at', '<=', soon),
    ),
    late: await count(runs.where('next_due', '<', asOf), items.where('due_at', '<', asOf)),
    unknownSendings: await count(unknownSendings(db)),
    unmatchedReplies: await count(
      open.where('kind', '=', 'unmatched-reply').select(['program_id', sql.lit('household').as('label')]),
      open.where('kind', '=', 'unmatched-transaction').select(['program_id', sql.lit('utility').as('label')]),
    ),
    rejects: await count(rejects(db, asOf)),
    openWorkItems: await count(open.select(['program_id', 'kind as label'])),
    wakeUps: await count(
      db
        .selectFrom('wake')
        .leftJoin('run', 'run.workflow_id', 'wake.workflow_id')
        .whereRef('wake.due', '>', 'wake.seen')
        .where((eb) => eb.or([eb('run.ended', '=', false), eb('run.ended', 'is', null)]))
        .select(['wake.program_id', sql.lit('run').as('label')]),
    ),
    stopped: await count(db.selectFrom('stop_switch').where('on', '=', true).select(['program_id', 'party as label'])),
  }
}

function unknownSendings(db: Kysely<Tables>) {
  return db
    .selectFrom('sending')
    .where('state', '=', 'unknown')
    .where((eb) =>
      eb.not(
        eb.exists(
          eb
            .selectFrom('sending as later')
            .select('later.sending_id')
            .whereRef('later.replaces', '=', 'sending.sending_id'),
        ),
      ),
    )
    .select(['program_id', 'party as label'])
}

/** The last attempt of a service point whose rejection a person has not closed yet. */
function rejects(db: Kysely<Tables>, asOf: Instant) {
  const steps = HOURS_LEFT.map(
    (hours) => sql`when request.cutoff_at <= ${addMillis(asOf, hours * HOUR_MS)} then ${sql.lit(String(hours))}`,
  )
  const hoursLeft = sql<string>`case when request.cutoff_at is null then 'no-read' when request.cutoff_at < ${asOf} then 'passed'
    ${sql.join(steps, sql` `)} else 'later' end`
  return db
    .selectFrom('request')
    .where('request.kind', '=', 'enroll')
    .where('request.state', '=', 'rejected')
    .where('request.account_id', 'in', (eb) =>
      eb
        .selectFrom('work_item')
        .select('account_id')

        .where('kind', '=', 'enrollment-rejected')
        .where('closed_at', 'is', null)
        .where('account_id', 'is not', null)
        .$narrowType<{ account_id: NotNull }>(),
    )
    .where((eb) =>
      eb.not(
        eb.exists(
          eb
            .selectFrom('request as later')
            .select('later.request_id')
            .whereRef('later.account_id', '=', 'request.account_id')
            .whereRef('later.service_point', '=', 'request.service_point')
            .where('later.kind', '=', 'enroll')
            .whereRef('later.attempt', '>', 'request.attempt'),
        ),
      ),
    )
    .select(['request.program_id', hoursLeft.as('label')])
}
