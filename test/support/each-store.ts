/** Runs one suite on every store the product supports. */
import { afterAll, beforeAll, describe } from 'vitest'
import { type Database, type DatabaseOptions, openDatabase } from '../../persistence/database.js'
import { findPostgres, type ScratchPostgres, startScratchPostgres } from './postgres.js'

export interface StoreUnderTest {
  readonly kind: DatabaseOptions['kind']
  /** Migrated, one for the whole suite: keep tests apart by their program id. */
  database(): Database
  /** A database of its own, migrated unless told otherwise; closed when the suite ends. */
  open(options?: { readonly migrated?: boolean }): Promise<Database>
}

/**
 * The same tests on PGlite in memory and on a PostgreSQL server started for the suite.
 * Without a server to start, its half is skipped and the reason printed.
 */
export function describeOnEachStore(name: string, suite: (store: StoreUnderTest) => void): void {
  describe(`${name} (on PGlite)`, () => {
    suite(storeUnderTest('memory', async () => ({ kind: 'memory' })))
  })
  const postgres = findPostgres()
  if ('missing' in postgres) {
    process.stderr.write(`skipped: ${name} (on PostgreSQL): ${postgres.missing}\n`)
    describe.skip(`${name} (on PostgreSQL)`, () => suite(storeUnderTest('postgres', neverOpened)))
    return
  }
  describe(`${name} (on PostgreSQL)`, () => {
    let server: ScratchPostgres
    beforeAll(async () => {
      server = await startScratchPostgres(postgres.bin)
    })
    // hooks of the end run in reverse order: the suite closes its databases first
    afterAll(() => server.stop())
    suite(storeUnderTest('postgres', async () => ({ kind: 'postgres', url: await server.createDatabase() })))
  })
}

function storeUnderTest(kind: DatabaseOptions['kind'], options: () => Promise<DatabaseOptions>): StoreUnderTest {
  const opened: Database[] = []
  let shared: Database | undefined
  const open = async ({ migrated = true } = {}) => {
    const database = await openDatabase(await options())
    opened.push(database)
    if (migrated) await database.migrate()
    return database
  }
  beforeAll(async () => {
    shared = await open()
  })
  afterAll(async () => {
    for (const database of opened) await database.close()
  })
  return {
    kind,
    open,
    database() {
      if (shared === undefined) throw new Error('the database is open only while the tests of its suite run')
      return shared
    },
  }
}

async function neverOpened(): Promise<DatabaseOptions> {
  throw new Error('a skipped suite opens nothing')
}
