/** What the ledger says of the village's accounts, and whether its two answers agree. */
import { expect } from 'vitest'
import { DISPOSITIONS, type Disposition, type Eligibility } from '../../../domain/account.js'
import { type AccountEntry, dispositionOf } from '../../../domain/disposition.js'
import { isEventKind } from '../../../persistence/ledger/journal.js'
import type { AccountState, Row } from '../../../persistence/tables.js'
import type { Village } from './village.js'

/** What a row state means to people. */
export function meaningOf(state: AccountState, eligibility: Eligibility): Disposition {
  switch (state) {
    case 'listed':
      return eligibility === 'auto-enroll' ? 'not-noticed' : eligibility
    case 'unlisted':
      return 'ineligible'
    case 'to-be-noticed':
    case 'returned':
    case 'not-noticed':
      return 'not-noticed'
    case 'printed':
    case 'noticed':
    case 'pending':
    case 'rostered':
    case 'submitted':
      return 'pending'
    case 'accepted':
    case 'in-service':
      return 'enrolled'
    case 'opted-out':
    case 'rejected':
    case 'rescinded':
      return state
  }
}

export async function accountsOf(village: Village): Promise<Row<'account'>[]> {
  return village.database.kysely
    .selectFrom('account')
    .selectAll()
    .where('program_id', '=', village.programId)
    .orderBy('account_id')
    .execute()
}

export async function accountOf(village: Village, number: string): Promise<Row<'account'>> {
  return village.database.kysely
    .selectFrom('account')
    .selectAll()
    .where('program_id', '=', village.programId)
    .where('account_number', '=', number)
    .executeTakeFirstOrThrow()
}

export async function stateOf(village: Village, number: string): Promise<AccountState> {
  return (await accountOf(village, number)).state
}

/** Kinds of the account's journal entries, in order. */
export async function storyOf(village: Village, number: string): Promise<string[]> {
  const { account_id: id } = await accountOf(village, number)
  const rows = await village.database.kysely
    .selectFrom('event')
    .select('kind')
    .where('account_id', '=', id)
    .orderBy('seq')
    .execute()
  return rows.map((row) => row.kind)
}

export async function eventsOf(village: Village, kind: string): Promise<Row<'event'>[]> {
  return village.database.kysely
    .selectFrom('event')
    .selectAll()
    .where('program_id', '=', village.programId)
    .where('kind', '=', kind)
    .orderBy('seq')
    .execute()
}

export async function openItems(village: Village, number?: string): Promise<string[]> {
  let query = village.database.kysely
    .selectFrom('work_item')
    .select('kind')
    .where('program_id', '=', village.programId)
    .where('closed_at', 'is', null)
  if (number !== undefined) query = query.where('account_id', '=', (await accountOf(village, number)).account_id)
  return (await query.orderBy('item_id').execute()).map((row) => row.kind)
}

/** How many accounts stand where, by the journal; zero is left out. */
export async function dispositions(village: Village): Promise<Partial<Record<Disposition, number>>> {
  const counts: Partial<Record<Disposition, number>> = {}
  for (const { disposition } of await foldAll(village)) {
    if (disposition !== null) counts[disposition] = (counts[disposition] ?? 0) + 1
  }
  return counts
}

async function foldAll(
  village: Village,
): Promise<{ readonly account: Row<'account'>; readonly disposition: Disposition | null }[]> {
  const events = await village.database.kysely
    .selectFrom('event')
    .select(['account_id', 'kind', 'data'])
    .where('program_id', '=', village.programId)
    .where('account_id', 'is not', null)
    .orderBy('seq')
    .execute()
  const entries = new Map<number, AccountEntry[]>()
  for (const { account_id: id, kind, data } of events) {
    if (id === null || !isEventKind(kind)) continue
    const list = entries.get(id) ?? []
    list.push({ kind, data })
    entries.set(id, list)
  }
  return (await accountsOf(village)).map((account) => ({
    account,
    disposition: dispositionOf(entries.get(account.account_id) ?? []),
  }))
}

/** Every listed account is in exactly one disposition, and its row state means the same as its journal. */
export async function expectBalance(village: Village): Promise<void> {
  const folded = await foldAll(village)
  const byState = folded.map(({ account }) => [
    account.account_number,
    account.state,
    meaningOf(account.state, account.eligibility),
  ])
  const byJournal = folded.map(({ account, disposition }) => [account.account_number, account.state, disposition])
  expect(byJournal).toEqual(byState)
  expect(folded.map(({ account }) => account.account_number).sort()).toEqual(
    village.accounts.map((account) => account.accountNumber).sort(),
  )
  const counts = await dispositions(village)
  expect(DISPOSITIONS.reduce((sum, disposition) => sum + (counts[disposition] ?? 0), 0)).toBe(village.accounts.length)
}
