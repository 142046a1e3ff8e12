/** Work items: what waits for a person. While one is open for an account, its enrollment waits. */
import type { Instant } from '../../domain/instant.js'
import { accepted, type Outcome, refused } from '../../domain/refusal.js'
import { insertRows } from './bulk-rows.js'
import { appendEvents, type Occasion, type Trx } from './journal.js'
import { once, type Verb } from './verbs.js'

export interface NewWorkItem {
  readonly kind: string
  /** What is to be done, in one sentence; never a name, address or account number. */
  readonly message: string
  readonly clause?: string | null
  readonly cohort?: string | null
  readonly accountId?: number | null
  readonly dueAt?: Instant | null
}

export async function openWorkItems(trx: Trx, occasion: Occasion, items: readonly NewWorkItem[]): Promise<void> {
  if (items.length === 0) return
  await insertRows(
    trx,
    'work_item',
    items.map((item) => ({
      program_id: occasion.programId,
      cohort: item.cohort ?? null,
      account_id: item.accountId ?? null,
      kind: item.kind,
      message: item.message,
      clause: item.clause ?? null,
      opened_at: occasion.at,
      due_at: item.dueAt ?? null,
      alarmed: false,
      closed_at: null,
      closed_by: null,
      resolution: null,
    })),
  )
  await appendEvents(
    trx,
    occasion,
    items.map((item) => ({
      kind: 'work-item-opened' as const,
      cohort: item.cohort ?? null,
      accountId: item.accountId ?? null,
      clause: item.clause ?? null,
      data: { what: item.message, item: item.kind },
    })),
  )
}

/** Which of the accounts have an open item of one of the kinds. */
export async function accountsWithItems(
  trx: Trx,
  programId: string,
  accountIds: readonly number[],
  kinds: readonly string[],
): Promise<ReadonlySet<number>> {
  const rows = await trx
    .selectFrom('work_item')
    .select('account_id')
    .where('program_id', '=', programId)
    .where('account_id', 'in', [...accountIds])
    .where('kind', 'in', [...kinds])
    .where('closed_at', 'is', null)
    .execute()
  return new Set(rows.flatMap((row) => row.account_id ?? []))
}

/** Closes every open item of some kinds for an account. */
export async function closeItemsOf(
  trx: Trx,
  occasion: Occasion,
  accountId: number,
  kinds: readonly string[],
  resolution: string,
): Promise<void> {
  const closed = await trx
    .updateTable('work_item')
    .set({ closed_at: occasion.at, closed_by: occasion.actor, resolution })
    .where('program_id', '=', occasion.programId)
    .where('account_id', '=', accountId)
    .where('kind', 'in', [...kinds])
    .where('closed_at', 'is', null)
    .returning(['kind'])
    .execute()
  await appendEvents(
    trx,
    occasion,
    closed.map((item) => ({
      kind: 'work-item-closed' as const,
      accountId,
      data: { what: resolution, item: item.kind },
    })),
  )
}

/**
 * Closes open items about no account in particular, by their words.
 * @param about message: a pattern of SQL's `like`; cohort null: about the program
 */
export async function closeItemsAbout(
  trx: Trx,
  occasion: Occasion,
  about: { readonly kind: string; readonly cohort: string | null; readonly message: string },
  resolution: string,
): Promise<void> {
  const closed = await trx
    .updateTable('work_item')
    .set({ closed_at: occasion.at, closed_by: occasion.actor, resolution })
    .where('program_id', '=', occasion.programId)
    .where('account_id', 'is', null)
    .where('kind', '=', about.kind)
    .where('cohort', about.cohort === null ? 'is' : '=', about.cohort)
    .where('message', 'like', about.message)
    .where('closed_at', 'is', null)
    .returning(['kind', 'cohort'])
    .execute()
  await appendEvents(
    trx,
    occasion,
    closed.map((item) => ({
      kind: 'work-item-closed' as const,
      cohort: item.cohort,
      data: { what: resolution, item: item.kind },
    })),
  )
}

/** A person closes one item and says what came of it. */
export async function closeWorkItem(
  trx: Trx,
  verb: Verb,
  itemId: number,
  resolution: string,
): Promise<Outcome<{ readonly item: number }>> {
  return once(trx, verb, 'close-work-item', async () => {
    const item = await trx
      .updateTable('work_item')
      .set({ closed_at: verb.at, closed_by: verb.actor, resolution })
      .where('program_id', '=', verb.programId)
      .where('item_id', '=', itemId)
      .where('closed_at', 'is', null)
      .returning(['kind', 'account_id', 'cohort'])
      .executeTakeFirst()
    if (item === undefined) return noOpenItem(trx, verb.programId, itemId)
    await appendEvents(trx, verb, [
      {
        kind: 'work-item-closed',
        accountId: item.account_id,
        cohort: item.cohort,
        data: { what: resolution, item: item.kind },
      },
    ])
    return accepted({ item: itemId })
  })
}

async function noOpenItem(trx: Trx, programId: string, itemId: number): Promise<Outcome<never>> {
  const item = await trx
    .selectFrom('work_item')
    .select(['closed_by', 'resolution'])
    .where('program_id', '=', programId)
    .where('item_id', '=', itemId)
    .executeTakeFirst()
  return item === undefined
    ? refused('NO_SUCH_ITEM', `There is no work item ${itemId}; list the open ones with: meterhall item list`)
    : refused('ITEM_CLOSED', `Work item ${itemId} was closed by ${item.closed_by}: ${item.resolution}`)
}
