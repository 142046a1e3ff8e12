import type { Client } from '@temporalio/client'
import { beforeAll, describe, expect, test } from 'vitest'
import type { Desk } from '../../client/desk.js'
import { addReceipt } from '../../client/facts.js'
import type { Instant } from '../../domain/instant.js'
import type { Database } from '../../persistence/database.js'
import { type NewReceipt, receiptNumber } from '../../persistence/ledger/receipts.js'
import { villageAt } from '../persistence/ledger/phases.js'
import { aCard, aReply, repliesOf } from '../persistence/ledger/replies.js'
import { central, home, TWO_POINTS, type Village } from '../persistence/ledger/village.js'
import { accountOf, expectBalance, openItems, stateOf, storyOf } from '../persistence/ledger/where-they-stand.js'
import { describeOnEachStore } from '../support/each-store.js'

let asked = 0

/** A desk that counts its transactions, and whose connection can break after a commit. */
function deskOf(database: Database, at: Instant = central('2027-03-10')) {
  let transactions = 0
  let losesAnswer = false
  const desk: Desk = {
    database: {
      ...database,
      tx: async (work) => {
        transactions += 1
        const done = await database.tx(work)
        if (!losesAnswer) return done
        losesAnswer = false
        throw new Error('the connection ended')
      },
    },
    temporal: {} as Client,
    now: () => at,
    clock: 'stepped',
  }
  const ask = (village: Village, reply: NewReceipt, verbId = `receipt-${++asked}`) =>
    addReceipt(desk, { programId: village.programId, actor: 'clerk', verbId }, reply)
  const loseNextAnswer = () => {
    losesAnswer = true
  }
  return { ask, loseNextAnswer, transactions: () => transactions }
}

