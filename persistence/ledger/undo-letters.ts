/** What an undo letter says of an account: which reply it answers, and how far the enrollment had come. */
import type { Kysely } from 'kysely'
import type { CivilDate } from '../../domain/civil-date.js'
import { dateIn } from '../../domain/instant.js'
import type { PlanTerms } from '../../domain/plan.js'
import type { Row, Tables } from '../tables.js'
import { deadlinesOf } from './deadlines.js'

export interface UndoFacts {
  readonly stage: 'pulled' | 'withdrawn' | 'too-near' | 'next-read'
  readonly receivedOn: CivilDate
  readonly deadline: CivilDate
  /** The read with which service returns; null when none begins, or no read is known for it. */
  readonly returnsOn: CivilDate | null
}

export async function undoFactsOf(
  db: Kysely<Tables>,
  terms: Pick<PlanTerms, 'zone'>,
  accountIds: readonly number[],
): Promise<ReadonlyMap<number, UndoFacts>> {
  const receipts = await db
    .selectFrom('receipt')
    .select(['account_id', 'received_at'])
    .where('account_id', 'in', [...accountIds])
    .where('effect', 'in', ['undo', 'opted-out'])
    .orderBy('receipt_id')
    .execute()
  const drops = await db
    .selectFrom('request as d')
    .innerJoin('request as e', (join) =>
      join
        .onRef('e.account_id', '=', 'd.account_id')
        .onRef('e.service_point', '=', 'd.service_point')
        .onRef('e.attempt', '=', 'd.attempt')
        .on('e.kind', '=', 'enroll'),
    )
    .select(['d.account_id', 'd.read_on', 'e.read_on as enrolled_for', 'e.actual_start_on'])
    .where('d.account_id', 'in', [...accountIds])
    .where('d.kind', '=', 'drop')
    .orderBy('d.request_id')
    .execute()
  const deadlines = await deadlinesOf(db, accountIds)
  return new Map(
    receipts.flatMap((receipt) => {
      const accountId = receipt.account_id
      if (accountId === null) return []
      const receivedOn = dateIn(terms.zone, receipt.received_at)
      const ours = drops.filter((drop) => drop.account_id === accountId)
      const stage = stageOf(ours)
      const reads = ours.map((drop) => drop.read_on).filter((on) => on !== null)
      const facts: UndoFacts = {
        stage,
        receivedOn,
        deadline: deadlines.get(accountId)?.deadline ?? receivedOn,
        returnsOn: stage === 'next-read' || stage === 'too-near' ? (reads.sort().at(-1) ?? null) : null,
      }
      return [[accountId, facts] as const]
    }),
  )
}

/** The stage of the service point that is farthest on: what the letter says must hold for the whole account. */
function stageOf(
  drops: readonly (Pick<Row<'request'>, 'read_on' | 'actual_start_on'> & { readonly enrolled_for: CivilDate | null })[],
): UndoFacts['stage'] {
  if (drops.length === 0) return 'pulled'
  if (drops.some((drop) => drop.actual_start_on !== null)) return 'next-read'
  // a drop for another read than the enrollment's: that one could no longer be met
  return drops.some((drop) => drop.read_on !== drop.enrolled_for) ? 'too-near' : 'withdrawn'
}
