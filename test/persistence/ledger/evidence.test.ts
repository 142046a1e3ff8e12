import { describe, expect, test } from 'vitest'
import { INITIAL_COHORT } from '../../../domain/run-ids.js'
import { applyEvidence } from '../../../persistence/ledger/apply-evidence.js'
import { dropsOf } from '../../../persistence/ledger/notices.js'
import { closeWindows } from '../../../persistence/ledger/response-windows.js'
import { describeOnEachStore } from '../../support/each-store.js'
import { DAYS, enterEvidence, granted, mailed, unwatched, villageAt } from './phases.js'
import { optOut } from './replies.js'
import * as who from './village.js'
import { dispositions, eventsOf, expectBalance, openItems, stateOf, storyOf } from './where-they-stand.js'

const { central, home, NOTICED, occasion } = who

describeOnEachStore('mailing evidence', (store) => {
  const drop = async (village: who.Village, dropNo: number) => {
    const found = (await dropsOf(store.database().kysely, village.programId, INITIAL_COHORT)).find(
      (each) => each.drop_no === dropNo,
    )
    if (found === undefined) throw new Error('the test planned this drop')
    return found
  }
  const apply = (village: who.Village, at = DAYS.evidence) =>
    applyEvidence(store.database(), occasion(village, at), INITIAL_COHORT, village.terms, unwatched)

  describe('ruling R-001: the clock starts with the evidenced mailing date', () => {
    test('nobody counts as noticed before', async () => {
      const village = await villageAt(store.database(), 'printed')
      expect(await drop(village, 1)).toMatchObject({ deadline: null, closes_at: null })
      expect(await stateOf(village, home(1))).toBe('printed')
    })

    test('the accounts of that drop are noticed, no others', async () => {
      const village = await villageAt(store.database(), 'printed')
      await mailed(village, 1, DAYS.firstMailing)
      expect([await stateOf(village, home(1)), await stateOf(village, home(11))]).toEqual(['noticed', 'printed'])
      expect(await eventsOf(village, 'noticed')).toHaveLength(10)
      await expectBalance(village)
    })

    test.each([
      ['as planned', '2027-02-25', '2027-03-16', '2027-03-17T05:00:00Z'],
      ['later than planned: the computed deadline', '2027-02-28', '2027-03-19', '2027-03-20T05:00:00Z'],
      [
        'earlier than planned: the printed deadline is honoured (ruling R-003)',
        '2027-02-22',
        '2027-03-16',
        '2027-03-17T05:00:00Z',
      ],
    ])('mailed %s', async (_name, on, deadline, closesAt) => {
      const village = await villageAt(store.database(), 'printed')
      expect(granted(await enterEvidence(village, 1, on))).toEqual({ reconciled: true, deadline })
      expect(await drop(village, 1)).toMatchObject({ state: 'evidenced', deadline, closes_at: closesAt })
    })

    test('each account is told its deadline with the clause', async () => {
      const village = await villageAt(store.database(), 'printed')
      await mailed(village, 1, DAYS.firstMailing)
      const [told] = await eventsOf(village, 'noticed')
      expect(told).toMatchObject({
        effective: '2027-02-25',
        clause: 'Mahomet plan, Implementation Procedures E.3 (ruling R-001)',
        data: { drop: 1, on: '2027-02-25', deadline: '2027-03-16' },
      })
    })
  })

  describe('the form has to agree with the manifest', () => {
    test.each([
      ['one piece too few', 9],
      ['one piece too many', 11],
    ])('%s: the clock does not start, and a person is told', async (_name, pieces) => {
      const village = await villageAt(store.database(), 'printed')
      expect(
        granted(await enterEvidence(village, 1, DAYS.firstMailing, DAYS.evidence, INITIAL_COHORT, pieces)),
      ).toEqual({ reconciled: false, deadline: null })
      await apply(village)
      expect(await drop(village, 1)).toMatchObject({ state: 'mismatch', deadline: null })
      expect(await openItems(village)).toEqual(['evidence-mismatch'])
      expect(await stateOf(village, home(1))).toBe('printed')
      await expectBalance(village)
    })

    test('the corrected form starts the clock and closes the work item', async () => {
      const village = await villageAt(store.database(), 'printed')
      granted(await enterEvidence(village, 1, DAYS.firstMailing, DAYS.evidence, INITIAL_COHORT, 9))
      await mailed(village, 1, DAYS.firstMailing, central('2027-03-02'))
      expect(await stateOf(village, home(1))).toBe('noticed')
      expect(await openItems(village)).toEqual([])
      expect(await eventsOf(village, 'work-item-closed')).toHaveLength(1)
      expect((await eventsOf(village, 'evidence-recorded')).map((event) => event.data.drop)).toEqual([1])
    })

    test('a wrong form for a drop that is evidenced stops nothing', async () => {
      const village = await villageAt(store.database(), 'noticed')
      expect(granted(await enterEvidence(village, 1, DAYS.firstMailing, DAYS.evidence, INITIAL_COHORT, 9))).toEqual({
        reconciled: false,
        deadline: '2027-03-16',
      })
      expect(await drop(village, 1)).toMatchObject({ state: 'evidenced', deadline: '2027-03-16' })
    })

    test('the mismatch of one drop is not closed by the evidence of another', async () => {
      const village = await villageAt(store.database(), 'printed')
      granted(await enterEvidence(village, 1, DAYS.firstMailing, DAYS.evidence, INITIAL_COHORT, 9))
      await mailed(village, 2, DAYS.secondMailing)
      expect(await openItems(village)).toEqual(['evidence-mismatch'])
    })
  })

  describe('what cannot be evidenced', () => {
    test.each([
      ['an unknown drop', 'printed', 7, '2027-02-25', 'NO_SUCH_DROP'],
      ['a drop that the mail house does not have', 'approved', 1, '2027-02-25', 'DROP_NOT_HANDED_OVER'],
      ['a mailing after today', 'printed', 1, '2027-03-02', 'EVIDENCE_FROM_FUTURE'],
      ['a mailing before the approval', 'printed', 1, '2027-01-17', 'EVIDENCE_BEFORE_APPROVAL'],
    ] as const)('%s is refused, and nothing is kept', async (_name, stage, dropNo, on, code) => {
      const village = await villageAt(store.database(), stage)
      expect(await enterEvidence(village, dropNo, on)).toMatchObject({ ok: false, refusal: { code } })
      expect(
        await store
          .database()
          .kysely.selectFrom('evidence')
          .selectAll()
          .where('program_id', '=', village.programId)
          .execute(),
      ).toEqual([])
    })

    test('a mailing today, and on the day of the approval, is not refused', async () => {
      const village = await villageAt(store.database(), 'printed')
      expect((await enterEvidence(village, 1, '2027-03-01')).ok).toBe(true)
      expect((await enterEvidence(village, 2, '2027-01-18')).ok).toBe(true)
    })
  })

  describe('architecture §2: a corrected date derives every clock again', () => {
    test('the deadline moves, the window opens again, and every account of the drop is told once', async () => {
      const village = await villageAt(store.database(), 'noticed')
      await closeAll(village, central('2027-03-18'))
      await mailed(village, 1, '2027-03-01', central('2027-03-19'))
      expect(await drop(village, 1)).toMatchObject({ deadline: '2027-03-20', closed: false })
      await apply(village)
      expect(await storyOf(village, home(1))).toEqual([
        'account-listed',
        'notice-printed',
        'noticed',
        'deadline-changed',
      ])
      expect(await storyOf(village, home(11))).toEqual(['account-listed', 'notice-printed', 'noticed'])
      expect((await eventsOf(village, 'evidence-corrected')).map((event) => event.data.deadline)).toEqual([
        '2027-03-20',
      ])
      await closeAll(village, central('2027-03-22'))
      expect((await eventsOf(village, 'window-closed')).map((event) => event.data.drop)).toEqual([1, 2, 1])
      await expectBalance(village)
    })

    test('the same form entered again tells nobody anything new', async () => {
      const village = await villageAt(store.database(), 'noticed')
      await mailed(village, 1, DAYS.firstMailing)
      expect(await eventsOf(village, 'evidence-corrected')).toEqual([])
      expect(await eventsOf(village, 'deadline-changed')).toEqual([])
    })

    test('evidence corrected while the first is being applied is applied again', async () => {
      const village = await villageAt(store.database(), 'printed')
      granted(await enterEvidence(village, 1, DAYS.firstMailing))
      const correct = async () => void granted(await enterEvidence(village, 1, '2027-02-27'))
      let corrected: Promise<void> | undefined
      await applyEvidence(store.database(), occasion(village, DAYS.evidence), INITIAL_COHORT, village.terms, () => {
        corrected ??= correct()
      })
      await corrected
      await apply(village)
      expect(await drop(village, 1)).toMatchObject({ applied: true, deadline: '2027-03-18' })
      const told = await store
        .database()
        .kysely.selectFrom('event')
        .select('data')
        .where('program_id', '=', village.programId)
        .where('kind', 'in', ['noticed', 'deadline-changed'])
        .orderBy('seq', 'desc')
        .limit(10)
        .execute()
      expect(new Set(told.map((event) => event.data.deadline))).toEqual(new Set(['2027-03-18']))
    })
  })

  describe('ruling R-002: a window ends at the midnight after its last day', () => {
    test('it is closed at that instant, once, with what came in time', async () => {
      const village = await villageAt(store.database(), 'noticed')
      await optOut(village, home(1))
      await closeAll(village, central('2027-03-16', '23:59:59'))
      expect(await eventsOf(village, 'window-closed')).toEqual([])
      await closeAll(village, central('2027-03-17', '00:00'))
      await closeAll(village, central('2027-03-17', '00:00'))
      expect((await eventsOf(village, 'window-closed')).map((event) => event.data)).toEqual([
        { window: 'drop 1', drop: 1, deadline: '2027-03-16', optedOut: 1 },
      ])
    })
  })

  test('two clerks with the same form at the same instant start one clock', async () => {
    const village = await villageAt(store.database(), 'printed')
    const answers = await Promise.all([
      enterEvidence(village, 1, DAYS.firstMailing),
      enterEvidence(village, 1, DAYS.firstMailing),
    ])
    expect(answers.map((answer) => granted(answer).deadline)).toEqual(['2027-03-16', '2027-03-16'])
    await apply(village)
    expect(await eventsOf(village, 'noticed')).toHaveLength(10)
    expect(await dispositions(village)).toMatchObject({ pending: NOTICED })
  })

  async function closeAll(village: who.Village, at: ReturnType<typeof central>): Promise<void> {
    await store.database().tx((trx) => closeWindows(trx, occasion(village, at), INITIAL_COHORT, village.terms))
  }
})
