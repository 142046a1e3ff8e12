import { describe, expect, test } from 'vitest'
import { INITIAL_COHORT } from '../../../domain/run-ids.js'
import { applyAcknowledgment } from '../../../persistence/ledger/acknowledgments.js'
import { sha256Of } from '../../../persistence/sha256-of.js'
import { fixInterchange, raiseFileAlarms, recordSent } from '../../../persistence/ledger/interchanges.js'
import { planInterchanges } from '../../../persistence/ledger/plan-interchanges.js'
import { isStopped } from '../../../persistence/ledger/stop-switches.js'
import type { Row } from '../../../persistence/tables.js'
import { describeOnEachStore } from '../../support/each-store.js'
import { requestOf, undoAll } from './answers.js'
import { acceptOne, asText, DAYS, deliver, fix, requestsOf, submit, villageAt } from './phases.js'
import { timelyCard } from './replies.js'
import * as who from './village.js'
import { eventsOf, expectBalance, openItems, stateOf } from './where-they-stand.js'

const { central, home, occasion } = who

describeOnEachStore('files to the utility', (store) => {
  const filesOf = (village: who.Village): Promise<Row<'interchange'>[]> =>
    store
      .database()
      .kysely.selectFrom('interchange')
      .selectAll()
      .where('program_id', '=', village.programId)
      .orderBy('interchange_id')
      .execute()
  const plan = (village: who.Village, at = DAYS.freeze) =>
    planInterchanges(store.database(), occasion(village, at), INITIAL_COHORT, village.terms)
  const idsIn = (file: Row<'interchange'>): string[] =>
    Buffer.from(file.content ?? [])
      .toString()
      .split('\n')
      .slice(1)

  describe('architecture §3: one file per bill group and read', () => {
    test('holds the requests of that read, nearest cut-off first', async () => {
      const village = await villageAt(store.database(), 'frozen')
      await plan(village)
      expect((await filesOf(village)).map((file) => [file.bill_group, file.read_on, file.requests])).toEqual([
        ['21', '2027-03-31', 1],
        ['21', '2027-04-01', 1],
        ['1', '2027-04-02', 9],
        ['20', '2027-04-27', 6],
        ['21', '2027-04-28', 8],
      ])
    })

    test('every request whose time has come is in exactly one', async () => {
      const village = await villageAt(store.database(), 'submitted')
      const written = (await filesOf(village)).flatMap(idsIn)
      const sent = (await requestsOf(village))
        .filter((request) => request.state === 'sent')
        .map((request) => request.lin01)
      expect(written.sort()).toEqual(sent.sort())
      expect(sent).toHaveLength(25)
    })

    test('planning twice plans nothing twice', async () => {
      const village = await villageAt(store.database(), 'frozen')
      await plan(village)
      await plan(village)
      expect(await filesOf(village)).toHaveLength(5)
    })

    test('two workers planning at the same instant put nobody into two files', async () => {
      const village = await villageAt(store.database(), 'frozen')
      await Promise.all([plan(village), plan(village)])
      const files = (await filesOf(village)).filter((file) => file.requests > 0)
      expect(files.reduce((sum, file) => sum + file.requests, 0)).toBe(25)
    })
  })

  describe('architecture §2: numbers and bytes are fixed before the first attempt', () => {
    test('fixed again, a file is the same file', async () => {
      const village = await villageAt(store.database(), 'frozen')
      await plan(village)
      const [planned] = await filesOf(village)
      const first = await fix(village, planned?.interchange_id ?? 0, DAYS.freeze)
      expect(await fix(village, planned?.interchange_id ?? 0, DAYS.answers)).toEqual(first)
      expect(first?.row).toMatchObject({
        state: 'fixed',
        dated: DAYS.freeze,
        sha256: sha256Of(first?.row.content ?? new Uint8Array()),
      })
    })

    test('two workers fixing it at the same instant get one file and one sending', async () => {
      const village = await villageAt(store.database(), 'frozen')
      await plan(village)
      const [planned] = await filesOf(village)
      const id = planned?.interchange_id ?? 0
      const [first, second] = await Promise.all([fix(village, id, DAYS.freeze), fix(village, id, DAYS.freeze)])
      expect(second).toEqual(first)
    })

    test('numbers follow each other without a gap, over all files and programs', async () => {
      await villageAt(store.database(), 'submitted')
      await villageAt(store.database(), 'submitted')
      const rows = await store
        .database()
        .kysely.selectFrom('interchange')
        .select(['isa13', 'gs06', 'st_first', 'requests'])
        .where('isa13', 'is not', null)
        .orderBy('isa13')
        .execute()
      expect(rows.map((row) => row.isa13)).toEqual(rows.map((_, index) => index + 1))
      expect(rows.map((row) => row.gs06)).toEqual(rows.map((_, index) => index + 1))
      let next = 1
      for (const row of [...rows].sort((a, b) => (a.st_first ?? 0) - (b.st_first ?? 0))) {
        expect(row.st_first).toBe(next)
        next += row.requests
      }
    })

    test('a file that could not be written gives its numbers back', async () => {
      const village = await villageAt(store.database(), 'frozen')
      await plan(village)
      const [first, second] = await filesOf(village)
      const broken = store.database().tx((trx) =>
        fixInterchange(trx, occasion(village, DAYS.freeze), first?.interchange_id ?? 0, () => {
          throw new Error('a name holds a separator')
        }),
      )
      await expect(broken).rejects.toThrow('separator')
      const before = await newestNumber()
      expect((await fix(village, second?.interchange_id ?? 0, DAYS.freeze))?.row.isa13).toBe(before + 1)
    })
  })

  describe('a timely card while the file waits', () => {
    test('before the bytes are fixed its request is pulled; a file left empty takes no number', async () => {
      const village = await villageAt(store.database(), 'frozen')
      await plan(village)
      await timelyCard(village, who.END_OF_MONTH, DAYS.freeze)
      const { interchange_id: id } = await requestOf(village, who.END_OF_MONTH)
      const before = await newestNumber()
      expect(await fix(village, id ?? 0, DAYS.freeze)).toBeNull()
      await undoAll(village, DAYS.freeze)
      expect((await requestOf(village, who.END_OF_MONTH)).state).toBe('pulled')
      expect(await fix(village, id ?? 0, DAYS.freeze)).toBeNull()
      expect(await newestNumber()).toBe(before)
      expect((await filesOf(village))[0]?.state).toBe('empty')
      await expectBalance(village)
    })

    test('the others of its file go out without it', async () => {
      const village = await villageAt(store.database(), 'frozen')
      await plan(village)
      await timelyCard(village, home(1), DAYS.freeze)
      await undoAll(village, DAYS.freeze)
      await submit(village)
      const pulled = await requestOf(village, home(1))
      expect((await filesOf(village)).flatMap(idsIn)).not.toContain(pulled.lin01)
      expect(await stateOf(village, home(4))).toBe('submitted')
    })

    test('once it is in the bytes it goes out with them, and is dropped when the utility has accepted', async () => {
      const village = await villageAt(store.database(), 'frozen')
      await plan(village)
      const { interchange_id: id } = await requestOf(village, home(1))
      const fixed = await fix(village, id ?? 0, DAYS.freeze)
      await timelyCard(village, home(1), DAYS.freeze)
      await undoAll(village, DAYS.freeze)
      expect((await requestOf(village, home(1))).state).toBe('batched')
      await deliver(village, fixed?.sendingId ?? 0, DAYS.freeze)
      await store.database().tx((trx) => recordSent(trx, occasion(village, DAYS.freeze), id ?? 0, village.terms))
      expect((await requestOf(village, home(1))).state).toBe('sent')
      await acceptOne(village, await requestOf(village, home(1)))
      await undoAll(village, DAYS.answers)
      expect((await requestsOf(village, home(1))).map((request) => [request.kind, request.state])).toEqual([
        ['enroll', 'accepted'],
        ['drop', 'planned'],
      ])
      expect(await stateOf(village, home(1))).toBe('opted-out')
      await expectBalance(village)
    })
  })

  describe('ruling R-012: a missed cut-off moves to the next read, with an alarm and the count', () => {
    test('received at the cut-off is in time, a second later it is not', async () => {
      for (const [at, read] of [
        [central('2027-03-26', '17:45'), '2027-04-02'],
        [central('2027-03-26', '17:45:01'), '2027-05-04'],
      ] as const) {
        const village = await villageAt(store.database(), 'frozen')
        await plan(village, at)
        expect((await requestOf(village, home(1))).read_on).toBe(read)
      }
    })

    test('the alarm counts the service points', async () => {
      const village = await villageAt(store.database(), 'frozen')
      await plan(village, central('2027-04-01', '08:00'))
      const alarms = await eventsOf(village, 'program-alarm')
      expect(alarms.map((alarm) => alarm.data.what)).toEqual([
        '11 service points missed their cut-off and wait for the next read',
      ])
      await expectBalance(village)
    })

    test('what finds no later read waits for a person', async () => {
      const village = await villageAt(store.database(), 'frozen')
      await plan(village, central('2027-05-03', '08:00'))
      expect((await requestOf(village, home(1))).state).toBe('no-read')
      expect(await openItems(village, home(1))).toEqual(['no-read'])
    })

    test('a file that waited behind the stop switch past its cut-off is given back and takes no number', async () => {
      const village = await villageAt(store.database(), 'frozen')
      await plan(village)
      const { interchange_id: id } = await requestOf(village, home(1))
      const before = await newestNumber()
      const late = central('2027-03-29')
      expect(await fix(village, id ?? 0, late)).toBeNull()
      expect(await newestNumber()).toBe(before)
      await submit(village, late)
      const moved = await requestOf(village, home(1))
      expect(moved).toMatchObject({ state: 'sent', read_on: '2027-05-04' })
      expect(moved.interchange_id).not.toBe(id)
      await expectBalance(village)
    })
  })

  describe('acknowledgments (997)', () => {
    const acknowledge = (village: who.Village, gs06: number | null, accepted: boolean) =>
      store
        .database()
        .tx((trx) =>
          applyAcknowledgment(
            trx,
            occasion(village, DAYS.answers),
            { gs06: gs06 ?? 0, accepted, why: accepted ? 'accepted' : 'rejected' },
            village.terms,
          ),
        )

    test('a file is acknowledged once', async () => {
      const village = await villageAt(store.database(), 'submitted')
      const [file] = await filesOf(village)
      await acknowledge(village, file?.gs06 ?? null, true)
      await acknowledge(village, file?.gs06 ?? null, true)
      expect((await filesOf(village))[0]?.state).toBe('acknowledged')
      expect(await eventsOf(village, 'interchange-acknowledged')).toHaveLength(1)
    })

    test('a file that the utility cannot read stops every further one', async () => {
      const village = await villageAt(store.database(), 'submitted')
      const [file] = await filesOf(village)
      await acknowledge(village, file?.gs06 ?? null, false)
      expect((await filesOf(village))[0]?.state).toBe('refused')
      expect(await openItems(village)).toContain('file-refused')
      expect(await isStopped(store.database().kysely, village.programId, 'utility')).toBe(true)
    })

    test('one of a file that we did not record as sent proves that it arrived', async () => {
      const village = await villageAt(store.database(), 'frozen')
      await plan(village)
      const [planned] = await filesOf(village)
      const fixed = await fix(village, planned?.interchange_id ?? 0, DAYS.freeze)
      await acknowledge(village, fixed?.row.gs06 ?? null, true)
      expect((await filesOf(village))[0]).toMatchObject({ state: 'acknowledged' })
      expect(await stateOf(village, who.END_OF_MONTH)).toBe('submitted')
    })

    test('one of a group we never sent becomes work', async () => {
      const village = await villageAt(store.database(), 'submitted')
      await acknowledge(village, 999_999, true)
      expect(await openItems(village)).toContain('unmatched-transaction')
    })

    test('a file of another program is not ours to acknowledge', async () => {
      const other = await villageAt(store.database(), 'submitted')
      const village = await villageAt(store.database(), 'submitted')
      const [theirs] = await filesOf(other)
      await acknowledge(village, theirs?.gs06 ?? null, false)
      expect((await filesOf(other))[0]?.state).toBe('sent')
    })
  })

  describe('alarms about files', () => {
    const raise = (village: who.Village, at: ReturnType<typeof central>) =>
      store.database().tx((trx) => raiseFileAlarms(trx, occasion(village, at), INITIAL_COHORT, village.terms))

    test.each([
      ['a second before the hours are over', central('2027-03-25', '07:59:59'), 0],
      ['at the very hour', central('2027-03-25', '08:00'), 5],
    ])('no acknowledgment %s', async (_name, at, alarms) => {
      const village = await villageAt(store.database(), 'submitted')
      await raise(village, at)
      await raise(village, at)
      expect(await eventsOf(village, 'acknowledgment-late')).toHaveLength(alarms)
    })

    test('a late acknowledgment does not hide that the answers are missing', async () => {
      const village = await villageAt(store.database(), 'submitted')
      await raise(village, central('2027-03-26'))
      for (const file of await filesOf(village)) {
        await store
          .database()
          .tx((trx) =>
            applyAcknowledgment(
              trx,
              occasion(village, central('2027-03-26')),
              { gs06: file.gs06 ?? 0, accepted: true, why: 'accepted' },
              village.terms,
            ),
          )
      }
      await raise(village, central('2027-03-29', '23:59:59'))
      expect(await eventsOf(village, 'response-late')).toEqual([])
      await raise(village, central('2027-03-30', '00:00'))
      expect(await eventsOf(village, 'response-late')).toHaveLength(5)
    })

    test('a file that is answered raises none', async () => {
      const village = await villageAt(store.database(), 'accepted')
      for (const file of await filesOf(village)) {
        await store
          .database()
          .tx((trx) =>
            applyAcknowledgment(
              trx,
              occasion(village, DAYS.answers),
              { gs06: file.gs06 ?? 0, accepted: true, why: 'accepted' },
              village.terms,
            ),
          )
      }
      await raise(village, central('2027-04-10'))
      expect([
        ...(await eventsOf(village, 'response-late')),
        ...(await eventsOf(village, 'acknowledgment-late')),
      ]).toEqual([])
    })
  })

  test('the journal names files by their number, never a household', async () => {
    const village = await villageAt(store.database(), 'submitted')
    const said = JSON.stringify(
      [...(await eventsOf(village, 'interchange-sent')), ...(await eventsOf(village, 'enrollment-sent'))].map(
        (event) => event.data,
      ),
    )
    expect(said).not.toMatch(/Householder|00010001/)
    expect(asText({ isa13: 1, gs06: 1, stFirst: 1, dated: DAYS.freeze }, [])).toHaveLength(26)
  })

  async function newestNumber(): Promise<number> {
    const row = await store
      .database()
      .kysely.selectFrom('counter')
      .select('value')
      .where('name', '=', 'isa13')
      .executeTakeFirst()
    return row?.value ?? 0
  }
})
