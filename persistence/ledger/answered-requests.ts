/** What all answers of the utility share: applied once, matched to a request of ours, visible when they match nothing. */
import { sql } from 'kysely'
import type { PlanTerms } from '../../domain/plan.js'
import type { Row } from '../tables.js'
import { recordArrived } from './interchanges.js'
import { appendEvents, type Occasion, type Trx } from './journal.js'
import { openWorkItems } from './work-items.js'

/** Request states in which the utility has the request or acts on it. */
export const WITH_UTILITY = ['sent', 'accepted', 'started'] as const
/** Those, and the ones that are still on their way there. */
export const LIVE = ['planned', 'no-read', 'batched', ...WITH_UTILITY] as const

/** The keys that were never applied before; a key given twice is one of them once. */
export async function firstTimes(
  trx: Trx,
  programId: string,
  keys: readonly string[],
  sha256: string,
): Promise<Set<string>> {
  if (keys.length === 0) return new Set()
  const { rows } = await sql<{ transaction_key: string }>`
    insert into applied_transaction (program_id, transaction_key, sha256)
    select ${programId}, key, ${sha256} from jsonb_array_elements_text(${JSON.stringify(keys)}::jsonb) as key
    on conflict do nothing returning transaction_key`.execute(trx)
  return new Set(rows.map((row) => row.transaction_key))
}

/** @param whys what came, each in words without a name or a number */
export async function unmatched(trx: Trx, occasion: Occasion, ...whys: readonly string[]): Promise<void> {
  await appendEvents(
    trx,
    occasion,
    whys.map((why) => ({ kind: 'transaction-unmatched', data: { why } })),
  )
  await openWorkItems(
    trx,
    occasion,
    whys.map((why) => ({
      kind: 'unmatched-transaction',
      message: `A transaction from the utility matches nothing of ours (${why}); look it up in the stored file.`,
    })),
  )
}

/** An answer that cannot follow what we know of its request: shown to a person, never acted upon. */
export async function contradicted(
  trx: Trx,
  occasion: Occasion,
  came: string,
  ...requests: readonly Pick<Row<'request'>, 'cohort' | 'account_id' | 'state'>[]
): Promise<void> {
  await openWorkItems(
    trx,
    occasion,
    requests.map((request) => ({
      kind: 'unmatched-transaction',
      message: `The utility sent ${came} for a request that is ${request.state} with us; compare with its records.`,
      cohort: request.cohort,
      accountId: request.account_id,
    })),
  )
}

export async function answeredRequest(
  trx: Trx,
  occasion: Occasion,
  lin01: string,
  kind: 'enroll' | 'drop',
  terms: PlanTerms,
): Promise<Row<'request'> | undefined> {
  return (await answeredRequests(trx, occasion, [lin01], kind, terms)).get(lin01)
}

/** The requests that answers name, locked, by LIN01. An answer also proves that the utility has the file. */
export async function answeredRequests(
  trx: Trx,
  occasion: Occasion,
  lin01s: readonly string[],
  kind: 'enroll' | 'drop',
  terms: PlanTerms,
): Promise<Map<string, Row<'request'>>> {
  const found = () =>
    trx
      .selectFrom('request')
      .selectAll()
      .where('program_id', '=', occasion.programId)
      .where('lin01', 'in', [...lin01s])
      .where('kind', '=', kind)
      .orderBy('request_id')
      .forUpdate()
      .execute()
  let requests = await found()
  const unrecorded = filesOf(requests.filter((request) => request.state === 'batched'))
  for (const interchangeId of unrecorded) await recordArrived(trx, occasion, interchangeId, terms)
  if (unrecorded.length > 0) requests = await found()
  const files = filesOf(requests)
  if (files.length > 0) {
    await trx
      .updateTable('interchange')
      .set({ responded: true })
      .where('interchange_id', 'in', files)
      .where('responded', '=', false)
      .execute()
  }
  return new Map(requests.map((request) => [request.lin01, request]))
}

function filesOf(requests: readonly Row<'request'>[]): number[] {
  return [...new Set(requests.flatMap((request) => request.interchange_id ?? []))].sort((a, b) => a - b)
}

/** An enrollment request with its account, both locked. */
export interface Enrollment extends Row<'request'> {
  readonly account_number: string
  readonly account_state: Row<'account'>['state']
}

/** Enrollment requests of accounts, as the utility names them. */
export async function enrollmentsOf(
  trx: Trx,
  occasion: Occasion,
  accountNumbers: readonly string[],
  states: readonly Row<'request'>['state'][],
): Promise<readonly Enrollment[]> {
  return trx
    .selectFrom('request')
    .innerJoin('account', 'account.account_id', 'request.account_id')
    .selectAll('request')
    .select(['account.account_number', 'account.state as account_state'])
    .where('account.program_id', '=', occasion.programId)
    .where('account.account_number', 'in', [...accountNumbers])
    .where('request.kind', '=', 'enroll')
    .where('request.state', 'in', [...states])
    .orderBy('request.request_id')
    .forUpdate()
    .execute()
}

/** Null names the whole account. */
export function isAt(request: Pick<Row<'request'>, 'service_point'>, servicePoint: string | null): boolean {
  return servicePoint === null || request.service_point === servicePoint
}

/** Another service point, or another attempt, of the account is still on its way or stands. */
export async function hasOtherRequest(
  trx: Trx,
  request: Pick<Row<'request'>, 'request_id' | 'account_id'>,
  states: readonly Row<'request'>['state'][],
): Promise<boolean> {
  const row = await trx
    .selectFrom('request')
    .select('request_id')
    .where('account_id', '=', request.account_id)
    .where('kind', '=', 'enroll')
    .where('request_id', '!=', request.request_id)
    .where('state', 'in', [...states])
    .limit(1)
    .executeTakeFirst()
  return row !== undefined
}
