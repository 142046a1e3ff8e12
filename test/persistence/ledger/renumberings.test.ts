import { expect, describe, test } from 'vitest'
import { fixInterchange, type RequestToWrite } from '../../../persistence/ledger/interchanges.js'
import { planInterchanges } from '../../../persistence/ledger/plan-interchanges.js'
import { applyNewNumber, type NewNumber } from '../../../persistence/ledger/renumberings.js'
import { describeOnEachStore } from '../../support/each-store.js'
import { requestOf, serviceStarts, undoAll, utilityDrops } from './answers.js'
import { DAYS, villageAt } from './phases.js'
import { optOut, timelyCard } from './replies.js'
import * as who from './village.js'
import { eventsOf, expectBalance, openItems, stateOf, storyOf } from './where-they-stand.js'

const { day, home, occasion, TWO_POINTS } = who

const NEW = '5550000001'
const CLOSED = { on: '2027-03-29', isRescission: false }

async function renumbered(village: who.Village, former: string | null, given: Partial<NewNumber> = {}): Promise<void> {
  const told: NewNumber = {
    accountNumber: NEW,
    servicePoint: `${NEW}-9`,
    formerNumber: former,
    statuses: ['BNK'],
    startsOn: day('2027-03-29'),
    ...given,
  }
  await village.database.tx((trx) => applyNewNumber(trx, occasion(village, DAYS.answers), told, village.terms))
}

/** What waits for a person beside the accounts that have no read from the start. */
async function newItems(village: who.Village): Promise<string[]> {
  return (await openItems(village)).filter((kind) => kind !== 'no-read')
}

/** What a file to the utility that is due now would name. */
async function toBeWritten(village: who.Village): Promise<readonly RequestToWrite[]> {
  await planInterchanges(village.database, occasion(village, DAYS.answers), 'initial', village.terms)
  const written: RequestToWrite[] = []
  const files = await village.database.kysely
    .selectFrom('interchange')
    .select('interchange_id')
    .where('program_id', '=', village.programId)
    .where('state', '=', 'planned')
    .execute()
  for (const { interchange_id: id } of files) {
    await village.database.tx((trx) =>
      fixInterchange(trx, occasion(village, DAYS.answers), id, (_, requests) => {
        written.push(...requests)
        return Buffer.from(requests.map((request) => request.lin01).join())
      }),
    )
  }
  return written
}

