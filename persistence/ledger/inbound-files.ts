/**
 * Files that the utility left: the bytes once for the installation, and what of them each program has to apply.
 *
 * Both are written in one transaction, so that bytes that are stored always belong to somebody.
 */
import type { Kysely } from 'kysely'
import type { Instant } from '../../domain/instant.js'
import type { Tables } from '../tables.js'
import type { Trx } from './journal.js'

/** By program: places of its transactions in the file, ascending; null for all of them. */
export type Shares = ReadonlyMap<string, readonly number[] | null>

export interface InboundFile {
  readonly sha256: string
  readonly name: string
  readonly content: Uint8Array
  readonly receivedAt: Instant
}

/** False: the same bytes were stored before. */
export async function storeContent(trx: Trx, file: InboundFile): Promise<boolean> {
  const stored = await trx
    .insertInto('inbound_content')
    .values({ sha256: file.sha256, content: file.content })
    .onConflict((conflict) => conflict.doNothing())
    .returning('sha256')
    .executeTakeFirst()
  return stored !== undefined
}

/** Gives each program its part; one that quarantined the file before gets it anew. */
export async function giveShares(trx: Trx, file: InboundFile, shares: Shares): Promise<void> {
  for (const [programId, places] of shares) {
    const given = {
      state: 'stored' as const,
      why: null,
      places: places === null ? null : JSON.stringify(places),
      next_transaction: 0,
    }
    await trx
      .insertInto('inbound_file')
      .values({
        program_id: programId,
        sha256: file.sha256,
        party: 'utility',
        name: file.name,
        received_at: file.receivedAt,
        ...given,
      })
      .onConflict((conflict) => conflict.columns(['program_id', 'sha256']).doUpdateSet(given))
      .execute()
  }
}

/** Nobody could do anything with the file, as far as it was looked at. */
export async function isQuarantinedByAll(trx: Trx, sha256: string): Promise<boolean> {
  const other = await trx
    .selectFrom('inbound_file')
    .select('program_id')
    .where('sha256', '=', sha256)
    .where('state', '!=', 'quarantined')
    .limit(1)
    .executeTakeFirst()
  return other === undefined
}

/** Stored and not started, in the order in which they came. */
export async function filesToStart(
  db: Kysely<Tables>,
): Promise<readonly { readonly programId: string; readonly sha256: string }[]> {
  return db
    .selectFrom('inbound_file')
    .select(['program_id as programId', 'sha256'])
    .where('state', '=', 'stored')
    .orderBy('received_at')
    .orderBy('name')
    .orderBy('program_id')
    .execute()
}

export async function markStarted(db: Kysely<Tables>, programId: string, sha256: string): Promise<void> {
  await db
    .updateTable('inbound_file')
    .set({ state: 'started' })
    .where('program_id', '=', programId)
    .where('sha256', '=', sha256)
    .where('state', '=', 'stored')
    .execute()
}
