/** The account table: where every listed account stands, from the journal and the facts beside it. */
import type { Kysely } from 'kysely'
import type { Disposition } from '../domain/account.js'
import type { CivilDate } from '../domain/civil-date.js'
import { type AccountEntry, dispositionOf } from '../domain/disposition.js'
import { CHUNK_ACCOUNTS } from '../persistence/ledger/chunks.js'
import { deadlinesOf } from '../persistence/ledger/deadlines.js'
import { isEventKind } from '../persistence/ledger/journal.js'
import type { Tables } from '../persistence/tables.js'

/** Of the table as CSV; one cell of `accountCells` for each. */
export const ACCOUNT_COLUMNS = [
  'account_number',
  'disposition',
  'reasons',
  'deadline',
  'verdict',
  'submitted_on',
  'start_date',
  'actual_start_date',
] as const

export function accountCells(line: AccountLine): (string | null)[] {
  return [
    line.accountNumber,
    line.disposition,
    line.reasons.join(';'),
    line.deadline,
    line.verdict,
    line.submittedOn,
    line.startDate,
    line.actualStartDate,
  ]
}

export interface AccountLine {
  readonly accountNumber: string
  /** Null: no journal entry ever placed it. */
  readonly disposition: Disposition | null
  /** Every finding of list review. */
  readonly reasons: readonly string[]
  readonly deadline: CivilDate | null
  /** Of the reply that decided; else of the latest; empty without a reply. */
  readonly verdict: string
  readonly submittedOn: CivilDate | null
  /** The scheduled read asked for, the earliest of several service points; null when nothing was submitted. */
  readonly startDate: CivilDate | null
  readonly actualStartDate: CivilDate | null
}

/** All accounts of a program in the order listed, a chunk of memory at a time. */
export async function* accountTable(db: Kysely<Tables>, programId: string): AsyncGenerator<AccountLine> {
  for (let after: number | null = 0; after !== null; ) {
    const page: AccountPage = await accountPage(db, programId, after)
    yield* page.lines
    after = page.after
  }
}

export interface AccountPage {
  readonly lines: readonly AccountLine[]
  /** Where the next page begins; null: there is none. */
  readonly after: number | null
}

/** One chunk of the table. @param after 0, or as the page before said */
export async function accountPage(db: Kysely<Tables>, programId: string, after: number): Promise<AccountPage> {
  const accounts = await db
    .selectFrom('account')
    .select(['account_id', 'account_number', 'state'])
    .where('program_id', '=', programId)
    .where('account_id', '>', after)
    .orderBy('account_id')
    .limit(CHUNK_ACCOUNTS)
    .execute()
  const last = accounts.at(-1)
  if (last === undefined) return { lines: [], after: null }
  const ids = accounts.map((account) => account.account_id)
  const entries = await entriesOf(db, ids)
  const findings = grouped(
    await db.selectFrom('finding').select(['account_id', 'code']).where('account_id', 'in', ids).execute(),
  )
  const receipts = grouped(
    await db
      .selectFrom('receipt')
      .select(['account_id', 'verdict', 'effect'])
      .where('account_id', 'in', ids)
      .orderBy('received_at')
      .orderBy('receipt_id')
      .execute(),
  )
  const requests = grouped(
    await db
      .selectFrom('request')
      .select(['account_id', 'sent_on', 'read_on', 'actual_start_on', 'attempt'])
      .where('account_id', 'in', ids)
      .where('kind', '=', 'enroll')
      .orderBy('request_id')
      .execute(),
  )
  const deadlines = await deadlinesOf(db, ids)
  const lines = accounts.map((account): AccountLine => {
    const id = account.account_id
    const replies = receipts.get(id) ?? []
    const sent = (requests.get(id) ?? []).filter((request) => request.sent_on !== null)
    const decisive = replies.find((reply) => reply.effect === 'opted-out' || reply.effect === 'undo') ?? replies.at(-1)
    return {
      accountNumber: account.account_number,
      disposition: dispositionOf(entries.get(id) ?? []),
      reasons: (findings.get(id) ?? []).map((finding) => finding.code),
      deadline: deadlines.get(id)?.deadline ?? null,
      verdict: decisive?.verdict ?? '',
      submittedOn: earliest(sent.map((request) => request.sent_on)),
      startDate: earliest(latestAttempts(sent).map((request) => request.read_on)),
      actualStartDate: earliest(sent.map((request) => request.actual_start_on)),
    }
  })
  return { lines, after: last.account_id }
}

async function entriesOf(db: Kysely<Tables>, ids: readonly number[]): Promise<Map<number, AccountEntry[]>> {
  const rows = await db
    .selectFrom('event')
    .select(['account_id', 'kind', 'data'])
    .where('account_id', 'in', [...ids])
    .orderBy('seq')
    .execute()
  const entries = new Map<number, AccountEntry[]>()
  for (const { account_id, kind, data } of rows) {
    if (account_id === null || !isEventKind(kind)) continue
    const list = entries.get(account_id) ?? []
    list.push({ kind, data })
    entries.set(account_id, list)
  }
  return entries
}

function grouped<T extends { readonly account_id: number | null }>(rows: readonly T[]): Map<number, T[]> {
  const groups = new Map<number, T[]>()
  for (const row of rows) {
    if (row.account_id === null) continue
    const group = groups.get(row.account_id) ?? []
    group.push(row)
    groups.set(row.account_id, group)
  }
  return groups
}

function latestAttempts<T extends { readonly attempt: number }>(requests: readonly T[]): readonly T[] {
  const latest = Math.max(0, ...requests.map((request) => request.attempt))
  return requests.filter((request) => request.attempt === latest)
}

function earliest(dates: readonly (CivilDate | null)[]): CivilDate | null {
  return dates.filter((date) => date !== null).sort()[0] ?? null
}
