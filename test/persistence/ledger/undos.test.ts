import { describe, expect, test } from 'vitest'
import { describeOnEachStore } from '../../support/each-store.js'
import { answerDrop, requestOf, serviceStarts, undoAll } from './answers.js'
import { acceptOne, DAYS, requestsOf, submit, villageAt } from './phases.js'
import { optOut, timelyCard } from './replies.js'
import { returnNotice } from './returns.js'
import * as who from './village.js'
import { accountOf, eventsOf, expectBalance, openItems, stateOf, storyOf } from './where-they-stand.js'

const { central, home, TWO_POINTS } = who

describeOnEachStore('a timely reply that overtakes its enrollment', (store) => {
  const kinds = async (village: who.Village, number: string) =>
    (await requestsOf(village, number)).map((request) => [request.kind, request.state])
  const lettersOf = async (village: who.Village, number: string) => {
    const { account_id: id } = await accountOf(village, number)
    return store
      .database()
      .kysely.selectFrom('piece')
      .select('piece_id')
      .where('account_id', '=', id)
      .where('kind', '=', 'undo')
      .execute()
  }

  describe('ruling R-006: undone for the stage reached, without fee, with one letter', () => {
    test('on the roster and not sent: its request is pulled', async () => {
      const village = await villageAt(store.database(), 'frozen')
      await timelyCard(village, home(1), DAYS.freeze)
      await undoAll(village, DAYS.freeze)
      expect(await kinds(village, home(1))).toEqual([['enroll', 'pulled']])
      expect(await lettersOf(village, home(1))).toHaveLength(1)
      await submit(village)
      expect(await kinds(village, home(1))).toEqual([['enroll', 'pulled']])
      await expectBalance(village)
    })

    test('waiting for a read, or for a person: pulled as well', async () => {
      const village = await villageAt(store.database(), 'submitted')
      for (const number of [who.FAR_READ, who.NO_READS, who.MIDDLE_OF_MONTH])
        await timelyCard(village, number, DAYS.answers)
      await undoAll(village, DAYS.answers)
      for (const number of [who.FAR_READ, who.NO_READS, who.MIDDLE_OF_MONTH])
        expect(await kinds(village, number)).toEqual([['enroll', 'pulled']])
      await expectBalance(village)
    })

    test('sent and not answered: it waits for the answer, then it is dropped', async () => {
      const village = await villageAt(store.database(), 'submitted')
      await timelyCard(village, home(1), DAYS.answers)
      await undoAll(village, DAYS.answers)
      expect(await kinds(village, home(1))).toEqual([['enroll', 'sent']])
      expect(await lettersOf(village, home(1))).toHaveLength(0)
      await acceptOne(village, await requestOf(village, home(1)))
      await undoAll(village, DAYS.answers)
      expect(await kinds(village, home(1))).toEqual([
        ['enroll', 'accepted'],
        ['drop', 'planned'],
      ])
      expect(await lettersOf(village, home(1))).toHaveLength(1)
      expect(await stateOf(village, home(1))).toBe('opted-out')
      await expectBalance(village)
    })

    test('accepted: a drop request, sent and accepted, ends the enrollment', async () => {
      const village = await villageAt(store.database(), 'accepted')
      await timelyCard(village, home(1), DAYS.answers)
      await undoAll(village, DAYS.answers)
      await submit(village, DAYS.answers)
      const [, drop] = await requestsOf(village, home(1))
      expect(drop).toMatchObject({ kind: 'drop', state: 'sent', read_on: '2027-04-02' })
      expect(drop?.lin01).toMatch(/^D2027/)
      await answerDrop(village, drop?.lin01 ?? '', true, central('2027-03-26'))
      expect(await kinds(village, home(1))).toEqual([
        ['enroll', 'cancelled'],
        ['drop', 'accepted'],
      ])
      expect((await storyOf(village, home(1))).slice(-5)).toEqual([
        'opted-out',
        'undone',
        'undo-letter',
        'drop-sent',
        'drop-accepted',
      ])
      await expectBalance(village)
    })

    test('in service: dropped at the next read that can be reached', async () => {
      const village = await villageAt(store.database(), 'accepted')
      await serviceStarts(village, home(1), '2027-04-02', null, central('2027-04-03'))
      await timelyCard(village, home(1), central('2027-04-05'))
      await undoAll(village, central('2027-04-05'))
      const [, drop] = await requestsOf(village, home(1))
      expect(drop).toMatchObject({ kind: 'drop', state: 'planned', read_on: '2027-05-04' })
      expect(await stateOf(village, home(1))).toBe('opted-out')
      await expectBalance(village)
    })

    test('in service without a further read: a person agrees a date with the utility', async () => {
      const village = await villageAt(store.database(), 'accepted')
      await serviceStarts(village, home(1), '2027-04-02', null, central('2027-04-03'))
      await timelyCard(village, home(1), central('2027-05-10'))
      await undoAll(village, central('2027-05-10'))
      expect(await kinds(village, home(1))).toEqual([
        ['enroll', 'started'],
        ['drop', 'no-read'],
      ])
      expect(await openItems(village, home(1))).toEqual(['no-read'])
    })
  })

  describe('each service point of the account is undone', () => {
    test('pulled and dropped as far as each has come, with one letter', async () => {
      const village = await villageAt(store.database(), 'submitted')
      await acceptOne(village, await requestOf(village, TWO_POINTS, 1))
      await timelyCard(village, TWO_POINTS, DAYS.answers)
      await undoAll(village, DAYS.answers)
      await acceptOne(village, await requestOf(village, TWO_POINTS, 2))
      await undoAll(village, DAYS.answers)
      expect(
        (await requestsOf(village, TWO_POINTS))
          .filter((request) => request.kind === 'drop')
          .map((request) => request.service_point),
      ).toEqual([`${TWO_POINTS}-1`, `${TWO_POINTS}-2`])
      expect(await lettersOf(village, TWO_POINTS)).toHaveLength(1)
      await expectBalance(village)
    })
  })

  test('undone twice is undone once', async () => {
    const village = await villageAt(store.database(), 'accepted')
    await timelyCard(village, home(1), DAYS.answers)
    await undoAll(village, DAYS.answers)
    await undoAll(village, central('2027-03-26'))
    expect(await kinds(village, home(1))).toEqual([
      ['enroll', 'accepted'],
      ['drop', 'planned'],
    ])
    expect(await eventsOf(village, 'undone')).toHaveLength(1)
    expect(await lettersOf(village, home(1))).toHaveLength(1)
  })

  test('a drop that the utility rejects becomes work: the household must not be enrolled', async () => {
    const village = await villageAt(store.database(), 'accepted')
    await timelyCard(village, home(1), DAYS.answers)
    await undoAll(village, DAYS.answers)
    await submit(village, DAYS.answers)
    const [, drop] = await requestsOf(village, home(1))
    await answerDrop(village, drop?.lin01 ?? '', false, central('2027-03-26'))
    expect(await openItems(village, home(1))).toEqual(['drop-rejected'])
    await undoAll(village, central('2027-03-27'))
    expect(await kinds(village, home(1))).toEqual([
      ['enroll', 'accepted'],
      ['drop', 'rejected'],
    ])
    await expectBalance(village)
  })

  test('a notice that comes back after the submission undoes the enrollment too, without a letter to nobody', async () => {
    const village = await villageAt(store.database(), 'accepted')
    await returnNotice(village, home(1), '2027-03-25', DAYS.answers)
    await undoAll(village, DAYS.answers)
    expect(await kinds(village, home(1))).toEqual([
      ['enroll', 'accepted'],
      ['drop', 'planned'],
    ])
    expect(await lettersOf(village, home(1))).toHaveLength(0)
    expect(await stateOf(village, home(1))).toBe('returned')
    await expectBalance(village)
  })

  test('a rejected or rescinded household that replies in time is opted out, and nothing is left to undo', async () => {
    const village = await villageAt(store.database(), 'noticed')
    await optOut(village, home(1))
    await expectBalance(village)
    await undoAll(village, DAYS.answers)
    expect(await eventsOf(village, 'undone')).toEqual([])
  })

  test('every letter is printed in a batch of its own kind, which names no drop', async () => {
    const village = await villageAt(store.database(), 'accepted')
    for (const number of [home(1), home(2)]) await timelyCard(village, number, DAYS.answers)
    await undoAll(village, DAYS.answers)
    const batches = await store
      .database()
      .kysely.selectFrom('print_batch')
      .select(['kind', 'drop_no', 'pieces', 'state'])
      .where('program_id', '=', village.programId)
      .where('kind', '=', 'undo')
      .execute()
    expect(batches).toEqual([{ kind: 'undo', drop_no: 0, pieces: 2, state: 'planned' }])
    const deadline = await store
      .database()
      .kysely.selectFrom('event')
      .select('data')
      .where('program_id', '=', village.programId)
      .where('kind', '=', 'deadline-changed')
      .execute()
    expect(deadline).toEqual([])
  })
})
