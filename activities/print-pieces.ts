/** The letters of a print batch: whom each goes to, and by which rate classes the household is served. */
import type { RateClass } from '../domain/account.js'
import type { LetterCode } from '../domain/letter-code.js'
import type { Row } from '../persistence/tables.js'
import type { ActivityContext } from './context.js'

export type PieceOfAccount = Awaited<ReturnType<typeof piecesOf>>[number]

export async function batchRow(context: ActivityContext, batchId: number): Promise<Row<'print_batch'>> {
  return context.database.kysely
    .selectFrom('print_batch')
    .selectAll()
    .where('batch_id', '=', batchId)
    .executeTakeFirstOrThrow()
}

/** In the order of their serial numbers. */
export async function piecesOf(context: ActivityContext, batch: Row<'print_batch'>) {
  return withClasses(
    context,
    await pieceRows(context).where('piece.batch_id', '=', batch.batch_id).orderBy('piece.piece_id').execute(),
  )
}

/** To be narrowed; `withClasses` makes letters of the rows. */
export function pieceRows(context: ActivityContext) {
  return context.database.kysely
    .selectFrom('piece')
    .innerJoin('account', 'account.account_id', 'piece.account_id')
    .select([
      'piece.piece_id',
      'piece.letter_code',
      'account.account_id',
      'account.account_number',
      'account.customer_name',
      'account.mail_address',
      'account.service_address',
    ])
}

/** Adds the rate classes, in their order. */
export async function withClasses(
  context: ActivityContext,
  rows: readonly Awaited<ReturnType<ReturnType<typeof pieceRows>['execute']>>[number][],
) {
  if (rows.length === 0) return []
  const points = await context.database.kysely
    .selectFrom('service_point')
    .select(['account_id', 'rate_class'])
    .distinct()
    .where(
      'account_id',
      'in',
      rows.map((row) => row.account_id),
    )
    .orderBy('rate_class')
    .execute()
  const classes = new Map<number, RateClass[]>()
  for (const point of points)
    classes.set(point.account_id, [...(classes.get(point.account_id) ?? []), point.rate_class as RateClass])
  return rows.map((row) => ({ ...row, classes: classes.get(row.account_id) ?? [] }))
}

/** What stands on every letter, whatever it says. */
export function addressed(piece: PieceOfAccount) {
  return {
    code: piece.letter_code as LetterCode,
    serial: piece.piece_id,
    name: piece.customer_name,
    mailAddress: piece.mail_address,
    serviceAddress: piece.service_address,
    accountNumber: piece.account_number,
  }
}
