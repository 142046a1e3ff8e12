/** Response windows that have run out: noted once per drop, with what came in time so far. */
import { clauseOf } from '../../domain/clause.js'
import { isBefore } from '../../domain/instant.js'
import type { PlanTerms } from '../../domain/plan.js'
import { appendEvent, type Occasion, type Trx } from './journal.js'
import { cohortRow, dropsOf } from './notices.js'

export async function closeWindows(trx: Trx, occasion: Occasion, cohort: string, terms: PlanTerms): Promise<void> {
  const row = await cohortRow(trx, occasion.programId, cohort)
  const drops = (await dropsOf(trx, occasion.programId, cohort)).filter(
    (drop) => drop.closes_at !== null && !drop.closed && !isBefore(occasion.at, drop.closes_at),
  )
  for (const drop of drops) {
    const out = await trx
      .selectFrom('piece')
      .innerJoin('account', 'account.account_id', 'piece.account_id')
      .select((eb) => eb.fn.count<number>('account.account_id').distinct().as('n'))
      .where('piece.program_id', '=', occasion.programId)
      .where('piece.cohort', '=', cohort)
      .where('piece.drop_no', '=', drop.drop_no)
      .where('piece.kind', '=', drop.kind)
      .where('account.state', '=', 'opted-out')
      .executeTakeFirstOrThrow()
    await trx
      .updateTable('mailing_drop')
      .set({ closed: true })
      .where('program_id', '=', occasion.programId)
      .where('cohort', '=', cohort)
      .where('drop_no', '=', drop.drop_no)
      .execute()
    const window =
      row.kind === 'follow-up' || drop.kind === 're-mail'
        ? `the notices re-mailed ${drop.evidence_on}`
        : `drop ${drop.drop_no}`
    await appendEvent(trx, occasion, {
      kind: 'window-closed',
      cohort,
      effective: drop.closes_at ?? occasion.at,
      clause: clauseOf(terms.window.initial),
      data: { window, drop: drop.drop_no, deadline: drop.deadline, optedOut: Number(out.n) },
    })
  }
}
