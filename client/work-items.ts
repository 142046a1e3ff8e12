/** Open work items with the accounts they are about: what a person works through. */
import { type Instant, isBefore } from '../domain/instant.js'
import type { Desk } from './desk.js'

export interface OpenItem {
  /** For `item close`. */
  readonly item: number
  readonly kind: string
  readonly what: string
  readonly clause: string | null
  readonly opened: Instant
  readonly due: Instant | null
  readonly late: boolean
  /** The utility's number; null when the item is about no account, or nobody knows about which. */
  readonly account: string | null
}

/** Those due first come first. @param after 0, or as many as were read before */
export async function openItemsOf(desk: Desk, programId: string, after: number): Promise<readonly OpenItem[]> {
  const now = desk.now()
  const rows = await desk.database.kysely
    .selectFrom('work_item')
    .leftJoin('account', 'account.account_id', 'work_item.account_id')
    .select(['item_id', 'kind', 'message', 'clause', 'opened_at', 'due_at', 'account.account_number'])
    .where('work_item.program_id', '=', programId)
    .where('closed_at', 'is', null)
    .orderBy('due_at')
    .orderBy('item_id')
    .offset(after)
    .limit(PAGE)
    .execute()
  return rows.map((row) => ({
    item: row.item_id,
    kind: row.kind,
    what: row.message,
    clause: row.clause,
    opened: row.opened_at,
    due: row.due_at,
    late: row.due_at !== null && isBefore(row.due_at, now),
    account: row.account_number,
  }))
}

/** Items read at a time. */
const PAGE = 1_000
