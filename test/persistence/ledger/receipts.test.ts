import { beforeAll, describe, expect, test } from 'vitest'
import { applyEvidence } from '../../../persistence/ledger/apply-evidence.js'
import { describeOnEachStore } from '../../support/each-store.js'
import { DAYS, enterEvidence, freeze, granted, mailed, unwatched, villageAt } from './phases.js'
import { aCard, answer, aReply, optOut, repliesOf, timelyCard } from './replies.js'
import * as who from './village.js'
import { accountOf, dispositions, expectBalance, openItems, stateOf, storyOf } from './where-they-stand.js'

const { central, home } = who

describeOnEachStore('replies of households', (store) => {
  describe('Mahomet, Implementation Procedures E.3 (ruling R-004): each account by its own deadline', () => {
    let village: who.Village
    beforeAll(async () => {
      village = await villageAt(store.database(), 'noticed')
    })

    test.each([
      [
        'a web reply on the last day opts out',
        aReply(home(1), { received: central('2027-03-16', '23:59:59') }),
        'timely',
        'opted-out',
        'opted-out',
      ],
      [
        'a web reply at the midnight after is late',
        aReply(home(2), { received: central('2027-03-17', '00:00') }),
        'late',
        'none',
        'noticed',
      ],
      [
        'the second drop has a day more',
        aReply(home(11), { received: central('2027-03-17', '00:00') }),
        'timely',
        'opted-out',
        'opted-out',
      ],
      [
        'a card postmarked on the last day opts out days later',
        aCard(home(3), '2027-03-16', central('2027-03-20')),
        'timely',
        'opted-out',
        'opted-out',
      ],
      [
        'a card postmarked a day later is late',
        aCard(home(4), '2027-03-17', central('2027-03-20')),
        'late',
        'none',
        'noticed',
      ],
      [
        'a card without a postmark is presumed mailed three days before',
        aCard(home(5), null, central('2027-03-19')),
        'timely',
        'opted-out',
        'opted-out',
      ],
      ['and on the fourth day it is late', aCard(home(6), null, central('2027-03-20')), 'late', 'none', 'noticed'],
      [
        'an unsigned card in time waits for a person',
        aCard(home(7), '2027-03-10', central('2027-03-12'), false),
        'needs-a-person',
        'work-item',
        'noticed',
      ],
      [
        'an unsigned card too late is late',
        aCard(home(8), '2027-03-17', central('2027-03-20'), false),
        'late',
        'none',
        'noticed',
      ],
      [
        'a postmark after the receipt waits for a person',
        aCard(home(9), '2027-03-13', central('2027-03-12')),
        'needs-a-person',
        'work-item',
        'noticed',
      ],
      [
        'an account that is never enrolled automatically has nothing to opt out of',
        aReply(who.ELECTRIC_HEAT),
        'timely',
        'none',
        'listed',
      ],
      ['so has one that waits for a rate', aReply(who.UNPRICED), 'timely', 'none', 'listed'],
    ] as const)('%s', async (_name, reply, verdict, effect, state) => {
      expect(granted(await answer(village, reply))).toMatchObject({ verdict, effect })
      expect(await stateOf(village, reply.account)).toBe(state)
      await expectBalance(village)
    })

    test('a reply names its clause and both dates', async () => {
      const receipt = granted(await answer(village, aCard(home(10), '2027-03-17', central('2027-03-20'))))
      expect(receipt.why).toBe('The card is postmarked 2027-03-17, after the deadline 2027-03-16.')
      expect(receipt.clause).toBe('Mahomet plan, Implementation Procedures E.3 (ruling R-004)')
    })
  })

  describe('architecture §9: the first valid opt-out wins', () => {
    test('a late reply does not take a valid one back', async () => {
      const village = await villageAt(store.database(), 'noticed')
      await optOut(village, home(1))
      expect(granted(await answer(village, aReply(home(1), { received: central('2027-03-18') })))).toMatchObject({
        verdict: 'late',
        effect: 'none',
      })
      expect(await stateOf(village, home(1))).toBe('opted-out')
    })

    test('an unsigned card after a valid reply asks nobody', async () => {
      const village = await villageAt(store.database(), 'noticed')
      await optOut(village, home(1))
      granted(await answer(village, aCard(home(1), '2027-03-10', central('2027-03-12'), false)))
      expect(await openItems(village, home(1))).toEqual([])
    })
  })

  describe('a reply that cannot be matched', () => {
    test('becomes a work item and moves nobody', async () => {
      const village = await villageAt(store.database(), 'noticed')
      const before = await dispositions(village)
      expect(granted(await answer(village, aReply('9999999999')))).toMatchObject({
        verdict: 'needs-a-person',
        effect: 'work-item',
      })
      expect(await openItems(village)).toEqual(['unmatched-reply'])
      expect(await dispositions(village)).toEqual(before)
    })

    test('the letter code of another program leads nowhere', async () => {
      const other = await villageAt(store.database(), 'noticed')
      const village = await villageAt(store.database(), 'noticed')
      const { account_id: id } = await accountOf(other, home(1))
      const piece = await store
        .database()
        .kysely.selectFrom('piece')
        .select('letter_code')
        .where('account_id', '=', id)
        .executeTakeFirstOrThrow()
      expect(granted(await answer(village, aReply('', { letterCode: piece.letter_code })))).toMatchObject({
        effect: 'work-item',
      })
      expect(await stateOf(other, home(1))).toBe('noticed')
    })

    test('neither message nor journal names the number that was typed', async () => {
      const village = await villageAt(store.database(), 'noticed')
      granted(await answer(village, aReply('9999999999')))
      const rows = await store
        .database()
        .kysely.selectFrom('event')
        .select('data')
        .where('program_id', '=', village.programId)
        .where('kind', 'in', ['receipt-unmatched', 'receipt-recorded', 'work-item-opened'])
        .execute()
      expect(JSON.stringify(rows)).not.toContain('9999999999')
    })
  })

  describe('ruling R-001: the clock starts with the evidence', () => {
    test('a reply before the evidence is kept, and judged when the evidence comes', async () => {
      const village = await villageAt(store.database(), 'printed')
      const early = granted(await answer(village, aReply(home(1), { received: central('2027-02-27') })))
      expect(early).toMatchObject({ verdict: 'awaiting-evidence', effect: 'none' })
      expect(await stateOf(village, home(1))).toBe('printed')
      await expectBalance(village)
      await mailed(village, 1, DAYS.firstMailing)
      expect(await stateOf(village, home(1))).toBe('opted-out')
      expect(await storyOf(village, home(1))).toEqual([
        'account-listed',
        'notice-printed',
        'receipt-recorded',
        'noticed',
        'receipt-rejudged',
        'opted-out',
      ])
      await expectBalance(village)
    })

    test('of two kept replies the first opts out and the second finds it done', async () => {
      const village = await villageAt(store.database(), 'printed')
      granted(await answer(village, aReply(home(1), { received: central('2027-02-28') })))
      granted(
        await answer(
          village,
          aReply(home(1), { received: central('2027-02-27'), channel: 'phone' }),
          central('2027-02-28'),
        ),
      )
      await mailed(village, 1, DAYS.firstMailing)
      const { account_id: id } = await accountOf(village, home(1))
      expect((await repliesOf(village, id)).map((reply) => [reply.channel, reply.effect])).toEqual([
        ['web', 'already-out'],
        ['phone', 'opted-out'],
      ])
      await expectBalance(village)
    })

    test('a kept unsigned card becomes a work item with the evidence', async () => {
      const village = await villageAt(store.database(), 'printed')
      granted(await answer(village, aCard(home(1), '2027-02-27', central('2027-02-28'), false)))
      expect(await openItems(village, home(1))).toEqual([])
      await mailed(village, 1, DAYS.firstMailing)
      expect(await openItems(village, home(1))).toEqual(['unsigned-card'])
    })

    test('a reply to a letter that is not printed yet is kept as well', async () => {
      const village = await villageAt(store.database(), 'approved')
      expect(granted(await answer(village, aReply(home(1), { received: central('2027-02-20') })))).toMatchObject({
        verdict: 'awaiting-evidence',
      })
      await expectBalance(village)
    })
  })

  describe('architecture §2: corrected evidence derives the verdicts again', () => {
    test('a late reply counts after a later mailing date, closes its work and tells the account its new deadline', async () => {
      const village = await villageAt(store.database(), 'noticed')
      granted(await answer(village, aCard(home(1), '2027-03-10', central('2027-03-12'), false)))
      granted(await answer(village, aReply(home(1), { received: central('2027-03-17') })))
      expect(await stateOf(village, home(1))).toBe('noticed')
      await mailed(village, 1, '2027-03-01', central('2027-03-18'))
      expect(await stateOf(village, home(1))).toBe('opted-out')
      expect(await openItems(village, home(1))).toEqual([])
      expect((await storyOf(village, home(1))).slice(-4)).toEqual([
        'deadline-changed',
        'receipt-rejudged',
        'opted-out',
        'work-item-closed',
      ])
      await expectBalance(village)
    })

    test('an opt-out that counted stays, whatever the corrected date', async () => {
      const village = await villageAt(store.database(), 'printed')
      await mailed(village, 1, '2027-03-01', central('2027-03-02'))
      await optOut(village, home(1), central('2027-03-19'))
      await mailed(village, 1, '2027-02-25', central('2027-03-20'))
      expect(await stateOf(village, home(1))).toBe('opted-out')
      await expectBalance(village)
    })

    test('a reply judged late before the freeze and timely after it is undone, not refused', async () => {
      const village = await villageAt(store.database(), 'noticed')
      granted(await answer(village, aReply(home(1), { received: central('2027-03-18') })))
      await freeze(village)
      granted(await enterEvidence(village, 1, '2027-03-01', central('2027-03-25')))
      await applyEvidence(
        store.database(),
        who.occasion(village, central('2027-03-25')),
        'initial',
        village.terms,
        unwatched,
      )
      expect(await stateOf(village, home(1))).toBe('opted-out')
      const { account_id: id } = await accountOf(village, home(1))
      expect((await repliesOf(village, id)).map((reply) => reply.effect)).toEqual(['undo'])
      await expectBalance(village)
    })
  })

  describe('ruling R-006: a timely card after the freeze is undone, never refused', () => {
    test('the card opts out and wakes the cohort', async () => {
      const village = await villageAt(store.database(), 'frozen')
      const before = await wakeUps(`cohort/${village.programId}/initial`)
      expect(await timelyCard(village, home(1), central('2027-03-25'))).toMatchObject({
        verdict: 'timely',
        effect: 'undo',
      })
      expect(await stateOf(village, home(1))).toBe('opted-out')
      expect(await wakeUps(`cohort/${village.programId}/initial`)).toBe(before + 1)
      await expectBalance(village)
    })

    test('before the freeze a reply wakes nobody', async () => {
      const village = await villageAt(store.database(), 'noticed')
      const before = await wakeUps(`cohort/${village.programId}/initial`)
      await optOut(village, home(1))
      expect(await wakeUps(`cohort/${village.programId}/initial`)).toBe(before)
    })
  })

  async function wakeUps(workflowId: string): Promise<number> {
    const row = await store
      .database()
      .kysely.selectFrom('wake')
      .select('due')
      .where('workflow_id', '=', workflowId)
      .executeTakeFirst()
    return row?.due ?? 0
  }
})
