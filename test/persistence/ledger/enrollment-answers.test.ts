import { beforeAll, describe, expect, test } from 'vitest'
import { applyAcceptances } from '../../../persistence/ledger/enrollment-answers.js'
import { planInterchanges } from '../../../persistence/ledger/plan-interchanges.js'
import { closeRescissionWindows } from '../../../persistence/ledger/rescissions.js'
import { isStopped } from '../../../persistence/ledger/stop-switches.js'
import { describeOnEachStore } from '../../support/each-store.js'
import { reject, requestOf, serviceStarts, undoAll, utilityDrops } from './answers.js'
import { acceptAll, acceptOne, DAYS, fix, submit, villageAt } from './phases.js'
import { timelyCard } from './replies.js'
import * as who from './village.js'
import { dispositions, eventsOf, expectBalance, openItems, stateOf, storyOf } from './where-they-stand.js'

const { central, day, home, NOTICED, occasion, TWO_POINTS } = who

describeOnEachStore('what the utility answers to enrollments', (store) => {
  describe('domain §3.3: reject codes by the utility’s table', () => {
    let village: who.Village
    beforeAll(async () => {
      village = await villageAt(store.database(), 'submitted')
    })

    test.each([
      ['008', 'the account is not active: over for this cycle', home(1), 'rejected', []],
      ['NFI', 'another supplier was first: over for this cycle', home(4), 'rejected', []],
      [
        'A76',
        'account not found: never asked again unchanged, a person decides',
        home(7),
        'rejected',
        ['enrollment-rejected'],
      ],
      ['A13', 'other: a person decides', home(10), 'rejected', ['enrollment-rejected']],
      ['API', 'our error: a person mends it', home(13), 'rejected', ['enrollment-rejected']],
      ['XYZ', 'a code that the table does not name: a person decides', home(16), 'rejected', ['enrollment-rejected']],
      ['ABN', 'a duplicate: nothing is asked again, a person compares', home(2), 'submitted', ['reconcile-duplicate']],
      ['DIV', 'too far ahead: asked again at the read that can be reached now', home(5), 'rostered', []],
    ])('%s, %s', async (code, _meaning, number, state, items) => {
      await reject(village, (await requestOf(village, number)).lin01, [code])
      expect(await stateOf(village, number)).toBe(state)
      expect(await openItems(village, number)).toEqual(items)
      expect(await isStopped(store.database().kysely, village.programId, 'utility')).toBe(false)
      await expectBalance(village)
    })

    test.each(['FRB', 'UND'])('%s would hit every further file: sending stops, and a person is told', async (code) => {
      const stopped = await villageAt(store.database(), 'submitted')
      await reject(stopped, (await requestOf(stopped, home(1))).lin01, [code])
      await reject(stopped, (await requestOf(stopped, home(4))).lin01, [code])
      expect(await isStopped(store.database().kysely, stopped.programId, 'utility')).toBe(true)
      expect(await openItems(stopped, home(1))).toEqual(['enrollment-rejected'])
      expect(await eventsOf(stopped, 'stop-on')).toHaveLength(1)
      await expectBalance(stopped)
    })

    test('of several codes the most severe is handled', async () => {
      await reject(village, (await requestOf(village, home(8))).lin01, ['ABN', '008', 'A76'])
      expect(await stateOf(village, home(8))).toBe('rejected')
      const rejected = (await eventsOf(village, 'enrollment-rejected')).at(-1)
      expect(rejected?.data).toMatchObject({ code: 'A76', codes: ['ABN', '008', 'A76'], final: true })
    })

    test('the rejection names the utility’s page of codes as its clause', async () => {
      const [rejected] = await eventsOf(village, 'enrollment-rejected')
      expect(rejected?.clause).toBe('Ameren Illinois CPWG reason codes')
    })
  })

  describe('DIV: asked again under new ids', () => {
    test('the new request goes out with the next file and may be accepted', async () => {
      const village = await villageAt(store.database(), 'submitted')
      const first = await requestOf(village, home(1))
      await reject(village, first.lin01, ['DIV'])
      const second = await requestOf(village, home(1))
      expect(second).toMatchObject({ attempt: 2, state: 'planned' })
      expect(second.lin01).not.toBe(first.lin01)
      await submit(village, DAYS.answers)
      expect(await stateOf(village, home(1))).toBe('submitted')
      await acceptOne(village, await requestOf(village, home(1)))
      expect(await stateOf(village, home(1))).toBe('accepted')
      await expectBalance(village)
    })

    test('a read that is refused twice is not asked for without end: a person asks', async () => {
      const village = await villageAt(store.database(), 'submitted')
      await reject(village, (await requestOf(village, home(1))).lin01, ['DIV'])
      await submit(village, DAYS.answers)
      await reject(village, (await requestOf(village, home(1))).lin01, ['DIV'])
      expect(await requestOf(village, home(1))).toMatchObject({ attempt: 2, state: 'rejected' })
      expect(await stateOf(village, home(1))).toBe('rejected')
      expect(await openItems(village, home(1))).toEqual(['enrollment-rejected'])
      await expectBalance(village)
    })

    test('when no read is left, the enrollment waits for a person', async () => {
      const village = await villageAt(store.database(), 'submitted')
      await reject(village, (await requestOf(village, home(1))).lin01, ['DIV'], central('2027-06-01'))
      expect(await requestOf(village, home(1))).toMatchObject({ attempt: 2, state: 'no-read' })
      expect(await openItems(village, home(1))).toEqual(['no-read'])
      await expectBalance(village)
    })

    test('a household that opted out meanwhile is not asked for again, and nobody has to mend anything', async () => {
      const village = await villageAt(store.database(), 'submitted')
      await timelyCard(village, home(1), DAYS.answers)
      await reject(village, (await requestOf(village, home(1))).lin01, ['DIV'])
      expect(await requestOf(village, home(1))).toMatchObject({ attempt: 1, state: 'rejected' })
      expect(await openItems(village, home(1))).toEqual([])
      expect(await stateOf(village, home(1))).toBe('opted-out')
      await expectBalance(village)
    })
  })

  describe('architecture §4: answers are applied once, in any order', () => {
    test('an acceptance that comes twice counts once and moves no window', async () => {
      const village = await villageAt(store.database(), 'submitted')
      const request = await requestOf(village, home(1))
      await acceptOne(village, request, '2027-03-24')
      await acceptOne(village, request, '2027-03-29')
      expect(await requestOf(village, home(1))).toMatchObject({
        state: 'accepted',
        processed_on: '2027-03-24',
        rescission_last_day: '2027-04-05',
      })
      expect((await storyOf(village, home(1))).filter((kind) => kind === 'enrollment-accepted')).toHaveLength(1)
    })

    test('a rescission before the acceptance wins over it', async () => {
      const village = await villageAt(store.database(), 'submitted')
      const request = await requestOf(village, home(1))
      await utilityDrops(village, home(1))
      await acceptOne(village, request)
      expect(await stateOf(village, home(1))).toBe('rescinded')
      expect(await requestOf(village, home(1))).toMatchObject({
        state: 'cancelled',
        processed_on: '2027-03-24',
        rescission_closes_at: null,
      })
      await expectBalance(village)
    })

    test('a drop for another reason before the acceptance stands too', async () => {
      const village = await villageAt(store.database(), 'submitted')
      const request = await requestOf(village, home(1))
      await utilityDrops(village, home(1), { isRescission: false })
      await acceptOne(village, request)
      expect(await stateOf(village, home(1))).toBe('rejected')
      await expectBalance(village)
    })

    test('usage before the acceptance starts service; the acceptance still opens the rescission window', async () => {
      const village = await villageAt(store.database(), 'submitted')
      const request = await requestOf(village, home(1))
      await serviceStarts(village, home(1), '2027-04-02')
      await acceptOne(village, request)
      expect(await stateOf(village, home(1))).toBe('in-service')
      expect(await requestOf(village, home(1))).toMatchObject({
        state: 'started',
        actual_start_on: '2027-04-02',
        rescission_last_day: '2027-04-05',
      })
      await expectBalance(village)
    })

    test('an answer that comes before the sending is recorded proves that the file arrived', async () => {
      const village = await villageAt(store.database(), 'frozen')
      await planInterchanges(store.database(), occasion(village, DAYS.freeze), 'initial', village.terms)
      const planned = await requestOf(village, home(1))
      const fixed = await fix(village, planned.interchange_id ?? 0, DAYS.freeze)
      expect(fixed).not.toBeNull()
      await acceptOne(village, planned)
      expect(await requestOf(village, home(1))).toMatchObject({ state: 'accepted', sent_on: '2027-03-25' })
      expect(await stateOf(village, home(1))).toBe('accepted')
      await reject(village, (await requestOf(village, home(4))).lin01, ['008'])
      expect(await stateOf(village, home(4))).toBe('rejected')
      const sent = await eventsOf(village, 'interchange-sent')
      expect(sent).toHaveLength(1)
      await submit(village, DAYS.answers)
      expect(
        (await eventsOf(village, 'enrollment-sent')).filter((event) => event.account_id === planned.account_id),
      ).toHaveLength(1)
      await expectBalance(village)
    })

    test('a rejection after an acceptance, or an acceptance after a rejection, is shown to a person and moves nothing', async () => {
      const village = await villageAt(store.database(), 'submitted')
      const [first, second] = [await requestOf(village, home(1)), await requestOf(village, home(4))]
      await acceptOne(village, first)
      await reject(village, first.lin01, ['008'])
      await reject(village, second.lin01, ['008'])
      await acceptOne(village, second)
      expect([await stateOf(village, home(1)), await stateOf(village, home(4))]).toEqual(['accepted', 'rejected'])
      expect([await openItems(village, home(1)), await openItems(village, home(4))]).toEqual([
        ['unmatched-transaction'],
        ['unmatched-transaction'],
      ])
      await expectBalance(village)
    })

    test('an answer to nothing of ours becomes work and moves nobody', async () => {
      const village = await villageAt(store.database(), 'submitted')
      const before = await dispositions(village)
      const stranger = { lin01: 'E202799999999', processedOn: day('2027-03-24'), placeholderOn: null }
      await store
        .database()
        .tx((trx) => applyAcceptances(trx, occasion(village, DAYS.answers), [stranger], village.terms))
      await reject(village, 'E202799999999', ['A76'])
      await utilityDrops(village, '9999999999')
      await serviceStarts(village, '9999999999', '2027-04-02')
      expect((await openItems(village)).filter((kind) => kind === 'unmatched-transaction')).toHaveLength(4)
      expect(await dispositions(village)).toEqual(before)
    })

    test('the answer to another program’s request is not ours', async () => {
      const village = await villageAt(store.database(), 'submitted')
      const other = await villageAt(store.database(), 'submitted')
      await reject(village, (await requestOf(other, home(1))).lin01, ['008'])
      expect(await stateOf(other, home(1))).toBe('submitted')
      expect((await openItems(village)).filter((kind) => kind === 'unmatched-transaction')).toHaveLength(1)
    })
  })

  describe('an account with two service points', () => {
    test.each([
      ['both accepted: enrolled', ['accept', 'accept'], 'accepted'],
      ['one rejected, one accepted: enrolled', ['008', 'accept'], 'accepted'],
      ['one accepted, one rejected: enrolled', ['accept', '008'], 'accepted'],
      ['both rejected: rejected', ['008', 'NFI'], 'rejected'],
      ['one asked again, one accepted: enrolled', ['DIV', 'accept'], 'accepted'],
      ['one asked again, one rejected: still on its way', ['DIV', '008'], 'submitted'],
    ])('%s', async (_name, answers, state) => {
      const village = await villageAt(store.database(), 'submitted')
      for (const [index, given] of answers.entries()) {
        const request = await requestOf(village, TWO_POINTS, index + 1)
        if (given === 'accept') await acceptOne(village, request)
        else await reject(village, request.lin01, [given])
        await expectBalance(village)
      }
      expect(await stateOf(village, TWO_POINTS)).toBe(state)
    })

    test('one rescinded while the other stands is agreed by a person', async () => {
      const village = await villageAt(store.database(), 'accepted')
      await utilityDrops(village, TWO_POINTS, { servicePoint: `${TWO_POINTS}-1` })
      expect(await stateOf(village, TWO_POINTS)).toBe('accepted')
      expect(await openItems(village, TWO_POINTS)).toEqual(['half-active'])
      await utilityDrops(village, TWO_POINTS, { servicePoint: `${TWO_POINTS}-2` })
      expect(await stateOf(village, TWO_POINTS)).toBe('rescinded')
      await expectBalance(village)
    })

    test('one rescinded before the other is rejected: nothing stands', async () => {
      const village = await villageAt(store.database(), 'submitted')
      await acceptOne(village, await requestOf(village, TWO_POINTS, 1))
      await utilityDrops(village, TWO_POINTS, { servicePoint: `${TWO_POINTS}-1` })
      await reject(village, (await requestOf(village, TWO_POINTS, 2)).lin01, ['008'])
      expect(await stateOf(village, TWO_POINTS)).toBe('rejected')
      await expectBalance(village)
    })

    test('when the whole account is dropped, what was not asked for yet is not asked for any more', async () => {
      const village = await villageAt(store.database(), 'submitted')
      await reject(village, (await requestOf(village, TWO_POINTS, 2)).lin01, ['DIV'])
      await utilityDrops(village, TWO_POINTS)
      expect(await stateOf(village, TWO_POINTS)).toBe('rescinded')
      expect((await requestOf(village, TWO_POINTS, 2)).state).toBe('pulled')
      await expectBalance(village)
    })
  })

  describe('ruling R-011: the rescission window', () => {
    test.each([
      ['a rescission that the utility worked on the last day', '2027-04-05', true, 'rescinded'],
      ['one that it worked the day after: its reason decides, not our calendar', '2027-04-06', true, 'rescinded'],
      ['a move within the window is none', '2027-03-25', false, 'rejected'],
    ])('%s', async (_name, on, isRescission, state) => {
      const village = await villageAt(store.database(), 'accepted')
      await utilityDrops(village, home(1), { on, isRescission }, central('2027-04-06'))
      expect(await stateOf(village, home(1))).toBe(state)
      await expectBalance(village)
    })

    test('it closes once for each processing date, with what stands', async () => {
      const village = await villageAt(store.database(), 'accepted')
      await utilityDrops(village, home(1))
      const close = (at: ReturnType<typeof central>) =>
        closeRescissionWindows(store.database(), occasion(village, at), 'initial', village.terms)
      await close(central('2027-04-05', '23:59:59'))
      expect(await eventsOf(village, 'rescission-window-closed')).toEqual([])
      await close(central('2027-04-06', '00:00'))
      await close(central('2027-04-06', '00:00'))
      const points = NOTICED + 2 - 3
      expect((await eventsOf(village, 'rescission-window-closed')).map((event) => event.data)).toEqual([
        { processed: '2027-03-24', enrolled: points - 1 },
      ])
    })
  })

  describe('service starts', () => {
    test.each([
      ['two business days before the scheduled read', '2027-03-31', false],
      ['three before: outside, flagged', '2027-03-30', true],
      ['one business day after, over the weekend', '2027-04-05', false],
      ['two after: outside, flagged', '2027-04-06', true],
    ])('%s', async (_name, on, flagged) => {
      const village = await villageAt(store.database(), 'accepted')
      await serviceStarts(village, home(1), on)
      expect(await stateOf(village, home(1))).toBe('in-service')
      expect(await openItems(village, home(1))).toEqual(flagged ? ['start-outside-window'] : [])
      expect(await requestOf(village, home(1))).toMatchObject({ actual_start_on: on, placeholder_on: '2027-04-02' })
      await expectBalance(village)
    })

    test('later usage does not start it again', async () => {
      const village = await villageAt(store.database(), 'accepted')
      await serviceStarts(village, home(1), '2027-04-02')
      await serviceStarts(village, home(1), '2027-05-04')
      expect((await requestOf(village, home(1))).actual_start_on).toBe('2027-04-02')
      expect((await storyOf(village, home(1))).filter((kind) => kind === 'service-started')).toHaveLength(1)
    })

    test('usage of an enrollment that was dropped is no news', async () => {
      const village = await villageAt(store.database(), 'accepted')
      await utilityDrops(village, home(1))
      await serviceStarts(village, home(1), '2027-04-02')
      expect(await openItems(village)).not.toContain('unmatched-transaction')
      expect(await stateOf(village, home(1))).toBe('rescinded')
      await expectBalance(village)
    })
  })

  test('a drop of a household that we are undoing leaves it opted out, and our own drop is not sent', async () => {
    const village = await villageAt(store.database(), 'accepted')
    await timelyCard(village, home(1), DAYS.answers)
    await undoAll(village, DAYS.answers)
    await utilityDrops(village, home(1))
    const drops = (
      await store
        .database()
        .kysely.selectFrom('request')
        .select('state')
        .where('program_id', '=', village.programId)
        .where('kind', '=', 'drop')
        .execute()
    ).map((row) => row.state)
    expect(drops).toEqual(['pulled'])
    expect(await stateOf(village, home(1))).toBe('opted-out')
    await expectBalance(village)
  })

  test('everything accepted twice is everything accepted once', async () => {
    const village = await villageAt(store.database(), 'accepted')
    const before = await dispositions(village)
    await acceptAll(village)
    expect(await dispositions(village)).toEqual(before)
  })
})
