/**
 * The ledger's database: PGlite in this process, in memory or in a folder, or a PostgreSQL server.
 * SQL that both honour only: no session locks, LISTEN, temporary tables or plain SET.
 */
import { existsSync } from 'node:fs'
import { rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { PGlite } from '@electric-sql/pglite'
import { Kysely, PostgresDialect, type PostgresPool, type Transaction } from 'kysely'
import pg from 'pg'
import { parsersByType, pgTypes } from './column-types.js'
import { migrateToLatest } from './migrator.js'
import { createPglitePool } from './pglite-pool.js'
import { createPglite } from './pglite-template.js'
import { lockFolder } from './pid-lock.js'
import type { Tables } from './tables.js'
import { guardPool } from './transaction.js'

export type DatabaseOptions =
  /** Gone with the process: rehearsals and tests. */
  | { readonly kind: 'memory' }
  /** For one process, survives its end; not a power cut. */
  | { readonly kind: 'folder'; readonly folder: string }
  | { readonly kind: 'postgres'; readonly url: string; readonly maxConnections?: number }

export interface Database {
  readonly kind: DatabaseOptions['kind']
  /** For statements outside a transaction; using it inside `tx` is an error. */
  readonly kysely: Kysely<Tables>
  /**
   * Commits what `work` did when it resolves, undoes it when it rejects. Does not nest. `work` runs again after a deadlock
   * or when another transaction inserted the same key first, so it has no other effect than on the database.
   */
  tx<T>(work: (trx: Transaction<Tables>) => Promise<T>): Promise<T>
  /** Brings the schema up to date; returns the names of the migrations that ran now. */
  migrate(): Promise<readonly string[]>
  close(): Promise<void>
}

/** Of each process; a server allows 100 unless it was told otherwise. */
const MAX_CONNECTIONS = 10
/** A server that does not answer within this is down, not slow. */
const CONNECT_LIMIT_MS = 10_000

/** Opens it; the schema is not touched before `migrate()`. */
export async function openDatabase(options: DatabaseOptions): Promise<Database> {
  switch (options.kind) {
    case 'memory':
      return assemble('memory', createPglitePool(await createPglite({ parsers: parsersByType })))
    case 'folder':
      return openFolder(options.folder)
    case 'postgres':
      return assemble('postgres', connectPool(options))
  }
}

async function openFolder(folder: string): Promise<Database> {
  const lock = lockFolder(folder)
  try {
    const database = assemble('folder', createPglitePool(await openCluster(folder)))
    return { ...database, close: () => database.close().finally(() => lock.release()) }
  } catch (error) {
    lock.release()
    throw error
  }
}

/** A new cluster is made beside and then renamed, so that a kill in the middle leaves none or a whole one. */
async function openCluster(folder: string): Promise<PGlite> {
  const path = join(folder, 'ledger')
  if (!existsSync(path)) {
    const unfinished = `${path}.new`
    await rm(unfinished, { recursive: true, force: true })
    const made = await createPglite({ dataDir: unfinished })
    await made.close()
    await rename(unfinished, path)
  }
  return PGlite.create(path, { parsers: parsersByType })
}

function connectPool(options: Extract<DatabaseOptions, { kind: 'postgres' }>): PostgresPool {
  const pool = new pg.Pool({
    connectionString: options.url,
    max: options.maxConnections ?? MAX_CONNECTIONS,
    connectionTimeoutMillis: CONNECT_LIMIT_MS,
    application_name: 'meterhall',
    options: '-c TimeZone=UTC',
    types: pgTypes(),
  })
  // a connection that the server ended: whoever uses it hears of it from the statement, the pool replaces it, and an event
  // that nobody listens to would end the process. The pool listens to idle ones only
  pool.on('error', () => {})
  pool.on('connect', (client) => void client.on('error', () => {}))
  return pool as unknown as PostgresPool
}

function assemble(kind: Database['kind'], pool: PostgresPool): Database {
  const guard = guardPool(pool)
  const kysely = new Kysely<Tables>({ dialect: new PostgresDialect({ pool: guard.pool }) })
  return {
    kind,
    kysely,
    tx: (work) => guard.transact(kysely, work),
    migrate: () => migrateToLatest(kysely),
    async close() {
      await kysely.destroy()
      // Kysely does not end a pool that it never used
      await guard.pool.end()
    },
  }
}
