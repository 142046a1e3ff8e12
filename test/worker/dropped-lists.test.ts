/** Customer lists on the utility's file server, when several programs run: no town ever gets the list of another by itself. */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { FileParty, WaitingFile } from '../../activities/file-party.js'
import { importList } from '../../client/facts.js'
import type { Desk } from '../../client/desk.js'
import { type Database, openDatabase } from '../../persistence/database.js'
import { lookForLists } from '../../worker/dropped-lists.js'
import { DAYS, granted, listAndSign, startVillage } from '../persistence/ledger/phases.js'
import { day, type Village } from '../persistence/ledger/village.js'
import { openItems } from '../persistence/ledger/where-they-stand.js'

const KINDS = ['fixed', 'supplier', 'hourly'] as const
const NAMES = ['utility-fixed-price.csv', 'retail-supplier.csv', 'utility-hourly.csv']

describe('a list on the file server', () => {
  let database: Database
  let desk: Desk
  let waiting: WaitingFile[]
  beforeAll(async () => {
    database = await openDatabase({ kind: 'memory' })
    await database.migrate()
    desk = { database, now: () => DAYS.start, clock: 'stepped' } as unknown as Desk
  })
  afterAll(() => database.close())
  beforeEach(async () => {
    waiting = []
    // the towns of the test before have theirs
    await database.kysely.updateTable('customer_list').set({ state: 'signed' }).execute()
    const without = await database.kysely.selectFrom('program').select('program_id').execute()
    for (const { program_id: programId } of without)
      await database.kysely
        .insertInto('customer_list')
        .values({
          ...{ list_id: `signed-${programId}`, program_id: programId, ordinal: 99, as_of: day('2027-01-08') },
          ...{ received_at: DAYS.start, source: 'test', mapping: null, state: 'signed', counts: null },
        })
        .onConflict((conflict) => conflict.doNothing())
        .execute()
  })

  const utility = {
    waiting: async () => [...waiting],
    remove: async (_folder: string, taken: WaitingFile) => {
      waiting = waiting.filter((file) => file.path !== taken.path)
    },
  } as unknown as FileParty
  const look = () => lookForLists(desk, utility, 'lists')
  const town = () => startVillage(database, { accounts: [] })
  const drop = (whose: string): void => {
    waiting = NAMES.map((name) => ({ name, path: name, content: Buffer.from(`${name} of ${whose}`) }))
  }
  const listsOf = async ({ programId }: Village) =>
    (
      await database.kysely
        .selectFrom('list_file')
        .innerJoin('customer_list', 'customer_list.list_id', 'list_file.list_id')
        .select('list_file.content')
        .where('customer_list.program_id', '=', programId)
        .where('customer_list.source', '!=', 'test')
        .execute()
    ).map((row) => Buffer.from(row.content).toString().split(' of ')[1])
  const importFor = async ({ programId }: Village) => {
    const files = waiting.map((file, index) => ({ ...file, kind: KINDS[index] ?? 'fixed' }))
    const list = { files, asOf: day('2027-01-08'), source: 'import', mapping: null }
    granted(await importList(desk, { programId, actor: 'clerk', verbId: `import-${programId}` }, list))
  }
  const sign = ({ programId }: Village) =>
    database.kysely.updateTable('customer_list').set({ state: 'signed' }).where('program_id', '=', programId).execute()

  test('goes to the one program that waits, whatever others run', async () => {
    const [a, b] = [await town(), await town()]
    await listAndSign(a)
    drop('b')
    expect(await look()).toBe(3)
    expect(await listsOf(b)).toEqual(['b', 'b', 'b'])
    expect([waiting, await openItems(a), await openItems(b)]).toEqual([[], [], []])
  })

  test('is taken by nobody while two wait: a person is asked once, in each town', async () => {
    const [a, b] = [await town(), await town()]
    drop('one of them')
    expect([await look(), await look()]).toEqual([0, 0])
    expect([await listsOf(a), await listsOf(b), waiting.length]).toEqual([[], [], 3])
    expect([await openItems(a), await openItems(b)]).toEqual([['list-left'], ['list-left']])
  })

  test('that a person imported is no other town’s, and is taken away', async () => {
    const [a, b] = [await town(), await town()]
    drop('a alone')
    await look()
    await importFor(a)
    await sign(a)
    expect(await look()).toBe(3)
    expect([await listsOf(b), waiting]).toEqual([[], []])
  })

  test('that was left to a person stays so, although only one town is left that waits', async () => {
    const [a, b] = [await town(), await town()]
    drop('nobody knows')
    await look()
    await listAndSign(a)
    expect(await look()).toBe(0)
    expect([await listsOf(b), waiting.length]).toEqual([[], 3])
  })

  test('that nobody waits for is told once, and does not go to the town that begins later', async () => {
    const a = await town()
    await listAndSign(a)
    const [{ program_id: programId } = { program_id: '' }] = await database.kysely
      .selectFrom('program')
      .select('program_id')
      .orderBy('started_at')
      .orderBy('program_id')
      .execute()
    const before = (await openItems({ ...a, programId })).length
    drop('a again')
    expect([await look(), await look()]).toEqual([0, 0])
    expect((await openItems({ ...a, programId })).slice(before)).toEqual(['list-left'])
    const b = await town()
    expect(await look()).toBe(0)
    expect([await listsOf(b), waiting.length]).toEqual([[], 3])
  })

  test('of which one file was set aside and not removed is not mixed with the next list', async () => {
    const a = await town()
    drop('first')
    await look()
    const [leftOver] = NAMES.map((name) => ({
      name,
      path: `taken-0a1b2c3d-${name}`,
      content: Buffer.from(`${name} of first`),
    }))
    drop('second')
    if (leftOver !== undefined) waiting.unshift(leftOver)
    expect(await look()).toBe(4)
    expect(await listsOf(a)).toEqual(['first', 'first', 'first', 'second', 'second', 'second'])
    expect(await openItems(a)).toEqual([])
  })

  test('of which there are two of one kind is for a person', async () => {
    const a = await town()
    drop('one')
    waiting.push({ name: NAMES[0] ?? '', path: 'taken-0a1b2c3d-x', content: Buffer.from('two') })
    expect(await look()).toBe(0)
    expect([await listsOf(a), await openItems(a)]).toEqual([[], ['list-left']])
  })
})
