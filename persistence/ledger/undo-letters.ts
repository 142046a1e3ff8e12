/** What an undo letter says of an account: which reply it answers, and how far the enrollment had come. */
import type { Kysely } from 'kysely'
import type { CivilDate } from '../../domain/civil-date.js'
import { dateIn } from '../../domain/instant.js'
import type { PlanTerms } from '../../domain/plan.js'
import type { Tables } from '../tables.js'
import { deadlinesOf } from './deadlines.js'

export interface UndoFacts {
  readonly stage: 'pulled' | 'withdrawn' | 'next-read'
  readonly receivedOn: CivilDate
  readonly deadline: CivilDate
  /** The read with which service returns; null when none had begun. */
  readonly returnsOn: CivilDate | null
}

export async function undoFactsOf(db: Kysely<Tables>, terms: Pick<PlanTerms, 'zone'>, accountIds: readonly number[]): Promise<ReadonlyMap<number, UndoFacts>> {
  const receipts = await db.selectFrom('receipt').select(['account_id', 'received_at']).where('account_id', 'in', [...accountIds]).where('effect', 'in', ['undo', 'opted-out']).orderBy('receipt_id').execute()
  const drops = await db.selectFrom('request').select(['account_id', 'service_point', 'attempt', 'read_on']).where('account_id', 'in', [...accountIds]).where('kind', '=', 'drop').execute()
  const started = await db.selectFrom('request').select('account_id').where('account_id', 'in', [...accountIds]).where('kind', '=', 'enroll').where('actual_start_on', 'is not', null).execute()
  const deadlines = await deadlinesOf(db, accountIds)
  const served = new Set(started.map((row) => row.account_id))
  return new Map(
    receipts.flatMap((receipt) => {
      const accountId = receipt.account_id
      if (accountId === null) return []
      const drop = drops.find((row) => row.account_id === accountId)
      const receivedOn = dateIn(terms.zone, receipt.received_at)
      const stage = served.has(accountId) ? ('next-read' as const) : drop === undefined ? ('pulled' as const) : ('withdrawn' as const)
      const facts: UndoFacts = {
        stage,
        receivedOn,
        deadline: deadlines.get(accountId)?.deadline ?? receivedOn,
        returnsOn: stage === 'next-read' ? (drop?.read_on ?? null) : null,
      }
      return [[accountId, facts] as const]
    }),
  )
}
