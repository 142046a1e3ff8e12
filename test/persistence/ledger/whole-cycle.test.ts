import { beforeAll, describe, expect, test } from 'vitest'
import { describeOnEachStore } from '../../support/each-store.js'
import { acceptAll, DAYS, freeze, requestsOf, submit, type Stage, villageAt } from './phases.js'
import * as who from './village.js'
import { dispositions, eventsOf, expectBalance, openItems, stateOf, storyOf } from './where-they-stand.js'

describeOnEachStore('a cycle in which nobody replies', (store) => {
  const { NOTICED } = who
  const SCREENED = { ineligible: 1, 'needs-review': 2, 'opt-in-only': 2 }

  describe('conservation: every listed account is in exactly one disposition, at every step', () => {
    test.each<[Stage, object]>([
      ['listed', { ...SCREENED, 'needs-review': 1, 'not-noticed': NOTICED + 1 }],
      ['awarded', { ...SCREENED, 'not-noticed': NOTICED }],
      ['approved', { ...SCREENED, 'not-noticed': NOTICED }],
      ['printed', { ...SCREENED, pending: NOTICED }],
      ['noticed', { ...SCREENED, pending: NOTICED }],
      ['frozen', { ...SCREENED, pending: NOTICED }],
      ['submitted', { ...SCREENED, pending: NOTICED }],
      ['accepted', { ...SCREENED, enrolled: NOTICED - 3, pending: 3 }],
    ])('when the cycle is %s', async (stage, expected) => {
      const village = await villageAt(store.database(), stage)
      expect(await dispositions(village)).toEqual(expected)
      await expectBalance(village)
    })
  })

  describe('ruling R-010: which read an enrollment asks for', () => {
    let village: who.Village
    beforeAll(async () => {
      village = await villageAt(store.database(), 'submitted')
    })

    test.each([
      ['the next read whose cut-off is not past', who.home(1), ['2027-04-02']],
      ['the read after, when the cut-off is past', who.home(2), ['2027-04-27']],
      ['each service point its own', who.TWO_POINTS, ['2027-04-02', '2027-04-28']],
      ['the last day of the month for an account billed through it', who.END_OF_MONTH, ['2027-03-31']],
      ['the first day of the month for an account billed through it', who.BEGIN_OF_MONTH, ['2027-04-01']],
      ['the meter read for lighting, whatever else the account bills by', who.LIGHTING_BY_MONTH, ['2027-04-28']],
      ['none in the middle of the month, where a person asks', who.MIDDLE_OF_MONTH, [null]],
      ['none without a date in the read table', who.NO_READS, [null]],
      ['a read too far ahead waits for its day', who.FAR_READ, ['2027-05-14']],
    ])('%s', async (_name, number, reads) => {
      expect((await requestsOf(village, number)).map((request) => request.read_on)).toEqual(reads)
    })

    test('an enrollment without a read becomes a work item and is not sent', async () => {
      for (const number of [who.MIDDLE_OF_MONTH, who.NO_READS]) {
        expect(await openItems(village, number)).toEqual(['no-read'])
        expect(await stateOf(village, number)).toBe('rostered')
      }
    })

    test('an enrollment that waits goes out at the hour of submission on the first day within reach', async () => {
      await acceptAll(village)
      const dayBefore = who.central('2027-03-29')
      await submit(village, dayBefore)
      expect(await stateOf(village, who.FAR_READ)).toBe('rostered')
      await submit(village, who.central('2027-03-30'))
      expect(await stateOf(village, who.FAR_READ)).toBe('submitted')
      await acceptAll(village, '2027-03-30', who.central('2027-03-31'))
      expect(await stateOf(village, who.FAR_READ)).toBe('accepted')
      await expectBalance(village)
    })
  })

  describe('architecture §3: a repeated step changes nothing', () => {
    test('freezing twice keeps the first roster and the first request numbers', async () => {
      const village = await villageAt(store.database(), 'frozen')
      const before = await requestsOf(village)
      await freeze(village, who.central('2027-03-25'))
      expect(await requestsOf(village)).toEqual(before)
      expect((await eventsOf(village, 'roster-frozen')).map((event) => event.data)).toEqual([
        { rostered: NOTICED, optedOut: 0, pending: 0, notNoticed: 0 },
      ])
    })

    test('submitting twice sends no second file', async () => {
      const village = await villageAt(store.database(), 'submitted')
      const sent = (await eventsOf(village, 'interchange-sent')).length
      await submit(village, DAYS.answers)
      expect(await eventsOf(village, 'interchange-sent')).toHaveLength(sent)
    })
  })

  test('the story of a home runs from the list to the accepted enrollment', async () => {
    const village = await villageAt(store.database(), 'accepted')
    expect(await storyOf(village, who.home(1))).toEqual([
      'account-listed',
      'notice-printed',
      'noticed',
      'rostered',
      'enrollment-sent',
      'enrollment-accepted',
    ])
  })
})
