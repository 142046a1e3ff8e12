import { describe, expect, test } from 'vitest'
import { INITIAL_COHORT } from '../../../domain/run-ids.js'
import { dropsOf } from '../../../persistence/ledger/notices.js'
import { describeOnEachStore } from '../../support/each-store.js'
import { answerDrop, requestOf, undoAll } from './answers.js'
import {
  acceptAll,
  DAYS,
  enterEvidence,
  freeze,
  granted,
  mailed,
  printAll,
  requestsOf,
  submit,
  villageAt,
} from './phases.js'
import { answer, aReply, optOut, timelyCard } from './replies.js'
import { newestCode, reMail, returnNotice, tryReMail, tryReturn } from './returns.js'
import * as who from './village.js'
import { accountOf, dispositions, eventsOf, expectBalance, openItems, stateOf, storyOf } from './where-they-stand.js'

const { central, home, NOTICED } = who

describeOnEachStore('undeliverable mail', (store) => {
  const drops = async (village: who.Village, cohort: string = INITIAL_COHORT) =>
    (await dropsOf(store.database().kysely, village.programId, cohort)).map((drop) => [
      drop.drop_no,
      drop.kind,
      drop.state,
      drop.deadline,
    ])
  const cohorts = async (village: who.Village) =>
    (
      await store
        .database()
        .kysely.selectFrom('cohort')
        .select(['cohort', 'kind', 'started'])
        .where('program_id', '=', village.programId)
        .orderBy('cohort')
        .execute()
    ).map((row) => row.cohort)

  describe('Mahomet, Implementation Procedures E.5: a notice that comes back has reached nobody', () => {
    test('its account is not noticed any more, and a person is asked for an address', async () => {
      const village = await villageAt(store.database(), 'noticed')
      await returnNotice(village, home(1), '2027-03-05')
      expect(await stateOf(village, home(1))).toBe('returned')
      expect(await openItems(village, home(1))).toEqual(['notice-returned'])
      expect((await dispositions(village))['not-noticed']).toBe(1)
      await expectBalance(village)
    })

    test('scanned twice, it came back once', async () => {
      const village = await villageAt(store.database(), 'noticed')
      await returnNotice(village, home(1), '2027-03-05')
      await returnNotice(village, home(1), '2027-03-06')
      expect(await eventsOf(village, 'notice-returned')).toHaveLength(1)
    })

    test.each([
      ['a code that is on no letter', 'NOPE', '2027-03-05', 'NO_SUCH_LETTER'],
      ['a return dated after today', null, '2027-03-09', 'RETURN_FROM_FUTURE'],
    ])('%s is refused', async (_name, code, on, refusal) => {
      const village = await villageAt(store.database(), 'noticed')
      const outcome = await tryReturn(village, code ?? (await newestCode(village, home(1))), on, central('2027-03-08'))
      expect(outcome).toMatchObject({ ok: false, refusal: { code: refusal } })
      expect(await stateOf(village, home(1))).toBe('noticed')
    })

    test('a household that opted out stays opted out', async () => {
      const village = await villageAt(store.database(), 'noticed')
      await optOut(village, home(1), central('2027-03-06'))
      await returnNotice(village, home(1), '2027-03-07')
      expect(await stateOf(village, home(1))).toBe('opted-out')
      expect(await openItems(village, home(1))).toEqual([])
      await expectBalance(village)
    })

    test('a notice that came back before its drop was evidenced is not noticed by the evidence', async () => {
      const village = await villageAt(store.database(), 'printed')
      await returnNotice(village, home(1), '2027-02-27', central('2027-02-27'))
      await mailed(village, 1, DAYS.firstMailing)
      expect(await stateOf(village, home(1))).toBe('returned')
      await expectBalance(village)
    })

    test('a telephone call of a household whose notice came back still opts it out', async () => {
      const village = await villageAt(store.database(), 'noticed')
      await returnNotice(village, home(1), '2027-03-05')
      await optOut(village, home(1), central('2027-03-10'))
      expect(await openItems(village, home(1))).toEqual([])
      await expectBalance(village)
    })
  })

  describe('re-mailed while the drops’ windows are open: the same cohort, a clock of its own', () => {
    test('the new deadline is the re-mailing’s', async () => {
      const village = await villageAt(store.database(), 'printed')
      await mailed(village, 1, DAYS.firstMailing, central('2027-02-26'))
      await returnNotice(village, home(1), '2027-02-26', central('2027-02-26'))
      expect(await reMail(village, [home(1)], '2027-02-26', central('2027-02-26'))).toEqual({
        cohort: INITIAL_COHORT,
        dropNo: 3,
      })
      expect(await stateOf(village, home(1))).toBe('printed')
      await mailed(village, 2, DAYS.secondMailing)
      await mailed(village, 3, '2027-02-26')
      expect(await drops(village)).toEqual([
        [1, 'notice', 'evidenced', '2027-03-16'],
        [2, 'notice', 'evidenced', '2027-03-17'],
        [3, 're-mail', 'evidenced', '2027-03-17'],
      ])
      expect(
        granted(await answer(village, aReply(home(1), { received: central('2027-03-17', '23:00') }))),
      ).toMatchObject({ verdict: 'timely' })
      expect(
        granted(await answer(village, aReply(home(2), { received: central('2027-03-17', '23:00') }))),
      ).toMatchObject({ verdict: 'late' })
      expect(await openItems(village, home(1))).toEqual([])
      await expectBalance(village)
    })

    test('corrected evidence of the first mailing does not notice a household whose second letter is still on its way', async () => {
      const village = await remailedInTime('2027-02-26')
      await mailed(village, 1, '2027-02-24', central('2027-03-02'))
      expect(await stateOf(village, home(1))).toBe('printed')
      await freeze(village)
      expect(await stateOf(village, home(1))).toBe('not-noticed')
      expect(await requestsOf(village, home(1))).toEqual([])
      await expectBalance(village)
    })

    test('mailed later than planned, past the drops’ last close, it goes on by itself', async () => {
      const village = await remailedInTime('2027-02-26')
      await mailed(village, 3, '2027-03-01')
      expect(await drops(village)).toHaveLength(2)
      expect(await cohorts(village)).toEqual(['follow-up-2027-02-26', INITIAL_COHORT])
      expect((await accountOf(village, home(1))).cohort).toBe('follow-up-2027-02-26')
      expect(await drops(village, 'follow-up-2027-02-26')).toEqual([[1, 'notice', 'evidenced', '2027-03-20']])
      await mailed(village, 1, '2027-03-01', DAYS.evidence, 'follow-up-2027-02-26')
      expect(await stateOf(village, home(1))).toBe('noticed')
      await freeze(village)
      expect(await stateOf(village, home(1))).toBe('noticed')
      await freeze(village, central('2027-03-29'), 'follow-up-2027-02-26')
      expect(await stateOf(village, home(1))).toBe('rostered')
      await expectBalance(village)
    })

    test('so it does when a drop’s corrected evidence closes the drops earlier', async () => {
      const village = await villageAt(store.database(), 'printed')
      await mailed(village, 1, DAYS.firstMailing, central('2027-02-26'))
      await returnNotice(village, home(1), '2027-02-26', central('2027-02-26'))
      await reMail(village, [home(1)], '2027-02-26', central('2027-02-26'))
      await mailed(village, 2, '2027-03-01')
      await mailed(village, 3, '2027-03-01')
      expect(await drops(village)).toHaveLength(3)
      await mailed(village, 2, '2027-02-26', central('2027-03-02'))
      expect(await drops(village)).toHaveLength(2)
      expect((await accountOf(village, home(1))).cohort).toBe('follow-up-2027-02-26')
      await expectBalance(village)
    })

    test('a number that left with its drop is not given to another', async () => {
      const village = await remailedInTime('2027-02-26')
      await mailed(village, 3, '2027-03-01')
      await returnNotice(village, home(2), '2027-03-01', DAYS.evidence)
      const planned = granted(await tryReMail(village, [home(2)], '2027-03-01', DAYS.evidence))
      expect(planned.cohort).toBe('follow-up-2027-03-01')
      const names = await store
        .database()
        .kysely.selectFrom('print_batch')
        .select(['cohort', 'kind', 'drop_no', 'batch_no'])
        .where('program_id', '=', village.programId)
        .execute()
      expect(new Set(names.map((name) => JSON.stringify(name))).size).toBe(names.length)
      await expectBalance(village)
    })
  })

  describe('re-mailed too late for the village: a follow-up cohort', () => {
    test('has its own window, roster and submission; no straggler holds the village', async () => {
      const village = await villageAt(store.database(), 'noticed')
      await returnNotice(village, home(1), '2027-03-10', central('2027-03-11'))
      const { cohort } = await reMail(village, [home(1)], '2027-03-12', central('2027-03-11'))
      expect(cohort).toBe('follow-up-2027-03-12')
      expect(await storyOf(village, home(1))).toEqual([
        ...['account-listed', 'notice-printed', 'noticed', 'notice-returned', 'work-item-opened'],
        ...['moved-to-follow-up', 'work-item-closed', 'notice-printed'],
      ])
      await freeze(village)
      expect((await eventsOf(village, 'roster-frozen')).map((event) => event.data.rostered)).toEqual([NOTICED - 1])
      await mailed(village, 1, '2027-03-12', DAYS.answers, cohort)
      expect(await stateOf(village, home(1))).toBe('noticed')
      await freeze(village, central('2027-04-07'), cohort)
      await submit(village, central('2027-04-07'), cohort)
      await acceptAll(village, '2027-04-07', central('2027-04-08'))
      expect(await stateOf(village, home(1))).toBe('accepted')
      expect((await requestOf(village, home(1))).read_on).toBe('2027-05-04')
      await expectBalance(village)
    })

    test('a household left out at the freeze is noticed again in a follow-up', async () => {
      const village = await villageAt(store.database(), 'noticed')
      await returnNotice(village, home(1), '2027-03-10', central('2027-03-11'))
      await freeze(village)
      expect(await openItems(village, home(1))).toEqual(['notice-returned', 'omitted-member'])
      const { cohort } = await reMail(village, [home(1)], '2027-03-25', DAYS.answers)
      expect(await openItems(village, home(1))).toEqual([])
      await mailed(village, 1, '2027-03-25', central('2027-03-26'), cohort)
      expect(await stateOf(village, home(1))).toBe('noticed')
      await expectBalance(village)
    })

    test('two days’ re-mailings are two cohorts, one day’s are one', async () => {
      const village = await villageAt(store.database(), 'noticed')
      for (const number of [home(1), home(2), home(3)])
        await returnNotice(village, number, '2027-03-10', central('2027-03-11'))
      const planned = []
      for (const [number, on] of [
        [home(1), '2027-03-12'],
        [home(2), '2027-03-12'],
        [home(3), '2027-03-15'],
      ] as const)
        planned.push(granted(await tryReMail(village, [number], on, central('2027-03-11'))))
      expect(planned).toEqual([
        { cohort: 'follow-up-2027-03-12', dropNo: 1 },
        { cohort: 'follow-up-2027-03-12', dropNo: 2 },
        { cohort: 'follow-up-2027-03-15', dropNo: 1 },
      ])
    })

    test('evidence that comes after the freeze moves the re-mailed drop on, and closes the work about its households', async () => {
      const village = await remailedInTime('2027-02-26')
      await freeze(village)
      expect(await stateOf(village, home(1))).toBe('not-noticed')
      await mailed(village, 3, '2027-02-26', DAYS.answers)
      await mailed(village, 1, '2027-02-26', DAYS.answers, 'follow-up-2027-02-26')
      expect(await stateOf(village, home(1))).toBe('noticed')
      expect(await openItems(village, home(1))).toEqual([])
      await expectBalance(village)
    })

    test('corrected after the freeze, a re-mailed drop that is on the roster stays with its enrollments', async () => {
      const village = await remailedInTime('2027-02-26')
      await mailed(village, 3, '2027-02-26')
      await freeze(village)
      await submit(village)
      await mailed(village, 3, '2027-03-02', DAYS.answers)
      expect(await accountOf(village, home(1))).toMatchObject({ cohort: INITIAL_COHORT, state: 'submitted' })
      await timelyCard(village, home(1), DAYS.answers)
      await acceptAll(village)
      await undoAll(village, DAYS.answers)
      expect((await requestsOf(village, home(1))).map((request) => request.kind)).toEqual(['enroll', 'drop'])
      await expectBalance(village)
    })

    test('a late re-mailed drop never lands in a cohort that is frozen', async () => {
      const village = await villageAt(store.database(), 'printed')
      await mailed(village, 1, DAYS.firstMailing, central('2027-02-26'))
      for (const number of [home(1), home(2)]) {
        await returnNotice(village, number, '2027-02-26', central('2027-02-26'))
        await reMail(village, [number], '2027-02-26', central('2027-02-26'))
      }
      await mailed(village, 2, DAYS.secondMailing)
      await mailed(village, 3, '2027-03-01')
      await mailed(village, 1, '2027-03-01', DAYS.evidence, 'follow-up-2027-02-26')
      await freeze(village)
      await freeze(village, central('2027-03-29'), 'follow-up-2027-02-26')
      await enterEvidence(village, 4, '2027-03-01', central('2027-04-02'))
      expect((await accountOf(village, home(2))).cohort).toBe('follow-up-2027-02-26-2')
      expect(await drops(village, 'follow-up-2027-02-26-2')).toEqual([[1, 'notice', 'evidenced', '2027-03-20']])
      await expectBalance(village)
    })
  })

  describe('returned after the submission, undone, and noticed once more', () => {
    test('is re-mailed only when the utility has let it go, and then enrolled under new ids', async () => {
      const village = await villageAt(store.database(), 'accepted')
      await returnNotice(village, home(1), '2027-03-25', DAYS.answers)
      expect(await tryReMail(village, [home(1)], '2027-03-26', DAYS.answers)).toMatchObject({
        ok: false,
        refusal: { code: 'NOT_UNDONE_YET' },
      })
      await undoAll(village, DAYS.answers)
      await submit(village, DAYS.answers)
      const [, drop] = await requestsOf(village, home(1))
      await answerDrop(village, drop?.lin01 ?? '', true, central('2027-03-26'))
      const { cohort } = await reMail(village, [home(1)], '2027-03-26', central('2027-03-26'))
      await mailed(village, 1, '2027-03-26', central('2027-03-29'), cohort)
      await freeze(village, central('2027-04-21'), cohort)
      expect(await requestOf(village, home(1))).toMatchObject({ attempt: 2, cohort, state: 'planned' })
      await submit(village, central('2027-04-21'), cohort)
      await acceptAll(village, '2027-04-21', central('2027-04-22'))
      expect(await stateOf(village, home(1))).toBe('accepted')
      await expectBalance(village)
    })
  })

  describe('what is not re-mailed', () => {
    test('a notice that did not come back, or one that is on its way again', async () => {
      const village = await villageAt(store.database(), 'noticed')
      expect(await tryReMail(village, [home(1)], '2027-03-12', central('2027-03-11'))).toMatchObject({
        ok: false,
        refusal: { code: 'NOT_RETURNED' },
      })
      await returnNotice(village, home(1), '2027-03-10', central('2027-03-11'))
      granted(await tryReMail(village, [home(1)], '2027-03-12', central('2027-03-11')))
      expect(await tryReMail(village, [home(1)], '2027-03-12', central('2027-03-11'))).toMatchObject({
        ok: false,
        refusal: { code: 'RE_MAIL_UNDER_WAY' },
      })
    })

    test('by two clerks at the same instant, one letter', async () => {
      const village = await villageAt(store.database(), 'noticed')
      await returnNotice(village, home(1), '2027-03-10', central('2027-03-11'))
      const answers = await Promise.all(
        [1, 2].map(() => tryReMail(village, [home(1)], '2027-03-12', central('2027-03-11'))),
      )
      expect(answers.filter((outcome) => outcome.ok)).toHaveLength(1)
      await printAll(village, central('2027-03-11'))
      expect(await eventsOf(village, 'notice-printed')).toHaveLength(NOTICED + 1)
    })

    test('for a day before today, or nobody at all', async () => {
      const village = await villageAt(store.database(), 'noticed')
      await returnNotice(village, home(1), '2027-03-10', central('2027-03-11'))
      expect(await tryReMail(village, [home(1)], '2027-03-10', central('2027-03-11'))).toMatchObject({
        ok: false,
        refusal: { code: 'DROP_IN_THE_PAST' },
      })
      expect(await tryReMail(village, [], '2027-03-12', central('2027-03-11'))).toMatchObject({
        ok: false,
        refusal: { code: 'RE_MAIL_SIZE' },
      })
    })
  })

  /** The first home came back at once and is in the mail again, in the village's own cohort; both drops are evidenced. */
  async function remailedInTime(plannedOn: string): Promise<who.Village> {
    const village = await villageAt(store.database(), 'printed')
    await mailed(village, 1, DAYS.firstMailing, central('2027-02-26'))
    await returnNotice(village, home(1), '2027-02-26', central('2027-02-26'))
    await reMail(village, [home(1)], plannedOn, central('2027-02-26'))
    await mailed(village, 2, DAYS.secondMailing)
    return village
  }
})