describeOnEachStore('receipts under load', (store) => {
  let village: Village
  beforeAll(async () => {
    village = await villageAt(store.database(), 'noticed')
  })
  const receiptsOf = async (account: string) => repliesOf(village, (await accountOf(village, account)).account_id)
  const codeOf = async (account: string) => {
    const { account_id: id } = await accountOf(village, account)
    const pieces = store.database().kysely.selectFrom('piece').select('letter_code').where('account_id', '=', id)
    return (await pieces.executeTakeFirstOrThrow()).letter_code
  }
  const eventsAbout = async (account: string) =>
    store
      .database()
      .kysely.selectFrom('event')
      .select(['kind', 'data'])
      .where('account_id', '=', (await accountOf(village, account)).account_id)
      .orderBy('seq')
      .execute()

  describe('many at the same time', () => {
    test('share a transaction, and each has its own number, verdict and entries', async () => {
      const { ask, transactions } = deskOf(store.database())
      const homes = [1, 2, 3, 4].map(home)
      const outcomes = await Promise.all(homes.map((account) => ask(village, aReply(account))))
      expect(transactions()).toBe(1)
      expect(outcomes.map((outcome) => outcome.ok && outcome.value.effect)).toEqual(homes.map(() => 'opted-out'))
      expect(new Set(outcomes.map((outcome) => outcome.ok && outcome.value.receipt)).size).toBe(4)
      for (const [index, account] of homes.entries()) {
        const outcome = outcomes[index]
        const number = outcome?.ok === true ? outcome.value.receipt : ''
        expect(await stateOf(village, account)).toBe('opted-out')
        expect(await receiptsOf(account)).toHaveLength(1)
        const told = await eventsAbout(account)
        expect(told.slice(-2).map(({ kind, data }) => [kind, (data as { receipt: string }).receipt])).toEqual([
          ['receipt-recorded', number],
          ['opted-out', number],
        ])
      }
      await expectBalance(village)
    })

    test('the answer comes after the commit', async () => {
      const { ask } = deskOf(store.database())
      const seen = [5, 6].map(home).map(async (account) => {
        await ask(village, aReply(account))
        return stateOf(village, account)
      })
      expect(await Promise.all(seen)).toEqual(['opted-out', 'opted-out'])
    })

    test('two replies for one account are judged one after the other', async () => {
      const { ask, transactions } = deskOf(store.database())
      const outcomes = await Promise.all([ask(village, aReply(home(7))), ask(village, aReply(home(7)))])
      expect(transactions()).toBe(1)
      expect(outcomes).toMatchObject([
        { ok: true, value: { verdict: 'timely', effect: 'opted-out' } },
        { ok: true, value: { verdict: 'timely', effect: 'already-out' } },
      ])
      expect((await receiptsOf(home(7))).map((reply) => reply.effect)).toEqual(['opted-out', 'already-out'])
      expect((await storyOf(village, home(7))).filter((kind) => kind === 'opted-out')).toHaveLength(1)
      await expectBalance(village)
    })

    test('a number, a code alone and a code beside a mistyped number find what they name; neither finds nobody', async () => {
      const { ask } = deskOf(store.database())
      const outcomes = await Promise.all([
        ask(village, aReply(home(8))),
        ask(village, aReply('', { letterCode: await codeOf(TWO_POINTS) })),
        ask(village, aReply('9999999999', { letterCode: await codeOf(home(18)) })),
        ask(village, aReply('0000000000', { letterCode: 'NOSUCHCOD' })),
      ])
      expect(outcomes.map((outcome) => outcome.ok && outcome.value.effect)).toEqual([
        'opted-out',
        'opted-out',
        'opted-out',
        'work-item',
      ])
      expect(await Promise.all([TWO_POINTS, home(18)].map((account) => stateOf(village, account)))).toEqual([
        'opted-out',
        'opted-out',
      ])
    })

    test('a valid reply closes what an unsigned card of the same moment opened', async () => {
      const { ask } = deskOf(store.database(), central('2027-03-12'))
      const card = aCard(home(9), '2027-03-10', central('2027-03-12'), false)
      await Promise.all([ask(village, card), ask(village, aReply(home(9)))])
      expect(await openItems(village, home(9))).toEqual([])
      expect((await storyOf(village, home(9))).slice(-5)).toEqual([
        'receipt-recorded',
        'receipt-recorded',
        'work-item-opened',
        'opted-out',
        'work-item-closed',
      ])
    })

    test('of two programs each keeps to its own accounts', async () => {
      const other = await villageAt(store.database(), 'noticed')
      const { ask } = deskOf(store.database())
      const outcomes = await Promise.all([
        ask(other, aReply(home(10))),
        ask(village, aReply(home(10))),
        ask(other, aReply(home(11))),
      ])
      expect(outcomes.map((outcome) => outcome.ok && outcome.value.effect)).toEqual(outcomes.map(() => 'opted-out'))
      expect(await stateOf(village, home(11))).not.toBe('opted-out')
      expect(await stateOf(other, home(11))).toBe('opted-out')
    })
  })

  test('two timely cards of one household after the freeze are undone once', async () => {
    const frozen = await villageAt(store.database(), 'frozen')
    const { ask } = deskOf(store.database(), central('2027-03-25'))
    const card = aCard(home(1), '2027-03-15', central('2027-03-25'))
    const outcomes = await Promise.all([ask(frozen, card), ask(frozen, card)])
    expect(outcomes.map((outcome) => outcome.ok && outcome.value.effect)).toEqual(['undo', 'already-out'])
    expect((await storyOf(frozen, home(1))).filter((kind) => kind === 'opted-out')).toHaveLength(1)
    await expectBalance(frozen)
  })

  describe('one id is one receipt', () => {
    test('asked twice at the same moment it has one effect and one answer', async () => {
      const { ask } = deskOf(store.database())
      const [first, second] = await Promise.all([
        ask(village, aReply(home(12)), 'same-moment'),
        ask(village, aReply(home(12)), 'same-moment'),
      ])
      expect(first).toMatchObject({ ok: true, value: { effect: 'opted-out' } })
      expect(second).toEqual(first)
      expect(await receiptsOf(home(12))).toHaveLength(1)
    })

    test('asked again later, beside others, it gives the first answer', async () => {
      const { ask } = deskOf(store.database())
      const first = await ask(village, aReply(home(13)), 'asked-again')
      const [again, other] = await Promise.all([
        ask(village, aReply(home(13)), 'asked-again'),
        ask(village, aReply(home(14))),
      ])
      expect(again).toEqual(first)
      expect(other).toMatchObject({ ok: true, value: { effect: 'opted-out' } })
      expect(await receiptsOf(home(13))).toHaveLength(1)
    })

    test('asked by two processes at the same moment it has one effect and one answer', async () => {
      const [here, there] = [deskOf(store.database()), deskOf(store.database())]
      const [first, second] = await Promise.all([
        here.ask(village, aReply(home(15)), 'two-processes'),
        there.ask(village, aReply(home(15)), 'two-processes'),
      ])
      expect(second).toEqual(first)
      expect(await receiptsOf(home(15))).toHaveLength(1)
    })
  })

  test('a commit whose answer was lost has one effect, and each gets the answer that was kept', async () => {
    const another = await villageAt(store.database(), 'noticed')
    const { ask, loseNextAnswer } = deskOf(store.database())
    loseNextAnswer()
    const outcomes = await Promise.all([1, 2].map((nth) => ask(another, aReply(home(nth)), `lost-answer-${nth}`)))
    expect(outcomes.map((outcome) => outcome.ok && outcome.value.effect)).toEqual(['opted-out', 'opted-out'])
    for (const [index, outcome] of outcomes.entries()) {
      const { account_id: id } = await accountOf(another, home(index + 1))
      const kept = (await repliesOf(another, id)).map((reply) => receiptNumber(reply.receipt_id))
      expect(kept).toEqual([outcome.ok && outcome.value.receipt])
    }
    await expectBalance(another)
  })

  describe('one that cannot be recorded does not fail the others', () => {
    beforeAll(async () => {
      village = await villageAt(store.database(), 'noticed')
    })

    test('one under the id of another request is refused, the others are recorded', async () => {
      const other = await villageAt(store.database(), 'noticed')
      const { ask } = deskOf(store.database())
      await ask(other, aReply(home(1)), 'taken-already')
      const outcomes = await Promise.all([
        ask(village, aReply(home(1)), 'taken-already'),
        ask(village, aReply(home(2))),
      ])
      expect(outcomes).toMatchObject([
        { ok: false, refusal: { code: 'VERB_ID_TAKEN' } },
        { ok: true, value: { effect: 'opted-out' } },
      ])
      expect(await receiptsOf(home(1))).toEqual([])
    })

    test('one dated after now is refused, the others are recorded', async () => {
      const { ask } = deskOf(store.database())
      const outcomes = await Promise.all([
        ask(village, aReply(home(16), { received: central('2027-03-11') })),
        ask(village, aReply(home(17))),
      ])
      expect(outcomes[0]).toMatchObject({ ok: false, refusal: { code: 'RECEIPT_FROM_FUTURE' } })
      expect(outcomes[1]).toMatchObject({ ok: true, value: { effect: 'opted-out' } })
      expect(await receiptsOf(home(16))).toEqual([])
    })

    test('one that the database cannot hold fails alone, and nothing of it is kept', async () => {
      const { ask } = deskOf(store.database())
      const outcomes = await Promise.allSettled([
        ask(village, aReply(home(16)), 'before-the-poison'),
        ask(village, aReply('00010001\u000018'), 'the-poison'),
        ask(village, aReply(home(18)), 'after-the-poison'),
      ])
      expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled'])
      expect(await Promise.all([home(16), home(18)].map((account) => stateOf(village, account)))).toEqual([
        'opted-out',
        'opted-out',
      ])
      expect(await receiptsOf(home(16))).toHaveLength(1)
      const kept = await store
        .database()
        .kysely.selectFrom('verb')
        .select('verb_id')
        .where('verb_id', 'like', '%-the-poison')
        .orderBy('verb_id')
        .execute()
      expect(kept.map((row) => row.verb_id)).toEqual(['after-the-poison', 'before-the-poison'])
      await expectBalance(village)
    })
  })
})
