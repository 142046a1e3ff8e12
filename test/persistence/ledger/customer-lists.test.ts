import { describe, expect, test } from 'vitest'
import { newestList, readListFiles, signList, storeCustomerList } from '../../../persistence/ledger/customer-lists.js'
import { writeReviewedList } from '../../../persistence/ledger/reviewed-list.js'
import { describeOnEachStore } from '../../support/each-store.js'
import { DAYS, granted, listAndSign, receiveList, reviewList, startVillage, unwatched } from './phases.js'
import * as who from './village.js'
import { accountsOf, eventsOf, expectBalance, stateOf, storyOf } from './where-they-stand.js'

const { verb, day, home, VILLAGERS } = who

describeOnEachStore('customer lists', (store) => {
  const aList = (text: string, mapping: unknown = null) => ({
    files: [{ kind: 'fixed' as const, name: 'fixed.csv', content: Buffer.from(text) }],
    asOf: day('2027-01-08'),
    source: 'import',
    mapping,
  })
  const keep = (village: who.Village, text: string, mapping: unknown = null) =>
    store.database().tx((trx) => storeCustomerList(trx, verb(village, DAYS.start), aList(text, mapping)))
  const sign = (village: who.Village, listId: string, person: string) =>
    store.database().tx((trx) => signList(trx, verb(village, DAYS.start, person), listId, village.terms))

  describe('Mahomet, Role of the Village B: the list as the utility delivered it', () => {
    test('is kept byte for byte under its hash', async () => {
      const village = await startVillage(store.database())
      const { listId, repeated } = granted(await keep(village, 'A\u0000b\r\nÄ'))
      expect(repeated).toBe(false)
      const [file] = await readListFiles(store.database().kysely, listId)
      expect(Buffer.from(file?.content ?? []).toString()).toBe('A\u0000b\r\nÄ')
    })

    test('the same files twice are one list', async () => {
      const village = await startVillage(store.database())
      const first = granted(await keep(village, 'one'))
      expect(granted(await keep(village, 'one'))).toEqual({ ...first, repeated: true })
      expect((await eventsOf(village, 'list-received')).length).toBe(1)
      expect((await eventsOf(village, 'list-repeated')).length).toBe(1)
    })

    test('the same files at the same instant are one list', async () => {
      const village = await startVillage(store.database())
      const answers = (await Promise.all([keep(village, 'one'), keep(village, 'one')])).map(granted)
      expect(answers.map((answer) => answer.repeated).sort()).toEqual([false, true])
    })

    test('two lists at the same instant are both kept, one after the other', async () => {
      const village = await startVillage(store.database())
      const answers = (await Promise.all([keep(village, 'one'), keep(village, 'two')])).map(granted)
      expect(answers.map((answer) => answer.repeated)).toEqual([false, false])
    })

    test('the same files read by another mapping are another list', async () => {
      const village = await startVillage(store.database())
      granted(await keep(village, 'one'))
      expect(granted(await keep(village, 'one', { delimiter: ';' })).repeated).toBe(false)
    })

    test('another program has a list of its own', async () => {
      granted(await keep(await startVillage(store.database()), 'shared'))
      expect(granted(await keep(await startVillage(store.database()), 'shared')).repeated).toBe(false)
    })

    test('wakes the cycle', async () => {
      const village = await startVillage(store.database())
      await receiveList(village)
      const wake = await store
        .database()
        .kysely.selectFrom('wake')
        .selectAll()
        .where('workflow_id', '=', `program/${village.programId}`)
        .executeTakeFirstOrThrow()
      expect(wake.due).toBe(1)
    })
  })

  describe('Mahomet, Role of the Village D: list review', () => {
    test('every account has its findings, with their clauses, in its first entry', async () => {
      const village = await startVillage(store.database())
      await reviewList(village, await receiveList(village))
      const { account_id: id } = await accountNumbered(village, who.UNRESOLVED)
      const event = await store
        .database()
        .kysely.selectFrom('event')
        .selectAll()
        .where('account_id', '=', id)
        .executeTakeFirstOrThrow()
      expect(event).toMatchObject({
        kind: 'account-listed',
        clause: 'Mahomet plan, Role of the Village D; Mahomet plan, Determination of Eligible Customer Pool B.3',
        data: { eligibility: 'needs-review', codes: ['boundary-unresolved', 'electric-heat'] },
      })
    })

    test('reviewing the same list again writes nothing', async () => {
      const village = await startVillage(store.database())
      const listId = await receiveList(village)
      await reviewList(village, listId)
      await reviewList(village, listId)
      expect(await storyOf(village, home(1))).toEqual(['account-listed'])
      expect(await eventsOf(village, 'list-reviewed')).toHaveLength(1)
    })

    test('a newer list takes the place of an older one: accounts keep their identity, missing ones are unlisted', async () => {
      const village = await startVillage(store.database())
      const older = await receiveList(village, DAYS.start, 'older')
      await reviewList(village, older)
      const before = await accountNumbered(village, home(1))
      const newer = await receiveList(village, DAYS.start, 'newer')
      const moved = {
        ...who.anAccount({ number: home(1), findings: ['electric-heat'] }),
        customerName: 'Another Householder',
      }
      await reviewList(village, newer, [
        moved,
        ...VILLAGERS.filter((account) => account.accountNumber !== home(1) && account.accountNumber !== home(2)),
      ])
      const after = await accountNumbered(village, home(1))
      expect(after).toMatchObject({
        account_id: before.account_id,
        list_id: newer,
        eligibility: 'opt-in-only',
        customer_name: 'Another Householder',
      })
      expect(await stateOf(village, home(2))).toBe('unlisted')
      expect(
        await store
          .database()
          .kysely.selectFrom('service_point')
          .select('service_point')
          .where('account_id', '=', before.account_id)
          .execute(),
      ).toHaveLength(1)
      await expectBalance(village)
    })

    test('an account that comes back on a third list is listed again', async () => {
      const village = await startVillage(store.database())
      await reviewList(village, await receiveList(village, DAYS.start, 'one'))
      await reviewList(village, await receiveList(village, DAYS.start, 'two'), VILLAGERS.slice(1))
      await reviewList(village, await receiveList(village, DAYS.start, 'three'))
      expect(await storyOf(village, home(1))).toEqual(['account-listed', 'account-unlisted', 'account-listed'])
      await expectBalance(village)
    })

    test('a list that comes while another is reviewed is still to be reviewed', async () => {
      const village = await startVillage(store.database())
      const first = await receiveList(village, DAYS.start, 'first')
      const second = await receiveList(village, DAYS.start, 'second')
      await reviewList(village, first)
      expect(await newestList(store.database().kysely, village.programId)).toMatchObject({
        list_id: second,
        state: 'received',
      })
      await reviewList(village, second)
      granted(await sign(village, second, 'clerk'))
    })

    test('refused rows are kept with file and line, once', async () => {
      const village = await startVillage(store.database())
      const listId = await receiveList(village)
      const problems = [
        {
          file: 'fixed.csv',
          line: 7,
          code: 'RATE_CLASS_UNKNOWN',
          message: 'The rate class is unknown; ask the utility.',
        },
      ]
      const review = { ...who.reviewed(VILLAGERS), problems }
      await writeReviewedList(
        store.database(),
        who.occasion(village, DAYS.start),
        listId,
        review,
        village.terms,
        unwatched,
      )
      const kept = await store
        .database()
        .kysely.selectFrom('problem')
        .select(['line', 'code'])
        .where('list_id', '=', listId)
        .execute()
      expect(kept).toEqual([{ line: 7, code: 'RATE_CLASS_UNKNOWN' }])
    })
  })

  describe('Mahomet, Role of the Village D: two people sign the reviewed list', () => {
    test('two signatures are enough, a third is not needed', async () => {
      const village = await startVillage(store.database())
      const listId = await listAndSign(village)
      expect(await newestList(store.database().kysely, village.programId)).toMatchObject({ state: 'signed' })
      expect(await sign(village, listId, 'board')).toMatchObject({
        ok: false,
        refusal: { code: 'LIST_ALREADY_SIGNED' },
      })
    })

    test('the same person twice is one signature', async () => {
      const village = await startVillage(store.database())
      const listId = await receiveList(village)
      await reviewList(village, listId)
      granted(await sign(village, listId, 'clerk'))
      expect(await sign(village, listId, 'clerk')).toMatchObject({ ok: false, refusal: { code: 'SIGNED_BY_YOU' } })
      expect(await newestList(store.database().kysely, village.programId)).toMatchObject({ state: 'reviewed' })
    })

    test('two people at the same instant sign it together', async () => {
      const village = await startVillage(store.database())
      const listId = await receiveList(village)
      await reviewList(village, listId)
      const answers = (await Promise.all(['clerk', 'consultant'].map((person) => sign(village, listId, person)))).map(
        granted,
      )
      expect(answers.map((answer) => answer.signatures).sort()).toEqual([1, 2])
      expect(await newestList(store.database().kysely, village.programId)).toMatchObject({ state: 'signed' })
    })

    test('one person clicking twice at the same instant signs once', async () => {
      const village = await startVillage(store.database())
      const listId = await receiveList(village)
      await reviewList(village, listId)
      const answers = await Promise.all(['clerk', 'clerk'].map((person) => sign(village, listId, person)))
      expect(answers.filter((answer) => answer.ok)).toHaveLength(1)
      expect(await newestList(store.database().kysely, village.programId)).toMatchObject({ state: 'reviewed' })
    })

    test.each([
      ['one that is not reviewed yet', 'LIST_NOT_REVIEWED'],
      ['one whose place a newer list has taken', 'LIST_SUPERSEDED'],
      ['one that nobody stored', 'NO_SUCH_LIST'],
    ])('%s is refused', async (_name, code) => {
      const village = await startVillage(store.database())
      const first = await receiveList(village, DAYS.start, 'first')
      if (code === 'LIST_SUPERSEDED') await reviewList(village, await receiveList(village, DAYS.start, 'second'))
      expect(await sign(village, code === 'NO_SUCH_LIST' ? 'none' : first, 'clerk')).toMatchObject({
        ok: false,
        refusal: { code },
      })
    })

    test('after the signatures a new list waits for the monthly additions', async () => {
      const village = await startVillage(store.database())
      await listAndSign(village)
      expect(await keep(village, 'a later list')).toMatchObject({ ok: false, refusal: { code: 'LIST_SIGNED' } })
    })
  })

  async function accountNumbered(village: who.Village, number: string) {
    const account = (await accountsOf(village)).find((each) => each.account_number === number)
    if (account === undefined) throw new Error('the test lists this account')
    return account
  }
})
