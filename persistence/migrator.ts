/** Brings a database to the current schema. */
import { type Kysely, type Migration, Migrator } from 'kysely'
import { migrations } from './migrations/all.js'

/**
 * Runs what has not run yet, all in one transaction.
 * @returns names of the migrations that ran now
 * @throws Error naming the migration that failed; the database is as before
 */
export async function migrateToLatest<Tables>(
  kysely: Kysely<Tables>,
  all: Readonly<Record<string, Migration>> = migrations,
): Promise<readonly string[]> {
  const migrator = new Migrator({ db: kysely, provider: { getMigrations: async () => ({ ...all }) } })
  const { error, results = [] } = await migrator.migrateToLatest()
  const failed = results.find((result) => result.status === 'Error')
  if (failed !== undefined) {
    throw new Error(`Migration ${failed.migrationName} failed; nothing was changed: ${reason(error)}`, { cause: error })
  }
  if (error !== undefined) {
    throw new Error(
      `The database has migrations this version does not know, or misses some in between (${reason(error)}); ` +
        'run the version that wrote it, or a newer one.',
      { cause: error },
    )
  }
  return results.filter((result) => result.status === 'Success').map((result) => result.migrationName)
}

function reason(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
