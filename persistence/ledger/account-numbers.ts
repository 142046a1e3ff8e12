/** Which of our accounts the utility means by a number, and which number it uses now (ruling R-020). */
import type { Kysely } from 'kysely'
import { compareInstants } from '../../domain/instant.js'
import type { Row, Tables } from '../tables.js'

/** What the utility calls an account, in the terms of the list. */
export interface ListedPoint {
  readonly accountNumber: string
  /** Null: the whole account. */
  readonly servicePoint: string | null
  /** The utility has another number for it by now. */
  readonly isFormer: boolean
}

/** The numbers as the list has them, in the order given. A number nobody changed comes back as it was. */
export async function asListed(
  db: Kysely<Tables>,
  programId: string,
  named: readonly { readonly accountNumber: string; readonly servicePoint: string | null }[],
): Promise<ListedPoint[]> {
  const numbers = [...new Set(named.map((one) => one.accountNumber))]
  const rows =
    numbers.length === 0
      ? []
      : await db
          .selectFrom('renumbering')
          .innerJoin('account', 'account.account_id', 'renumbering.account_id')
          .select([
            'renumbering.account_number as now',
            'renumbering.service_point',
            'renumbering.own_service_point',
            'renumbering.recorded_at',
            'account.account_number as listed',
          ])
          .where('renumbering.program_id', '=', programId)
          .where((eb) =>
            eb.or([
              eb('account.account_number', 'in', numbers),
              eb('renumbering.account_id', 'in', (inner) =>
                inner
                  .selectFrom('renumbering as named')
                  .select('named.account_id')
                  .where('named.program_id', '=', programId)
                  .where('named.account_number', 'in', numbers),
              ),
            ]),
          )
          .execute()
  return named.map(({ accountNumber, servicePoint }) => {
    const mine = rows.filter((row) => row.now === accountNumber)
    const listed = mine[0]?.listed ?? accountNumber
    const own = mine.find((row) => row.service_point === servicePoint)?.own_service_point ?? servicePoint
    const isFormer = rows.some(
      (row) =>
        row.listed === listed &&
        row.now !== accountNumber &&
        (own === null || row.own_service_point === own) &&
        mine.every((one) => compareInstants(row.recorded_at, one.recorded_at) > 0),
    )
    return { accountNumber: listed, servicePoint: own, isFormer }
  })
}

/** Number and service point that the utility uses now, by account and own service point; what was never changed is not in it. */
export async function numbersNow(
  db: Kysely<Tables>,
  accountIds: readonly number[],
): Promise<ReadonlyMap<string, Pick<Row<'renumbering'>, 'account_number' | 'service_point'>>> {
  if (accountIds.length === 0) return new Map()
  const rows = await db
    .selectFrom('renumbering')
    .select(['account_id', 'own_service_point', 'account_number', 'service_point'])
    .where('account_id', 'in', [...new Set(accountIds)])
    .orderBy('recorded_at')
    .orderBy('since')
    .execute()
  return new Map(rows.map((row) => [pointKey(row.account_id, row.own_service_point), row]))
}

/** One text for one service point, as a key of maps. */
export function pointKey(accountId: number, servicePoint: string): string {
  return `${accountId} ${servicePoint}`
}
