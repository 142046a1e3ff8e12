import { describe, expect, test } from 'vitest'
import { describeOnEachStore } from '../../support/each-store.js'
import { DAYS, freeze, granted, handOverBatches, mailed, renderBatches, requestsOf, villageAt } from './phases.js'
import { aCard, answer, optOut } from './replies.js'
import { returnNotice } from './returns.js'
import * as who from './village.js'
import { accountOf, dispositions, eventsOf, expectBalance, openItems, stateOf, storyOf } from './where-they-stand.js'

const { central, home, NOTICED } = who

describeOnEachStore('the roster', (store) => {
  describe('ruling R-006: who is on it', () => {
    test('who opted out stays out', async () => {
      const village = await villageAt(store.database(), 'noticed')
      await optOut(village, home(1))
      await freeze(village)
      expect(await stateOf(village, home(1))).toBe('opted-out')
      expect(await requestsOf(village, home(1))).toEqual([])
      await expectBalance(village)
    })

    test('an unsigned card, or one with impossible dates, keeps its account out as pending', async () => {
      const village = await villageAt(store.database(), 'noticed')
      granted(await answer(village, aCard(home(1), '2027-03-10', central('2027-03-12'), false)))
      granted(await answer(village, aCard(home(2), '2027-03-13', central('2027-03-12'))))
      await freeze(village)
      for (const number of [home(1), home(2)]) {
        expect(await stateOf(village, number)).toBe('pending')
        expect((await storyOf(village, number)).at(-1)).toBe('held-pending')
        expect(await requestsOf(village, number)).toEqual([])
      }
      await expectBalance(village)
    })

    test('a late card keeps nobody out', async () => {
      const village = await villageAt(store.database(), 'noticed')
      granted(await answer(village, aCard(home(1), '2027-03-17', central('2027-03-20'), false)))
      await freeze(village)
      expect(await stateOf(village, home(1))).toBe('rostered')
    })

    test('a notice returned and not re-mailed by then leaves the account out, as work for a person', async () => {
      const village = await villageAt(store.database(), 'noticed')
      await returnNotice(village, home(1), '2027-03-05')
      await freeze(village)
      expect(await stateOf(village, home(1))).toBe('not-noticed')
      expect(await openItems(village, home(1))).toEqual(['notice-returned', 'omitted-member'])
      expect(await requestsOf(village, home(1))).toEqual([])
      await expectBalance(village)
    })

    test('so does a letter that was held back and never printed', async () => {
      const village = await villageAt(store.database(), 'approved')
      const { account_id: held } = await accountOf(village, home(1))
      await renderBatches(village, DAYS.handOver, [held])
      await handOverBatches(village, DAYS.handOver)
      await mailed(village, 1, DAYS.firstMailing)
      await mailed(village, 2, DAYS.secondMailing)
      expect(await stateOf(village, home(1))).toBe('to-be-noticed')
      await freeze(village)
      expect(await stateOf(village, home(1))).toBe('not-noticed')
      expect(await openItems(village, home(1))).toEqual(['omitted-member'])
      await expectBalance(village)
    })

    test('the freeze says how many are where', async () => {
      const village = await villageAt(store.database(), 'noticed')
      await optOut(village, home(1))
      await optOut(village, home(2))
      granted(await answer(village, aCard(home(3), '2027-03-10', central('2027-03-12'), false)))
      await returnNotice(village, home(4), '2027-03-05')
      await freeze(village)
      const counts = { rostered: NOTICED - 4, optedOut: 2, pending: 1, notNoticed: 1 }
      expect((await eventsOf(village, 'roster-frozen')).map((event) => event.data)).toEqual([counts])
      expect(await dispositions(village)).toMatchObject({ 'opted-out': 2, 'not-noticed': 1, pending: NOTICED - 3 })
    })
  })

  describe('architecture §2: ids are fixed before the first attempt', () => {
    test('one request per service point, each with ids that no other request has', async () => {
      const village = await villageAt(store.database(), 'frozen')
      const requests = await requestsOf(village)
      expect(requests).toHaveLength(NOTICED + 2)
      expect(new Set(requests.map((request) => request.lin01)).size).toBe(requests.length)
      expect(new Set(requests.map((request) => request.bgn02)).size).toBe(requests.length)
      expect(requests.every((request) => /^E2027\d{8}$/.test(request.lin01))).toBe(true)
    })

    test('each asks for the rate of its own service point', async () => {
      const village = await villageAt(store.database(), 'frozen')
      expect((await requestsOf(village, who.LIT_SHOP)).map((request) => request.rate_code)).toEqual(['DS-2', 'DS-5'])
    })

    test('another program gets other numbers', async () => {
      const first = await requestsOf(await villageAt(store.database(), 'frozen'))
      const second = await requestsOf(await villageAt(store.database(), 'frozen'))
      const all = [...first, ...second].map((request) => request.lin01)
      expect(new Set(all).size).toBe(all.length)
    })
  })

  test('a household returned after the freeze is not frozen a second time', async () => {
    const village = await villageAt(store.database(), 'submitted')
    await returnNotice(village, home(1), '2027-03-25', central('2027-03-25'))
    await freeze(village, central('2027-03-25'))
    expect(await stateOf(village, home(1))).toBe('returned')
    expect(await openItems(village, home(1))).toEqual(['notice-returned'])
    await expectBalance(village)
  })

  test('a timely card of an account that was kept out as pending opts it out and closes the work', async () => {
    const village = await villageAt(store.database(), 'noticed')
    granted(await answer(village, aCard(home(1), '2027-03-10', central('2027-03-12'), false)))
    await freeze(village)
    expect(granted(await answer(village, aCard(home(1), '2027-03-15', central('2027-03-26'))))).toMatchObject({
      effect: 'opted-out',
    })
    expect(await openItems(village, home(1))).toEqual([])
    expect(await stateOf(village, home(1))).toBe('opted-out')
    await expectBalance(village)
  })
})
