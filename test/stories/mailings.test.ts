/** Stories of the mailing: letters that come back, are mailed again in time or too late, and drops whose evidence does not agree. */
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { numberOf } from '../support/rehearsal-village.js'
import { canRehearse, PLAIN, type Rehearsed, rehearsed, replayAll } from '../support/rehearsed.js'

const homes = (most: number) => Array.from({ length: most }, (_, place) => ({ number: numberOf(place + 1) }))
const [FIRST, COMES_BACK_AND_GOES_OUT_AGAIN, COMES_BACK, GOES_OUT_AGAIN_TOO_LATE] = [1, 2, 3, 4].map(numberOf)
const [CALLED_BEFORE_IT_CAME_BACK, SECOND_DROP, COMES_BACK_AFTER_SUBMISSION, IN_NO_DROP] = [5, 6, 7, 8].map(numberOf)

describe.skipIf(!canRehearse)('Mahomet, Implementation Procedures E.3 to E.5: every letter has its own clock', () => {
  let village: Rehearsed
  beforeAll(async () => {
    village = await rehearsed(homes(8), {
      ...PLAIN,
      drops: [
        { evidenceDate: '2027-02-25', accounts: [1, 2, 3, 4, 5].map(numberOf) },
        { evidenceDate: '2027-03-01', accounts: [6, 7].map(numberOf) },
      ],
      receipts: [
        { account: CALLED_BEFORE_IT_CAME_BACK ?? '', channel: 'phone', received: '2027-03-02T09:00:00-06:00' },
        // three weeks after the drops' last close, and on the last day of its own window
        { account: GOES_OUT_AGAIN_TOO_LATE ?? '', channel: 'phone', received: '2027-04-07T09:00:00-05:00' },
      ],
      undeliverable: [
        {
          account: COMES_BACK_AND_GOES_OUT_AGAIN ?? '',
          returned: '2027-02-27',
          remailedEvidenceDate: '2027-03-01',
        },
        { account: COMES_BACK ?? '', returned: '2027-02-27' },
        { account: GOES_OUT_AGAIN_TOO_LATE ?? '', returned: '2027-03-15', remailedEvidenceDate: '2027-03-19' },
        { account: CALLED_BEFORE_IT_CAME_BACK ?? '', returned: '2027-03-05' },
        { account: COMES_BACK_AFTER_SUBMISSION ?? '', returned: '2027-04-01' },
      ],
    })
  })
  afterAll(() => village?.discard())

  const at = (account: string | undefined) => village.accounts.get(account ?? '')

  test('the table balances', () => {
    expect(village.exitCode).toBe(0)
    expect(village.summary.conservation).toMatchObject({ balances: true })
  })

  test('each drop has the deadline of its own evidence', () => {
    expect(at(FIRST)).toMatchObject({ disposition: 'enrolled', deadline: '2027-03-16' })
    expect(at(SECOND_DROP)).toMatchObject({ disposition: 'enrolled', deadline: '2027-03-20' })
  })

  test('the roster waits for the last close and seven days more, for everybody', () => {
    const frozen = village.journal.filter((entry) => entry.kind === 'roster-frozen' && entry.cohort === 'initial')
    // 2027-03-20 and seven days is a Saturday; the next business day, at eight in the morning
    expect(frozen.map((entry) => entry.effective.slice(0, 16))).toEqual(['2027-03-29T13:00'])
  })

  test('a letter mailed again has a window of its own', () => {
    expect(at(COMES_BACK_AND_GOES_OUT_AGAIN)).toMatchObject({ disposition: 'enrolled', deadline: '2027-03-20' })
  })

  test('a letter that came back and was not mailed again: no notice, no enrollment, and work for a person', () => {
    expect(at(COMES_BACK)).toMatchObject({ disposition: 'not-noticed', submitted_on: '' })
    expect(village.storyOf(COMES_BACK ?? '').slice(-2)).toEqual(['left-not-noticed', 'work-item-opened'])
  })

  test('a letter mailed again so late that its window closes after the others goes on by itself, with its own last day', () => {
    expect(at(GOES_OUT_AGAIN_TOO_LATE)).toMatchObject({
      disposition: 'opted-out',
      deadline: '2027-04-07',
      verdict: 'timely',
    })
    expect(village.storyOf(GOES_OUT_AGAIN_TOO_LATE ?? '')).toContain('moved-to-follow-up')
    expect(readdirSync(join(village.out, 'histories')).filter((name) => /follow-up/.test(name))).not.toEqual([])
  })

  test('who said no in time is not asked again because the letter comes back later', () => {
    expect(at(CALLED_BEFORE_IT_CAME_BACK)).toMatchObject({ disposition: 'opted-out', verdict: 'timely' })
    expect(village.storyOf(CALLED_BEFORE_IT_CAME_BACK ?? '')).not.toContain('work-item-opened')
  })

  test('a letter that comes back after the submission undoes the enrollment', () => {
    expect(at(COMES_BACK_AFTER_SUBMISSION)).toMatchObject({ disposition: 'not-noticed', actual_start_date: '' })
    expect(village.storyOf(COMES_BACK_AFTER_SUBMISSION ?? '')).toEqual(
      expect.arrayContaining(['undone', 'drop-sent', 'drop-accepted']),
    )
  })

  test('whom no drop takes is not enrolled', () => {
    expect(at(IN_NO_DROP)).toMatchObject({ disposition: 'not-noticed', deadline: '', submitted_on: '' })
  })

  test('every history of the village replays', () => replayAll(village))
})

describe.skipIf(!canRehearse)('Evidence that does not agree with the manifest starts no clock', () => {
  let village: Rehearsed
  beforeAll(async () => {
    village = await rehearsed(homes(2), {
      ...PLAIN,
      drops: [{ evidenceDate: '2027-02-25', accounts: 'all', certifiedPieces: 1 }],
      receipts: [{ account: numberOf(2), channel: 'phone', received: '2027-03-02T09:00:00-06:00' }],
    })
  })
  afterAll(() => village?.discard())

  test('nobody has a deadline, and nobody is enrolled', () => {
    for (const account of village.accounts.values())
      expect(account).toMatchObject({ disposition: 'pending', deadline: '', submitted_on: '' })
  })

  test('a reply is kept until there is a deadline to judge it by', () => {
    expect(village.accounts.get(numberOf(2))).toMatchObject({ verdict: 'awaiting-evidence' })
  })

  test('the timeline says so with both counts, and a person has something to do', () => {
    const said = village.summary.timeline.map((line) => line.what).filter((what) => /certifie|manifest/i.test(what))
    expect(said.join(' ')).toMatch(/\b1\b.*\b2\b|\b2\b.*\b1\b/)
    expect(village.journal.map((entry) => entry.kind)).toContain('work-item-opened')
  })
})
