/** Stories of the enrollment: what the utility answers to each account, and where it ends. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Home, numberOf } from '../support/rehearsal-village.js'
import { canRehearse, PLAIN, type Rehearsed, rehearsed, replayAll } from '../support/rehearsed.js'

interface Household {
  readonly story: string
  readonly home?: Omit<Home, 'number'>
  readonly rejectedWith?: string
  readonly rescindsOn?: string
  readonly startsOn?: string
  readonly ends: { readonly disposition: string; readonly start_date?: string; readonly actual_start_date?: string }
  /** Kinds of journal entries that tell it. */
  readonly told?: readonly string[]
  readonly untold?: readonly string[]
}

/** Submitted on 2027-03-23; the utility works on it the next day. The read of everybody is 2027-04-05. */
const HOUSEHOLDS: readonly Household[] = [
  {
    story: 'is accepted',
    ends: { disposition: 'enrolled', start_date: '2027-04-05', actual_start_date: '2027-04-05' },
  },
  { story: 'has an account that is not active (008)', rejectedWith: '008', ends: { disposition: 'rejected' } },
  {
    story: 'is rejected for another reason (A13): a person looks',
    rejectedWith: 'A13',
    ends: { disposition: 'rejected' },
    told: ['work-item-opened'],
  },
  {
    story: 'is not found (A76): a person looks, and it is not sent again as it was',
    rejectedWith: 'A76',
    ends: { disposition: 'rejected' },
    told: ['work-item-opened'],
  },
  {
    story: 'is called a duplicate (ABN): it is enrolled already, and service begins',
    rejectedWith: 'ABN',
    ends: { disposition: 'enrolled', actual_start_date: '2027-04-05' },
  },
  {
    story: 'lacks something (API): ours to mend',
    rejectedWith: 'API',
    ends: { disposition: 'rejected' },
    told: ['work-item-opened'],
  },
  {
    story: 'is asked for too early (DIV): it is asked for again',
    rejectedWith: 'DIV',
    ends: { disposition: 'enrolled' },
    told: ['enrollment-rejected', 'enrollment-accepted'],
  },
  {
    story: 'was taken by another supplier first (NFI): final, and nobody’s work',
    rejectedWith: 'NFI',
    ends: { disposition: 'rejected' },
    untold: ['work-item-opened'],
  },
  {
    story: 'is rejected with a code that nobody knows: a person looks',
    rejectedWith: 'ZZZ',
    ends: { disposition: 'rejected' },
    told: ['work-item-opened'],
  },
  {
    story: 'rescinds with the utility',
    rescindsOn: '2027-03-29',
    ends: { disposition: 'rescinded', actual_start_date: '' },
    told: ['enrollment-accepted', 'rescinded'],
  },
  {
    story: 'is read two days after its billing window',
    startsOn: '2027-04-12',
    ends: { disposition: 'enrolled', start_date: '2027-04-05', actual_start_date: '2027-04-12' },
    told: ['start-outside-window', 'work-item-opened'],
  },
  {
    story: 'is read on the last day of its billing window',
    startsOn: '2027-04-06',
    ends: { disposition: 'enrolled', start_date: '2027-04-05', actual_start_date: '2027-04-06' },
    untold: ['start-outside-window'],
  },
  {
    story: 'has two meters, one of which is read only in May: each is asked for when it is due',
    home: { meters: [{}, { billGroup: 'late' }] },
    ends: { disposition: 'enrolled', start_date: '2027-04-05' },
  },
  {
    story: 'is billed to the end of the calendar month',
    home: { meters: [{ billingType: 'EOM' }] },
    ends: { disposition: 'enrolled', start_date: '2027-03-31' },
  },
  {
    story: 'is billed from the beginning of the calendar month',
    home: { meters: [{ billingType: 'BOM' }] },
    ends: { disposition: 'enrolled', start_date: '2027-04-01' },
  },
  {
    story: 'is billed from the middle of the calendar month, for which no rule is stated: a person looks',
    home: { meters: [{ billingType: 'MOM' }] },
    ends: { disposition: 'pending', start_date: '' },
    told: ['no-read', 'work-item-opened'],
  },
  {
    story: 'is in a bill group without a published read: a person looks',
    home: { meters: [{ billGroup: 'unpublished' }] },
    ends: { disposition: 'pending', start_date: '' },
    told: ['no-read', 'work-item-opened'],
  },
]
const numbered = HOUSEHOLDS.map((household, place) => ({ ...household, number: numberOf(place + 1) }))

describe.skipIf(!canRehearse)(
  'Mahomet, Implementation Procedures E.6 and E.7; the utility’s reason codes: how each enrollment ends',
  () => {
    let village: Rehearsed
    beforeAll(async () => {
      village = await rehearsed(
        numbered.map(({ number, home }) => ({ ...home, number })),
        {
          ...PLAIN,
          readDates: { ...PLAIN.readDates, late: ['2027-05-20'] },
          utility: {
            rejects: numbered.flatMap(({ number, rejectedWith: code }) =>
              code === undefined ? [] : [{ account: number, code }],
            ),
            rescissions: numbered.flatMap(({ number, rescindsOn: on }) =>
              on === undefined ? [] : [{ account: number, on }],
            ),
            actualStarts: numbered.flatMap(({ number, startsOn: on }) =>
              on === undefined ? [] : [{ account: number, on }],
            ),
          },
        },
      )
    })
    afterAll(() => village?.discard())

    test('the table balances', () => {
      expect(village.exitCode).toBe(0)
      expect(village.summary.conservation).toMatchObject({ balances: true })
    })

    test.each(numbered.map((household) => [household.story, household] as const))(
      'an account that %s',
      (_story, { number, ends, told = [], untold = [] }) => {
        expect(village.accounts.get(number)).toMatchObject(ends)
        const story = village.storyOf(number)
        expect(story).toEqual(expect.arrayContaining([...told]))
        for (const kind of untold) expect(story).not.toContain(kind)
      },
    )

    test('the second meter is not asked for more than 45 days before its read', () => {
      const [account] = numbered.filter(({ home }) => home?.meters?.length === 2)
      const sent = village.journal.filter(
        (entry) => entry.account_number === account?.number && entry.kind === 'enrollment-sent',
      )
      // 45 days before 2027-05-20 is 2027-04-05, a Monday
      expect(sent.map((entry) => entry.effective.slice(0, 10))).toEqual(['2027-03-23', '2027-04-05'])
    })

    test('every history of the village replays', () => replayAll(village))
  },
)

describe.skipIf(!canRehearse)('Codes that mean our own mistake stop what is still to be sent', () => {
  test.each(['FRB', 'UND'])('%s', async (code) => {
    const village = await rehearsed(
      [{ number: numberOf(1) }, { number: numberOf(2), meters: [{ billGroup: 'late' }] }],
      {
        ...PLAIN,
        readDates: { ...PLAIN.readDates, late: ['2027-05-20'] },
        utility: { rejects: [{ account: numberOf(1), code }] },
      },
    )
    try {
      expect(village.accounts.get(numberOf(1))).toMatchObject({ disposition: 'rejected' })
      // the second account’s file would have gone out in April
      expect(village.accounts.get(numberOf(2))).toMatchObject({ submitted_on: '' })
      expect(village.journal.map((entry) => entry.kind)).toContain('stop-on')
    } finally {
      village.discard()
    }
  })
})