describeOnEachStore('ruling R-020: an account that the utility carries under a new number', (store) => {
  describe('history and clocks stay with the household', () => {
    test('the enrollment stands, its rescission window does not begin anew, and nobody has to do anything', async () => {
      const village = await villageAt(store.database(), 'accepted')
      const before = await requestOf(village, home(1))
      await renumbered(village, home(1))
      expect(await requestOf(village, home(1))).toEqual(before)
      expect(await newItems(village)).toEqual([])
      expect(await storyOf(village, home(1))).toContain('account-renumbered')
      await expectBalance(village)
    })

    test('usage and a rescission under the new number are the household’s', async () => {
      const village = await villageAt(store.database(), 'accepted')
      await renumbered(village, home(1))
      await serviceStarts(village, NEW, '2027-04-02', `${NEW}-9`)
      expect(await requestOf(village, home(1))).toMatchObject({ state: 'started', actual_start_on: '2027-04-02' })
      await utilityDrops(village, NEW, { servicePoint: `${NEW}-9` })
      expect(await stateOf(village, home(1))).toBe('rescinded')
      expect(await newItems(village)).toEqual([])
      await expectBalance(village)
    })

    test('a second new number leads to the same household', async () => {
      const village = await villageAt(store.database(), 'accepted')
      await renumbered(village, home(1))
      await renumbered(village, NEW, { accountNumber: '5550000002', servicePoint: null })
      await serviceStarts(village, '5550000002', '2027-04-02')
      expect(await stateOf(village, home(1))).toBe('in-service')
      await expectBalance(village)
    })

    test('told twice, it is the same number', async () => {
      const village = await villageAt(store.database(), 'accepted')
      await renumbered(village, home(1))
      await renumbered(village, home(1))
      await utilityDrops(village, home(1), CLOSED)
      expect(await stateOf(village, home(1))).toBe('accepted')
    })
  })

  describe('the drop of the former number does not end the enrollment', () => {
    test('after the news', async () => {
      const village = await villageAt(store.database(), 'accepted')
      await renumbered(village, home(1))
      await utilityDrops(village, home(1), CLOSED)
      expect(await stateOf(village, home(1))).toBe('accepted')
      expect(await storyOf(village, home(1))).toContain('former-number-closed')
      await expectBalance(village)
    })

    test.each([
      ['enrolled', false, 'accepted'],
      ['in service', true, 'in-service'],
    ])('before the news, when it was %s', async (_name, served, state) => {
      const village = await villageAt(store.database(), 'accepted')
      if (served) await serviceStarts(village, home(1), '2027-04-02')
      await utilityDrops(village, home(1), CLOSED)
      expect(await stateOf(village, home(1))).toBe('rejected')
      await renumbered(village, home(1))
      expect(await stateOf(village, home(1))).toBe(state)
      expect(await newItems(village)).toEqual([])
      await expectBalance(village)
    })

    test('that of the new one does', async () => {
      const village = await villageAt(store.database(), 'accepted')
      await renumbered(village, home(1))
      await utilityDrops(village, NEW, CLOSED)
      expect(await stateOf(village, home(1))).toBe('rejected')
      await expectBalance(village)
    })

    test('a rescission that still names the former one is a rescission', async () => {
      const village = await villageAt(store.database(), 'accepted')
      await renumbered(village, home(1))
      await utilityDrops(village, home(1))
      expect(await stateOf(village, home(1))).toBe('rescinded')
      await expectBalance(village)
    })
  })

  describe('an opt-out is remembered', () => {
    test('a reply under the new number is matched, and its drop names the new number', async () => {
      const village = await villageAt(store.database(), 'accepted')
      await renumbered(village, home(1))
      await timelyCard(village, NEW, DAYS.answers)
      expect(await stateOf(village, home(1))).toBe('opted-out')
      await undoAll(village, DAYS.answers)
      expect(
        (await toBeWritten(village)).map(({ kind, account_number: number, service_point: point }) => [
          kind,
          number,
          point,
        ]),
      ).toEqual([['drop', NEW, `${NEW}-9`]])
      await expectBalance(village)
    })

    test('a household that opted out in time is no member by the utility’s act: a person has it let go', async () => {
      const village = await villageAt(store.database(), 'noticed')
      await optOut(village, home(1))
      await renumbered(village, home(1))
      expect(await stateOf(village, home(1))).toBe('opted-out')
      expect(await openItems(village, home(1))).toEqual(['renumbered'])
      await expectBalance(village)
    })

    test('nor is one that rescinded', async () => {
      const village = await villageAt(store.database(), 'accepted')
      await utilityDrops(village, home(1))
      await renumbered(village, home(1))
      expect(await stateOf(village, home(1))).toBe('rescinded')
      expect(await openItems(village, home(1))).toEqual(['renumbered'])
      await expectBalance(village)
    })

    test('before the roster too: the reply under the new number is the household’s', async () => {
      const village = await villageAt(store.database(), 'noticed')
      await renumbered(village, home(1))
      await optOut(village, NEW)
      expect(await stateOf(village, home(1))).toBe('opted-out')
      await expectBalance(village)
    })
  })

  describe('a person compares', () => {
    test('when the service point cannot be told', async () => {
      const village = await villageAt(store.database(), 'accepted')
      await renumbered(village, TWO_POINTS)
      expect(await openItems(village, TWO_POINTS)).toEqual(['renumbered'])
      expect(await stateOf(village, TWO_POINTS)).toBe('accepted')
    })

    test('not when it keeps its name; the other one stays under the number of the list', async () => {
      const village = await villageAt(store.database(), 'accepted')
      await renumbered(village, TWO_POINTS, { servicePoint: `${TWO_POINTS}-2` })
      expect(await newItems(village)).toEqual([])
      await utilityDrops(village, TWO_POINTS, { ...CLOSED, servicePoint: `${TWO_POINTS}-2` })
      expect((await requestOf(village, TWO_POINTS, 2)).state).toBe('accepted')
      await utilityDrops(village, TWO_POINTS, { ...CLOSED, servicePoint: `${TWO_POINTS}-1` })
      expect((await requestOf(village, TWO_POINTS, 1)).state).toBe('cancelled')
    })

    test.each([
      ['no former number', null],
      ['one that is not ours', '9999999999'],
    ])('when there is %s', async (_name, former) => {
      const village = await villageAt(store.database(), 'accepted')
      await renumbered(village, former)
      expect(await newItems(village)).toEqual(['unmatched-transaction'])
      expect(await eventsOf(village, 'account-renumbered')).toEqual([])
    })

    test('when the utility had rejected the enrollment before', async () => {
      const village = await villageAt(store.database(), 'submitted')
      await village.database.kysely
        .updateTable('request')
        .set({ state: 'rejected' })
        .where('request_id', '=', (await requestOf(village, home(1))).request_id)
        .execute()
      await renumbered(village, home(1))
      expect(await openItems(village, home(1))).toEqual(['renumbered'])
    })
  })

  test('neither journal nor work item holds a number', async () => {
    const village = await villageAt(store.database(), 'accepted')
    await renumbered(village, home(1))
    await utilityDrops(village, home(1), CLOSED)
    const told = JSON.stringify([
      ...(await eventsOf(village, 'account-renumbered')),
      ...(await eventsOf(village, 'former-number-closed')),
    ])
    expect(told).not.toContain(NEW)
    expect(told).not.toContain(home(1))
  })
})
