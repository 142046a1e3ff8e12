import { sql } from 'kysely'
import { describe, expect, test } from 'vitest'
import { inboxId } from '../../domain/run-ids.js'
import { migrations } from '../../persistence/migrations/all.js'
import { migrateToLatest } from '../../persistence/migrator.js'
import { describeOnEachStore } from '../support/each-store.js'

describeOnEachStore('the ledger database', (store) => {
  describe('values of the ledger', () => {
    const value = async (expression: string) => {
      const { rows } = await sql
        .raw<{ value: unknown }>(`select ${expression} as value`)
        .execute(store.database().kysely)
      return rows[0]?.value
    }

    test.each([
      ["date '2027-03-14'", '2027-03-14'],
      ["array[date '2027-03-14', null]", ['2027-03-14', null]],
      ["timestamptz '2027-03-12T05:00:00Z'", '2027-03-12T05:00:00Z'],
      ["timestamptz '2027-03-12T00:00:00-05:00'", '2027-03-12T05:00:00Z'],
      ["timestamptz '2027-03-12T05:00:00.120Z'", '2027-03-12T05:00:00.12Z'],
      ["array[timestamptz '2027-03-12T05:00:00Z']", ['2027-03-12T05:00:00Z']],
      ['9007199254740991::bigint', 9007199254740991],
      ['array[1::bigint, -2]', [1, -2]],
      ['(select sum(n) from generate_series(1, 3) as n)', 6],
      ['(select count(*) from generate_series(1, 3))', 3],
      ['1.25::numeric', 1.25],
      ['null::bigint', null],
      ['true', true],
      [`'{"a": [1, null]}'::jsonb`, { a: [1, null] }],
      [`'\\x00ff10'::bytea`, new Uint8Array([0, 255, 16])],
    ])('%s is read as %j', async (expression, expected) => {
      expect(await value(expression)).toEqual(expected)
    })

    test('a bigint that a number cannot hold exactly is refused', async () => {
      await expect(value('9007199254740992::bigint')).rejects.toThrow(/too large/)
    })

    test('an instant is read in UTC whatever zone the session has', async () => {
      const read = await store.database().tx(async (trx) => {
        await sql`set local time zone 'America/Chicago'`.execute(trx)
        const { rows } = await sql<{ at: string }>`select timestamptz '2027-03-12T05:00:00.5Z' as at`.execute(trx)
        return rows[0]?.at
      })
      expect(read).toBe('2027-03-12T05:00:00.5Z')
    })

    test('what is written comes back: date, instant, JSON text, bytes, null', async () => {
      const { kysely } = store.database()
      await sql`create table written (d date, t timestamptz, j jsonb, b bytea, n bigint, x text)`.execute(kysely)
      await sql`insert into written values (${'2027-03-14'}, ${'2027-11-07T06:30:00Z'}, ${JSON.stringify({ a: 'é' })},
      ${new Uint8Array([0, 200])}, ${12}, ${null})`.execute(kysely)
      const { rows } = await sql`select * from written`.execute(kysely)
      expect(rows).toEqual([
        { d: '2027-03-14', t: '2027-11-07T06:30:00Z', j: { a: 'é' }, b: new Uint8Array([0, 200]), n: 12, x: null },
      ])
    })
  })

  describe('a transaction', () => {
    const counted = async () => {
      const { rows } = await sql<{ n: number }>`select count(*) as n from tally`.execute(store.database().kysely)
      return rows[0]?.n
    }
    const prepare = async () => {
      await sql`drop table if exists tally`.execute(store.database().kysely)
      await sql`create table tally (n integer primary key)`.execute(store.database().kysely)
    }

    test('commits what it did when it resolves and undoes it when it rejects', async () => {
      const { tx } = store.database()
      await prepare()
      await tx((trx) => sql`insert into tally values (1)`.execute(trx))
      const failed = tx(async (trx) => {
        await sql`insert into tally values (2)`.execute(trx)
        throw new Error('changed my mind')
      })
      await expect(failed).rejects.toThrow('changed my mind')
      expect(await counted()).toBe(1)
    })

    test('two hundred at once, half of them failing, leave exactly the other half', async () => {
      const { tx } = store.database()
      await prepare()
      const each = Array.from({ length: 200 }, (_, n) =>
        tx(async (trx) => {
          await sql`insert into tally values (${n})`.execute(trx)
          if (n % 2 === 1) throw new Error('odd')
        }).catch(() => {}),
      )
      await Promise.all(each)
      expect(await counted()).toBe(100)
    })

    test('refuses a statement of the outer database at once, and is usable afterwards', async () => {
      const { kysely, tx } = store.database()
      await expect(tx(() => sql`select 1`.execute(kysely))).rejects.toThrow(/pass the transaction on/)
      await expect(tx(async () => tx(async () => 1))).rejects.toThrow(/pass the outer one on/)
      expect(await tx(async (trx) => (await sql`select 1 as one`.execute(trx)).rows)).toEqual([{ one: 1 }])
    })

    test('does not bind work that it started and that goes on after it', async () => {
      const { kysely, tx } = store.database()
      let release = () => {}
      const after = new Promise<void>((resolve) => {
        release = resolve
      })
      let later: Promise<unknown> = Promise.resolve()
      await tx(async () => {
        later = after.then(() => sql`select 1`.execute(kysely))
      })
      release()
      await expect(later).resolves.toBeDefined()
    })
  })

  describe('an error of the database', () => {
    test('keeps code, table and constraint and tells no value of the row', async () => {
      const { kysely } = store.database()
      await sql`create table unique_name (name text constraint one_name unique)`.execute(kysely)
      await sql`insert into unique_name values (${'Ada Unmistakable'})`.execute(kysely)
      const error = await sql`insert into unique_name values (${'Ada Unmistakable'})`.execute(kysely).catch((e) => e)
      expect(error).toMatchObject({ code: '23505', constraint: 'one_name' })
      expect(everythingOf(error)).not.toContain('Unmistakable')
    })

    test('does not quote a value it could not read', async () => {
      const error = await sql`select ${'Ada Unmistakable'}::text::date`.execute(store.database().kysely).catch((e) => e)
      expect(error.message).toMatch(/invalid input syntax for type date/)
      expect(everythingOf(error)).not.toContain('Unmistakable')
    })

    const everythingOf = (error: Error) =>
      JSON.stringify(error, Object.getOwnPropertyNames(error)) + String(error.stack) + JSON.stringify({ ...error })
  })

  describe('migrations', () => {
    const up = (statement: string) => ({ up: (db: Parameters<typeof run>[1]) => run(statement, db) })

    test('run once, in order', async () => {
      const database = await store.open({ migrated: false })
      expect(await database.migrate()).toContain('001-ledger')
      expect(await database.migrate()).toEqual([])
    })

    test('a failing one is named, and it and those before it are undone', async () => {
      const { kysely } = await store.open({ migrated: false })
      const good = { '001-good': up('create table good (n integer)') }
      const all = {
        ...good,
        '002-bad': {
          up: async (db: Parameters<typeof run>[1]) => {
            await run('create table half (n integer)', db)
            await run('select no_such_column', db)
          },
        },
      }
      await expect(migrateToLatest(kysely, all)).rejects.toThrow(/002-bad/)
      await expect(run('select * from half', kysely)).rejects.toThrow(/half/)
      expect(await migrateToLatest(kysely, good)).toEqual(['001-good'])
    })

    test('a file of the utility that is under way when the inbox becomes a shared one goes on where it was', async () => {
      const { kysely } = await store.open({ migrated: false })
      const before = Object.entries(migrations).filter(([name]) => name < '004')
      await migrateToLatest(kysely, Object.fromEntries(before))
      await run(
        `insert into inbound_file values ('abc', 'town', 'utility', 'a.edi', 'ISA', '2027-03-01T00:00:00Z', 'started', null, 7)`,
        kysely,
      )
      await run(
        `insert into run (workflow_id, program_id, kind, phase, waiting_for, busy) values
          ('inbox/abc', 'town', 'inbox', 'starting', '', true), ('program/town', 'town', 'cycle', 'term', '', false)`,
        kysely,
      )
      await migrateToLatest(kysely)
      const file = await kysely
        .selectFrom('inbound_file')
        .innerJoin('inbound_content', 'inbound_content.sha256', 'inbound_file.sha256')
        .select(['program_id', 'content', 'state', 'places', 'next_transaction'])
        .executeTakeFirstOrThrow()
      expect({ ...file, content: Buffer.from(file.content).toString() }).toEqual({
        ...{ program_id: 'town', content: 'ISA', state: 'started', places: null, next_transaction: 7 },
      })
      const runs = await kysely.selectFrom('run').select('workflow_id').orderBy('workflow_id').execute()
      expect(runs.map((row) => row.workflow_id)).toEqual([inboxId('town', 'abc'), 'program/town'])
    })

    test('a database of a newer version is refused in words', async () => {
      const { kysely } = await store.open({ migrated: false })
      await migrateToLatest(kysely, { '001-one': up('select 1'), '002-two': up('select 1') })
      await expect(migrateToLatest(kysely, { '001-one': up('select 1') })).rejects.toThrow(/newer one/)
    })
  })
})

// biome-ignore lint/suspicious/noExplicitAny: Kysely hands migrations a database of any tables
async function run(statement: string, db: any): Promise<void> {
  await sql.raw(statement).execute(db)
}
