import { describe, expect, test } from 'vitest'
import type { Bid } from '../../../domain/bid.js'
import type { Instant } from '../../../domain/instant.js'
import {
  addBid,
  bidsOfRound,
  decideAward,
  endRound,
  openBids,
  presentRound,
  standingAward,
} from '../../../persistence/ledger/bids.js'
import { describeOnEachStore } from '../../support/each-store.js'
import { aBid, DAYS, granted, issueRfp, villageAt } from './phases.js'
import { central, occasion, verb, type Village } from './village.js'
import { eventsOf } from './where-they-stand.js'

describeOnEachStore('bids and the award', (store) => {
  const afterRfp = async (): Promise<Village> => {
    const village = await villageAt(store.database(), 'listed', { accounts: [] })
    await issueRfp(village)
    return village
  }
  const bid = (village: Village, content: Bid, at: Instant = DAYS.start) =>
    store.database().tx((trx) => addBid(trx, verb(village, at), content, village.terms))
  const open = (village: Village, at: Instant = DAYS.start) =>
    store.database().tx((trx) => openBids(trx, verb(village, at), village.terms))
  const decide = (village: Village, bidId: number | null, at: Instant = DAYS.start) =>
    store.database().tx((trx) => decideAward(trx, verb(village, at, 'board'), bidId, village.terms))
  const code = (outcome: { readonly ok: boolean; readonly refusal?: { readonly code: string } }) =>
    outcome.ok ? 'ok' : outcome.refusal?.code

  describe('domain §9: bids are sealed until they are opened together', () => {
    test('none comes in before the request for proposals is out', async () => {
      const village = await villageAt(store.database(), 'listed', { accounts: [] })
      expect(code(await bid(village, aBid('Prairie Wind')))).toBe('RFP_NOT_ISSUED')
      expect(code(await open(village))).toBe('RFP_NOT_ISSUED')
    })

    test('a supplier has one bid in a round', async () => {
      const village = await afterRfp()
      granted(await bid(village, aBid('Prairie Wind')))
      expect(code(await bid(village, aBid('Prairie Wind', { termMonths: 12 })))).toBe('BID_TWICE')
    })

    test('one supplier bidding twice at the same instant has one bid', async () => {
      const village = await afterRfp()
      const answers = await Promise.all([bid(village, aBid('Prairie Wind')), bid(village, aBid('Prairie Wind'))])
      expect(answers.map(code).sort()).toEqual(['BID_TWICE', 'ok'])
    })

    test('all are opened at once, and none is taken afterwards', async () => {
      const village = await afterRfp()
      granted(await bid(village, aBid('Prairie Wind')))
      granted(await bid(village, aBid('Dear Power', { rates: { 'DS-1': 9000 } })))
      expect(granted(await open(village))).toEqual({ bids: 2, qualified: 1 })
      expect((await bidsOfRound(store.database().kysely, village.programId, 1)).map((row) => row.opened_at)).toEqual([
        DAYS.start,
        DAYS.start,
      ])
      expect(code(await bid(village, aBid('Late Light')))).toBe('BIDS_OPENED')
      expect(code(await open(village))).toBe('BIDS_OPENED')
    })

    test('a bid at the instant of the opening is opened with the others or refused', async () => {
      const village = await afterRfp()
      granted(await bid(village, aBid('Prairie Wind')))
      await Promise.all([open(village), bid(village, aBid('Quick Current'))])
      expect(
        (await bidsOfRound(store.database().kysely, village.programId, 1)).every((row) => row.opened_at !== null),
      ).toBe(true)
    })

    test('two who open at the same instant open once', async () => {
      const village = await afterRfp()
      granted(await bid(village, aBid('Prairie Wind')))
      expect((await Promise.all([open(village), open(village)])).map(code).sort()).toEqual(['BIDS_OPENED', 'ok'])
      expect(await eventsOf(village, 'bids-opened')).toHaveLength(1)
    })

    test('a round without a bid ends when it is opened, and the next one begins', async () => {
      const village = await afterRfp()
      expect(granted(await open(village))).toEqual({ bids: 0, qualified: 0 })
      expect(await presentRound(store.database().kysely, village.programId)).toBe(2)
      granted(await bid(village, aBid('Prairie Wind')))
    })
  })

  describe('ruling R-008: awarded strictly below the default rate, on the day of the quotes', () => {
    test.each([
      ['below in every class is awarded', { 'DS-1': 8612, 'DS-2': 8401 }, 'ok'],
      ['equal in one class is refused', { 'DS-1': 8613, 'DS-2': 8401 }, 'RATE_NOT_BELOW_DEFAULT'],
      ['above in one class is refused', { 'DS-1': 8612, 'DS-2': 8403 }, 'RATE_NOT_BELOW_DEFAULT'],
    ])('%s', async (_name, rates, expected) => {
      const village = await afterRfp()
      const { bidId } = granted(await bid(village, aBid('Prairie Wind', { rates })))
      granted(await open(village))
      expect(code(await decide(village, bidId))).toBe(expected)
      const award = await standingAward(store.database().kysely, village.programId)
      expect(award?.bid.supplier ?? null).toBe(expected === 'ok' ? 'Prairie Wind' : null)
      expect(await eventsOf(village, 'award-refused')).toHaveLength(expected === 'ok' ? 0 : 1)
    })

    test.each([
      ['a second before the midnight after the opening it is awarded', central('2027-01-11', '23:59:59'), 'ok'],
      ['at that midnight the quotes have expired', central('2027-01-12', '00:00'), 'PRICE_LOCK_EXPIRED'],
    ])('%s', async (_name, at, expected) => {
      const village = await afterRfp()
      const { bidId } = granted(await bid(village, aBid('Prairie Wind')))
      granted(await open(village))
      expect(code(await decide(village, bidId, at))).toBe(expected)
    })

    test('nothing is awarded while the bids are sealed, nor to a bid that is not of this round', async () => {
      const village = await afterRfp()
      const { bidId } = granted(await bid(village, aBid('Prairie Wind')))
      expect(code(await decide(village, bidId))).toBe('BIDS_SEALED')
      granted(await open(village))
      granted(await decide(village, null))
      granted(await bid(village, aBid('Quick Current')))
      granted(await open(village))
      expect(code(await decide(village, bidId))).toBe('NO_SUCH_BID')
    })

    test('rejecting all ends the round, and suppliers may bid again', async () => {
      const village = await afterRfp()
      granted(await bid(village, aBid('Prairie Wind')))
      granted(await open(village))
      expect(granted(await decide(village, null))).toEqual({ outcome: 'rejected-all' })
      expect(granted(await bid(village, aBid('Prairie Wind'))).round).toBe(2)
    })

    test('an expired round ends, and the next one may be awarded', async () => {
      const village = await afterRfp()
      granted(await bid(village, aBid('Prairie Wind')))
      granted(await open(village))
      const nextDay = central('2027-01-12')
      await store.database().tx((trx) => endRound(trx, occasion(village, nextDay), 1, 'lock-expired'))
      const { bidId } = granted(await bid(village, aBid('Prairie Wind'), nextDay))
      granted(await open(village, nextDay))
      granted(await decide(village, bidId, nextDay))
      expect((await standingAward(store.database().kysely, village.programId))?.round).toBe(2)
    })

    test('two boards at the same instant make one award', async () => {
      const village = await afterRfp()
      const first = granted(await bid(village, aBid('Prairie Wind'))).bidId
      const second = granted(await bid(village, aBid('Quick Current'))).bidId
      granted(await open(village))
      expect((await Promise.all([decide(village, first), decide(village, second)])).map(code).sort()).toEqual([
        'AWARDED_ALREADY',
        'ok',
      ])
      expect(await eventsOf(village, 'awarded')).toHaveLength(1)
    })

    test('after the award there is no bid, no opening and no second award', async () => {
      const village = await afterRfp()
      const { bidId } = granted(await bid(village, aBid('Prairie Wind')))
      granted(await open(village))
      granted(await decide(village, bidId))
      expect([
        code(await bid(village, aBid('Late Light'))),
        code(await open(village)),
        code(await decide(village, bidId)),
        code(await decide(village, null)),
      ]).toEqual(Array(4).fill('AWARDED_ALREADY'))
    })
  })
})
