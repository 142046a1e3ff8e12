/** Stories of one window: each household replies in its own way, and the rehearsal says where it ends. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Home, numberOf, type Reply } from '../support/rehearsal-village.js'
import { canRehearse, PLAIN, type Rehearsed, rehearsed } from '../support/rehearsed.js'

const DEADLINE = '2027-03-16'

interface Household {
  readonly story: string
  readonly replies: readonly Omit<Reply, 'account'>[]
  readonly disposition: string
  readonly verdict: string
}

/** The window closes at local midnight after 2027-03-16, in daylight time; the roster is frozen on 2027-03-23 at 08:00. */
const HOUSEHOLDS: readonly Household[] = [
  { story: 'says nothing', replies: [], disposition: 'enrolled', verdict: '' },
  {
    story: 'calls on the day after the mailing',
    replies: [{ channel: 'phone', received: '2027-02-26T09:00:00-06:00' }],
    disposition: 'opted-out',
    verdict: 'timely',
  },
  {
    story: 'writes on the web in the last second of the last day',
    replies: [{ channel: 'web', received: '2027-03-16T23:59:59-05:00' }],
    disposition: 'opted-out',
    verdict: 'timely',
  },
  {
    story: 'writes on the web at midnight after the last day',
    replies: [{ channel: 'web', received: '2027-03-17T00:00:00-05:00' }],
    disposition: 'enrolled',
    verdict: 'late',
  },
  {
    story: 'sends an e-mail on the last day by the winter clock, which is the next day by the village’s',
    replies: [{ channel: 'email', received: '2027-03-16T23:30:00-06:00' }],
    disposition: 'enrolled',
    verdict: 'late',
  },
  {
    story: 'faxes in time',
    replies: [{ channel: 'fax', received: '2027-03-10T12:00:00-06:00' }],
    disposition: 'opted-out',
    verdict: 'timely',
  },
  {
    story: 'comes to the counter in time',
    replies: [{ channel: 'counter', received: '2027-03-10T12:00:00-06:00' }],
    disposition: 'opted-out',
    verdict: 'timely',
  },
  {
    story: 'mails a card on the last day; it comes before the freeze',
    replies: [{ channel: 'card', postmark: DEADLINE, received: '2027-03-20T10:00:00-05:00' }],
    disposition: 'opted-out',
    verdict: 'timely',
  },
  {
    story: 'mails a card on the last day; it comes after the enrollment was accepted',
    replies: [{ channel: 'card', postmark: DEADLINE, received: '2027-03-30T10:00:00-05:00' }],
    disposition: 'opted-out',
    verdict: 'timely',
  },
  {
    story: 'mails a card on the last day; it comes when service has begun',
    replies: [{ channel: 'card', postmark: DEADLINE, received: '2027-04-15T10:00:00-05:00' }],
    disposition: 'opted-out',
    verdict: 'timely',
  },
  {
    story: 'mails a card a day late',
    replies: [{ channel: 'card', postmark: '2027-03-17', received: '2027-03-19T10:00:00-05:00' }],
    disposition: 'enrolled',
    verdict: 'late',
  },
  {
    story: 'mails a card without a legible postmark that comes three days after the last day',
    replies: [{ channel: 'card', received: '2027-03-19T10:00:00-05:00' }],
    disposition: 'opted-out',
    verdict: 'timely',
  },
  {
    story: 'mails a card without a legible postmark that comes four days after the last day',
    replies: [{ channel: 'card', received: '2027-03-20T10:00:00-05:00' }],
    disposition: 'enrolled',
    verdict: 'late',
  },
  {
    story: 'mails a card and forgets to sign it',
    replies: [{ channel: 'card', postmark: '2027-03-01', received: '2027-03-03T10:00:00-06:00', signed: false }],
    disposition: 'pending',
    verdict: 'needs-a-person',
  },
  {
    story: 'forgets to sign the card and calls in time',
    replies: [
      { channel: 'card', postmark: '2027-03-01', received: '2027-03-03T10:00:00-06:00', signed: false },
      { channel: 'phone', received: '2027-03-05T10:00:00-06:00' },
    ],
    disposition: 'opted-out',
    verdict: 'timely',
  },
  {
    story: 'mails the same card twice',
    replies: [
      { channel: 'card', postmark: '2027-03-01', received: '2027-03-03T10:00:00-06:00' },
      { channel: 'card', postmark: '2027-03-01', received: '2027-03-03T10:00:00-06:00' },
    ],
    disposition: 'opted-out',
    verdict: 'timely',
  },
  {
    story: 'calls too late, and then a card comes that was mailed in time',
    replies: [
      { channel: 'phone', received: '2027-03-18T10:00:00-05:00' },
      { channel: 'card', postmark: '2027-03-15', received: '2027-03-19T10:00:00-05:00' },
    ],
    disposition: 'opted-out',
    verdict: 'timely',
  },
  {
    story: 'mails a card whose postmark is recorded as later than its arrival',
    replies: [{ channel: 'card', postmark: '2027-03-11', received: '2027-03-03T10:00:00-06:00' }],
    disposition: 'pending',
    verdict: 'needs-a-person',
  },
  {
    story: 'calls before its letter was mailed',
    replies: [{ channel: 'phone', received: '2027-02-20T10:00:00-06:00' }],
    disposition: 'opted-out',
    verdict: 'timely',
  },
]

