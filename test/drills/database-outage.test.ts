/** Fault class 2: the database is gone for a moment, or the answer to a COMMIT is lost. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { addReceipt } from '../../client/facts.js'
import type { Desk } from '../../client/desk.js'
import { type Database, openDatabase } from '../../persistence/database.js'
import { findPostgres, type ScratchPostgres, startScratchPostgres } from '../support/postgres.js'
import { DAYS, granted, villageAt } from '../persistence/ledger/phases.js'
import { home, type Village } from '../persistence/ledger/village.js'
import { storyOf } from '../persistence/ledger/where-they-stand.js'
import { type CuttingProxy, startCuttingProxy } from './cutting-proxy.js'

const postgres = findPostgres()
if ('missing' in postgres) process.stderr.write(`skipped: the drills of the database: ${postgres.missing}\n`)

describe.skipIf('missing' in postgres)('fault class 2: the database', () => {
  let server: ScratchPostgres
  let url: string
  let village: Village
  beforeAll(async () => {
    server = await startScratchPostgres('bin' in postgres ? postgres.bin : '')
    url = await server.createDatabase()
    const database = await openDatabase({ kind: 'postgres', url })
    await database.migrate()
    village = await villageAt(database, 'noticed')
  })
  afterAll(async () => {
    await village.database.close()
    await server.stop()
  })

  const deskOn = (database: Database) => ({ database, now: () => DAYS.evidence, clock: 'stepped' }) as unknown as Desk
  /** A phone call of the nth home, under a verb of its own. */
  const reply = (database: Database, n: number) =>
    addReceipt(
      deskOn(database),
      { programId: village.programId, actor: 'clerk', verbId: `outage-${n}` },
      { account: home(n), channel: 'phone', postmark: null, received: DAYS.evidence, signed: true },
    )
  const receipts = async (n: number): Promise<number> =>
    (
      await village.database.kysely
        .selectFrom('receipt')
        .select('receipt_id')
        .where('program_id', '=', village.programId)
        .where('typed_account', '=', home(n))
        .execute()
    ).length

  describe('the connection is cut after the COMMIT was sent', () => {
    let proxy: CuttingProxy
    let database: Database
    beforeAll(async () => {
      proxy = await startCuttingProxy(Number(new URL(url).port))
      database = await openDatabase({ kind: 'postgres', url: proxy.through(url) })
    })
    afterAll(async () => {
      await database.close()
      await proxy.close()
    })

    test('the caller hears an error and the receipt stands; asked again under its id, the first answer comes', async () => {
      proxy.cutAfterCommit(1)
      await expect(reply(database, 1)).rejects.toThrow()
      expect(proxy.cuts).toBe(1)
      expect(await receipts(1)).toBe(1)
      const first = granted(await reply(database, 1))
      expect(first).toMatchObject({ verdict: 'timely' })
      expect(granted(await reply(database, 1))).toEqual(first)
      expect(await receipts(1)).toBe(1)
      expect((await storyOf(village, home(1))).filter((kind) => kind === 'opted-out')).toHaveLength(1)
    })

    test('ten answers lost in a row: ten receipts, ten answers, nothing twice', async () => {
      for (let n = 2; n <= 11; n++) {
        proxy.cutAfterCommit(1)
        await expect(reply(database, n)).rejects.toThrow()
        granted(await reply(database, n))
        expect(await receipts(n)).toBe(1)
      }
      expect(proxy.cuts).toBe(11)
    })
  })

  test('the server is killed and started again: what was acknowledged is there, and the same connection pool goes on', async () => {
    granted(await reply(village.database, 12))
    await server.kill()
    await expect(reply(village.database, 13)).rejects.toThrow()
    await server.startAgain()
    expect(await receipts(12)).toBe(1)
    expect(await receipts(13)).toBe(0)
    granted(await reply(village.database, 13))
    expect(await receipts(13)).toBe(1)
  })
})
