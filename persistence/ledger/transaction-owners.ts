/** Which of several programs of one supplier a transaction of the utility is about. */
import { type Kysely, sql } from 'kysely'
import type { Row, Tables } from '../tables.js'
import { LIVE } from './answered-requests.js'

/** What a transaction says of itself; null where it says nothing. */
export interface Clues {
  /** As in the record of what was applied. */
  readonly key: string
  /** LIN01 and BGN06 of an answer. */
  readonly lin01: string | null
  readonly bgn02: string | null
  /** Our group, as an acknowledgment names it. */
  readonly gs06: number | null
  /** As the utility names it, newest name first. */
  readonly accounts: readonly string[]
  readonly servicePoint: string | null
}

export interface SupplierProgram {
  readonly programId: string
  /** Null before the award. */
  readonly supplierId: string | null
}

/**
 * Every program: those that run before those that have ended, then the oldest first. The first of a supplier is its oldest
 * relation with the utility and the one that stays the same when towns are added: it keeps what no program owns.
 */
export async function programsBySeniority(db: Kysely<Tables>): Promise<readonly SupplierProgram[]> {
  const rows = await db
    .selectFrom('program')
    .leftJoin('award', (join) =>
      join.onRef('award.program_id', '=', 'program.program_id').on('award.outcome', '=', 'awarded'),
    )
    .leftJoin('bid', 'bid.bid_id', 'award.bid_id')
    .leftJoin('run', (join) => join.onRef('run.program_id', '=', 'program.program_id').on('run.kind', '=', 'cycle'))
    .select(['program.program_id', 'bid.content', 'run.ended'])
    .orderBy((eb) => eb.fn.coalesce('run.ended', eb.lit(false)))
    .orderBy('program.started_at')
    .orderBy('program.program_id')
    .execute()
  return rows.map((row) => ({
    programId: row.program_id,
    supplierId: (row.content as { readonly supplierId: string } | null)?.supplierId ?? null,
  }))
}

/**
 * In the order of the clues: the program that applied the transaction before, since a drop ends the enrollment that would tell whose
 * it was; the one with the request or the file that is answered; otherwise the one with the account, of
 * several the one whose enrollment of it stands, is of that service point, or is the newest. Null: none has any of it.
 */
export async function ownersOf(
  db: Kysely<Tables>,
  programIds: readonly string[],
  clues: readonly Clues[],
): Promise<readonly (string | null)[]> {
  const applied = await appliedBefore(db, programIds, clues)
  const asked = await requestsNamed(db, programIds, clues)
  const groups = await groupsNamed(db, programIds, clues)
  const accounts = await accountsNamed(db, programIds, clues)
  return clues.map((clue) => {
    const before = applied.get(clue.key)
    if (before !== undefined) return before
    if (clue.gs06 !== null) return groups.get(clue.gs06) ?? null
    const answered = asked.get(clue.lin01 ?? '') ?? asked.get(clue.bgn02 ?? '')
    if (answered !== undefined) return answered
    const held = clue.accounts.flatMap((number) => accounts.get(number) ?? [])
    const standing = held.filter((one) => one.stands)
    const best = standing.length > 0 ? standing : held
    return (best.find((one) => one.servicePoint === clue.servicePoint) ?? best[0])?.programId ?? null
  })
}

async function appliedBefore(db: Kysely<Tables>, programIds: readonly string[], clues: readonly Clues[]) {
  const rows = await db
    .selectFrom('applied_transaction')
    .select(['program_id', 'transaction_key'])
    .where('program_id', 'in', [...programIds])
    .where('transaction_key', 'in', oneOf(clues.map(({ key }) => key)))
    .execute()
  return new Map(rows.map((row) => [row.transaction_key, row.program_id]))
}

/** Programs by LIN01 and by BGN02 of our requests. */
async function requestsNamed(db: Kysely<Tables>, programIds: readonly string[], clues: readonly Clues[]) {
  const ids = distinct(clues.flatMap(({ lin01, bgn02 }) => [lin01, bgn02]))
  const named = new Map<string, string>()
  if (ids.length === 0) return named
  const rows = await db
    .selectFrom('request')
    .select(['program_id', 'lin01', 'bgn02'])
    .where('program_id', 'in', [...programIds])
    .where((eb) => eb.or([eb('lin01', 'in', oneOf(ids)), eb('bgn02', 'in', oneOf(ids))]))
    .execute()
  for (const row of rows) named.set(row.bgn02, row.program_id)
  for (const row of rows) named.set(row.lin01, row.program_id)
  return named
}

async function groupsNamed(db: Kysely<Tables>, programIds: readonly string[], clues: readonly Clues[]) {
  const groups = distinct(clues.map(({ gs06 }) => gs06))
  if (groups.length === 0) return new Map<number, string>()
  const rows = await db
    .selectFrom('interchange')
    .select(['program_id', 'gs06'])
    .where('program_id', 'in', [...programIds])
    .where((eb) => eb(eb.cast<string>('gs06', 'text'), 'in', oneOf(groups)))
    .execute()
  return new Map(rows.map((row) => [Number(row.gs06), row.program_id]))
}

interface Holding {
  readonly programId: string
  readonly servicePoint: string | null
  readonly stands: boolean
}

/** Programs that list an account, under the list's number or one that the utility gave it later; newest enrollment first. */
async function accountsNamed(db: Kysely<Tables>, programIds: readonly string[], clues: readonly Clues[]) {
  const numbers = distinct(clues.flatMap(({ accounts }) => accounts))
  const holdings = new Map<string, Holding[]>()
  if (numbers.length === 0) return holdings
  const enrollments = db
    .selectFrom('account')
    .leftJoin('request', (join) =>
      join.onRef('request.account_id', '=', 'account.account_id').on('request.kind', '=', 'enroll'),
    )
    .where('account.program_id', 'in', [...programIds])
  const listed = await enrollments
    .select(['account.account_number as number', 'account.program_id', 'request.request_id'])
    .select(['request.service_point', 'request.state'])
    .where('account.account_number', 'in', oneOf(numbers))
    .execute()
  const renumbered = await enrollments
    .innerJoin('renumbering', 'renumbering.account_id', 'account.account_id')
    .select(['renumbering.account_number as number', 'account.program_id', 'request.request_id'])
    .select(['renumbering.service_point', 'request.state'])
    .where('renumbering.account_number', 'in', oneOf(numbers))
    .execute()
  const newestFirst = [...listed, ...renumbered].sort((a, b) => (b.request_id ?? 0) - (a.request_id ?? 0))
  for (const row of newestFirst) {
    const held: Holding = { programId: row.program_id, servicePoint: row.service_point, stands: stands(row.state) }
    holdings.set(row.number, [...(holdings.get(row.number) ?? []), held])
  }
  return holdings
}

function stands(state: Row<'request'>['state'] | null): boolean {
  return (LIVE as readonly (string | null)[]).includes(state)
}

/** As one parameter: a file may name more than a statement takes. */
function oneOf(values: readonly (string | number)[]) {
  return sql<string>`(select jsonb_array_elements_text(${JSON.stringify(values)}::jsonb))`
}

function distinct<T>(values: readonly (T | null)[]): T[] {
  return [...new Set(values)].filter((value): value is T & {} => value !== null)
}