const homes: readonly Home[] = HOUSEHOLDS.map((_, place) => ({ number: numberOf(place + 1) }))

describe.skipIf(!canRehearse)('Mahomet, Implementation Procedures E.3 and E.4: each household by its own reply', () => {
  let village: Rehearsed
  beforeAll(async () => {
    village = await rehearsed(homes, {
      ...PLAIN,
      receipts: [
        ...HOUSEHOLDS.flatMap(({ replies }, place) =>
          replies.map((reply) => ({ ...reply, account: numberOf(place + 1) })),
        ),
        { account: '9999999999', channel: 'phone', received: '2027-03-05T10:00:00-06:00' },
      ],
    })
  })
  afterAll(() => village?.discard())

  test('every listed account is in exactly one disposition, and the command says so by its exit code', () => {
    expect(village.exitCode).toBe(0)
    expect(village.summary.conservation).toMatchObject({ balances: true })
    expect(village.accounts.size).toBe(HOUSEHOLDS.length)
  })

  test.each(HOUSEHOLDS.map((household, place) => [household.story, household, place] as const))(
    'a household that %s',
    (_story, { disposition, verdict }, place) => {
      expect(village.accounts.get(numberOf(place + 1))).toMatchObject({ disposition, verdict, deadline: DEADLINE })
    },
  )

  test('an opt-out happens once, however often it is said', () => {
    for (const [place, { disposition }] of HOUSEHOLDS.entries()) {
      const optOuts = village.storyOf(numberOf(place + 1)).filter((kind) => kind === 'opted-out')
      expect(optOuts).toHaveLength(disposition === 'opted-out' ? 1 : 0)
    }
  })

  test('a timely card that comes after the submission is undone for its stage, with a letter', () => {
    const place = (story: RegExp) => numberOf(HOUSEHOLDS.findIndex((each) => story.test(each.story)) + 1)
    const accepted = village.storyOf(place(/enrollment was accepted/))
    expect(accepted).toEqual(expect.arrayContaining(['enrollment-accepted', 'opted-out', 'undone', 'undo-letter']))
    expect(accepted).not.toContain('service-started')
    expect(village.storyOf(place(/service has begun/))).toEqual(
      expect.arrayContaining(['service-started', 'opted-out', 'undone', 'undo-letter']),
    )
  })

  test('a number that nobody lists becomes work for a person and is no account', () => {
    expect(village.journal.filter((entry) => entry.kind === 'receipt-unmatched')).toHaveLength(1)
    expect(village.accounts.has('9999999999')).toBe(false)
  })

  test('every decision about a reply names its clause', () => {
    const judged = village.journal.filter((entry) => entry.kind === 'receipt-recorded')
    expect(judged.length).toBeGreaterThan(HOUSEHOLDS.length)
    expect(judged.filter((entry) => entry.clause === null)).toEqual([])
  })
})
