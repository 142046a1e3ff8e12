import { describe, expect, test } from 'vitest'
import { INITIAL_COHORT } from '../../../domain/run-ids.js'
import { approveNotice, dropsOf, planDrops, type PlannedDrop } from '../../../persistence/ledger/notices.js'
import { recordHandedOver, recordRendered } from '../../../persistence/ledger/print-batches.js'
import type { Row } from '../../../persistence/tables.js'
import { describeOnEachStore } from '../../support/each-store.js'
import {
  DAYS,
  granted,
  handOverBatches,
  planAndApprove,
  printAll,
  proveNotice,
  renderBatches,
  twoDrops,
  unwatched,
  villageAt,
} from './phases.js'
import * as who from './village.js'
import { accountOf, accountsOf, dispositions, eventsOf, expectBalance, stateOf, storyOf } from './where-they-stand.js'

const { day, home, NOTICED, verb } = who

describeOnEachStore('notices, from the plan of the drops to the mail house', (store) => {
  const plan = (village: who.Village, drops: readonly PlannedDrop[], asked = verb(village, DAYS.approval)) =>
    planDrops(store.database(), asked, INITIAL_COHORT, drops, village.terms, unwatched)
  const approve = (village: who.Village, asked = verb(village, DAYS.approval, 'village president')) =>
    store.database().tx((trx) => approveNotice(trx, asked, INITIAL_COHORT, village.terms))
  const everybody: readonly PlannedDrop[] = [{ plannedOn: DAYS.firstMailing, selection: null }]
  const piecesOf = (village: who.Village) =>
    store
      .database()
      .kysely.selectFrom('piece')
      .selectAll()
      .where('program_id', '=', village.programId)
      .orderBy('piece_id')
      .execute()
  const drops = (village: who.Village) => dropsOf(store.database().kysely, village.programId, INITIAL_COHORT)

  describe('ruling R-008: a class without a rate waits for review', () => {
    test('its account is held back with its clause, everybody else joins the cohort', async () => {
      const village = await villageAt(store.database(), 'awarded')
      expect(await accountOf(village, who.UNPRICED)).toMatchObject({
        state: 'listed',
        eligibility: 'needs-review',
        cohort: null,
      })
      expect(await storyOf(village, who.UNPRICED)).toEqual(['account-listed', 'account-unpriced'])
      expect((await accountsOf(village)).filter((account) => account.cohort === INITIAL_COHORT)).toHaveLength(NOTICED)
    })
  })

  describe('ruling R-003: each drop prints its own deadline', () => {
    test('counted from its planned mailing date', async () => {
      const village = await villageAt(store.database(), 'approved')
      expect(
        (await drops(village)).map((drop) => [drop.drop_no, drop.pieces, drop.printed_deadline, drop.deadline]),
      ).toEqual([
        [1, 10, '2027-03-16', null],
        [2, NOTICED - 10, '2027-03-17', null],
      ])
    })

    test('every account has one letter, with a code of its own', async () => {
      const village = await villageAt(store.database(), 'approved')
      const pieces = await piecesOf(village)
      expect(new Set(pieces.map((piece) => piece.account_id)).size).toBe(NOTICED)
      expect(new Set(pieces.map((piece) => piece.letter_code)).size).toBe(NOTICED)
    })
  })

  describe('planning the drops', () => {
    test('a new plan takes the place of the old one and of its proof', async () => {
      const village = await villageAt(store.database(), 'awarded')
      granted(await plan(village, await twoDrops(village)))
      await proveNotice(village)
      expect(granted(await plan(village, everybody))).toEqual({ drops: 1, pieces: NOTICED })
      expect(await approve(village)).toMatchObject({ ok: false, refusal: { code: 'NO_PROOF' } })
      expect(await piecesOf(village)).toHaveLength(NOTICED)
    })

    test('repeated, the plan is made once and told once', async () => {
      const village = await villageAt(store.database(), 'awarded')
      const asked = verb(village, DAYS.approval)
      const first = await plan(village, everybody, asked)
      const before = await piecesOf(village)
      expect(await plan(village, everybody, asked)).toEqual(first)
      expect(await piecesOf(village)).toEqual(before)
      expect(await eventsOf(village, 'drops-planned')).toHaveLength(1)
    })

    test('an old plan repeated after a newer one is refused and adds no letter', async () => {
      const village = await villageAt(store.database(), 'awarded')
      const old = verb(village, DAYS.approval)
      const drops = await twoDrops(village)
      granted(await plan(village, drops, old))
      granted(await plan(village, [drops[0] as PlannedDrop]))
      expect(await plan(village, drops, old)).toMatchObject({ ok: false, refusal: { code: 'DROPS_PLANNED_ANEW' } })
      expect(await piecesOf(village)).toHaveLength(10)
    })

    test('two plans at the same instant leave one of them whole', async () => {
      const village = await villageAt(store.database(), 'awarded')
      await Promise.all([plan(village, await twoDrops(village)), plan(village, everybody)])
      const planned = await drops(village)
      expect(planned.reduce((sum, drop) => sum + drop.pieces, 0)).toBe(NOTICED)
      expect(await piecesOf(village)).toHaveLength(NOTICED)
    })

    test.each([
      ['without a drop', [], 'NO_DROP'],
      ['for a day before today', [{ plannedOn: day('2027-01-17'), selection: null }], 'DROP_IN_THE_PAST'],
      ['with a drop that takes nobody', [...everybody, ...everybody], 'EMPTY_DROP'],
    ])('a plan %s is refused', async (_name, planned, code) => {
      const village = await villageAt(store.database(), 'awarded')
      expect(await plan(village, planned)).toMatchObject({ ok: false, refusal: { code } })
      await proveNotice(village)
      if (code === 'EMPTY_DROP') expect(await approve(village)).toMatchObject({ ok: false, refusal: { code } })
    })

    test('today is not too early', async () => {
      const village = await villageAt(store.database(), 'awarded')
      expect((await plan(village, [{ plannedOn: day('2027-01-18'), selection: null }])).ok).toBe(true)
    })
  })

  describe('the village approves what was proven', () => {
    test('not without a proof, and then once', async () => {
      const village = await villageAt(store.database(), 'awarded')
      granted(await plan(village, everybody))
      expect(await approve(village)).toMatchObject({ ok: false, refusal: { code: 'NO_PROOF' } })
      await proveNotice(village)
      expect(granted(await approve(village))).toEqual({ batches: 1 })
      expect(await approve(village)).toMatchObject({ ok: false, refusal: { code: 'NOTICE_APPROVED' } })
    })

    test('two people at the same instant approve it once', async () => {
      const village = await villageAt(store.database(), 'awarded')
      granted(await plan(village, everybody))
      await proveNotice(village)
      const answers = await Promise.all([approve(village), approve(village)])
      expect(answers.map((answer) => (answer.ok ? 'ok' : answer.refusal.code)).sort()).toEqual([
        'NOTICE_APPROVED',
        'ok',
      ])
      expect(await eventsOf(village, 'notice-approved')).toHaveLength(1)
    })

    test('afterwards the drops stay as they are', async () => {
      const village = await villageAt(store.database(), 'approved')
      expect(await plan(village, everybody)).toMatchObject({ ok: false, refusal: { code: 'NOTICE_APPROVED' } })
      expect(await drops(village)).toHaveLength(2)
    })
  })

  describe('print batches', () => {
    test('no batch is larger than the plan says', async () => {
      const terms = { ...who.TERMS, printBatchLetters: { ...who.TERMS.printBatchLetters, value: 4 } }
      const village = await villageAt(store.database(), 'approved', { terms })
      const batches = await batchesOf(village)
      expect(batches.map((batch) => [batch.drop_no, batch.batch_no, batch.pieces])).toEqual([
        ...[
          [1, 1, 4],
          [1, 2, 4],
          [1, 3, 2],
        ],
        ...[
          [2, 1, 4],
          [2, 2, 4],
          [2, 3, 4],
          [2, 4, 4],
        ],
      ])
    })

    test('accounts count as printed when the mail house has their batch, not before', async () => {
      const village = await villageAt(store.database(), 'approved')
      await renderBatches(village, DAYS.handOver)
      expect(await stateOf(village, home(1))).toBe('to-be-noticed')
      await handOverBatches(village, DAYS.handOver)
      expect(await stateOf(village, home(1))).toBe('printed')
      expect((await drops(village)).map((drop) => drop.state)).toEqual(['handed-over', 'handed-over'])
      await expectBalance(village)
    })

    test('a drop is handed over with its last batch', async () => {
      const terms = { ...who.TERMS, printBatchLetters: { ...who.TERMS.printBatchLetters, value: 5 } }
      const village = await villageAt(store.database(), 'approved', { terms })
      await renderBatches(village, DAYS.handOver)
      const [first, second] = (await batchesOf(village)).filter((batch) => batch.drop_no === 1)
      for (const [batch, state] of [
        [first, 'approved'],
        [second, 'handed-over'],
      ] as const) {
        if (batch !== undefined)
          await store.database().tx((trx) => recordHandedOver(trx, who.occasion(village, DAYS.handOver), batch))
        expect((await drops(village))[0]?.state).toBe(state)
      }
    })

    test('recorded twice, a batch is rendered and handed over once', async () => {
      const village = await villageAt(store.database(), 'approved')
      await renderBatches(village, DAYS.handOver)
      const batches = await batchesOf(village)
      for (const batch of [...batches, ...batches]) {
        await store.database().tx((trx) =>
          recordRendered(trx, who.occasion(village, DAYS.handOver), batch, {
            file: 'other.pdf',
            sha256: 'other',
            letters: [],
            review: [],
          }),
        )
        await store.database().tx((trx) => recordHandedOver(trx, who.occasion(village, DAYS.handOver), batch))
      }
      expect(await eventsOf(village, 'batch-rendered')).toHaveLength(2)
      expect(await eventsOf(village, 'batch-handed-over')).toHaveLength(2)
      expect(await eventsOf(village, 'notice-printed')).toHaveLength(NOTICED)
      expect((await batchesOf(village)).map((batch) => batch.file)).not.toContain('other.pdf')
    })

    test('a letter that does not fit is held back: not printed, not counted, not noticed', async () => {
      const village = await villageAt(store.database(), 'approved')
      const { account_id: held } = await accountOf(village, home(1))
      await renderBatches(village, DAYS.handOver, [held])
      await handOverBatches(village, DAYS.handOver)
      expect(await stateOf(village, home(1))).toBe('to-be-noticed')
      expect(await storyOf(village, home(1))).toEqual(['account-listed', 'piece-in-review'])
      expect((await drops(village)).map((drop) => drop.pieces)).toEqual([9, NOTICED - 10])
      expect(await dispositions(village)).toMatchObject({ 'not-noticed': 1, pending: NOTICED - 1 })
      await expectBalance(village)
    })

    test('the letters of a batch are numbered without a gap', async () => {
      const village = await villageAt(store.database(), 'approved')
      const { account_id: held } = await accountOf(village, home(4))
      await renderBatches(village, DAYS.handOver, [held])
      const numbers = (await piecesOf(village)).filter((piece) => piece.drop_no === 1).map((piece) => piece.sequence)
      expect(numbers).toEqual([1, 2, 3, null, 4, 5, 6, 7, 8, 9])
    })

    test('neither file nor batch names anybody', async () => {
      const village = await villageAt(store.database(), 'approved')
      await printAll(village)
      const said =
        JSON.stringify(await eventsOf(village, 'batch-handed-over')) +
        JSON.stringify(await eventsOf(village, 'batch-rendered'))
      expect(said).not.toMatch(/Householder|Elm St|00010001/)
    })
  })

  test('planning, proof and approval of a village without a second drop', async () => {
    const village = await villageAt(store.database(), 'awarded')
    await planAndApprove(village, everybody)
    await printAll(village)
    expect(await dispositions(village)).toMatchObject({ pending: NOTICED })
  })

  function batchesOf(village: who.Village): Promise<Row<'print_batch'>[]> {
    return store
      .database()
      .kysely.selectFrom('print_batch')
      .selectAll()
      .where('program_id', '=', village.programId)
      .orderBy('drop_no')
      .orderBy('batch_no')
      .execute()
  }
})
