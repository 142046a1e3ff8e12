import { describe, expect, test } from 'vitest'
import { instant } from '../../domain/instant.js'
import { CHANNELS } from '../../domain/receipt.js'
import type { Channel, Reply } from '../../domain/receipt.js'
import { judge, needsSignature } from '../../domain/timeliness.js'
import { readPlan } from '../../persistence/plan-files.js'
import { day } from './test-calendars.js'

const terms = readPlan('mahomet')
const DEADLINE = day('2026-03-21')

function aReply(facts: { channel?: Channel; postmark?: string; received: string; signed?: boolean }): Reply {
  return {
    channel: facts.channel ?? 'card',
    postmark: facts.postmark === undefined ? null : day(facts.postmark),
    received: instant(facts.received),
    signed: facts.signed ?? true,
  }
}

function verdictOn(facts: Parameters<typeof aReply>[0], deadline = DEADLINE): string {
  return judge(aReply(facts), deadline, terms).verdict
}

describe('Mahomet, Implementation Procedures E.3: a card is timed by its postmark', () => {
  test.each([
    ['postmarked the day before the deadline', '2026-03-20', '2026-03-23T10:00:00-05:00', 'timely'],
    ['postmarked on the deadline', '2026-03-21', '2026-03-30T10:00:00-05:00', 'timely'],
    ['postmarked the day after', '2026-03-22', '2026-03-23T10:00:00-05:00', 'late'],
    ['postmarked in time and received months later', '2026-03-21', '2026-07-01T10:00:00-05:00', 'timely'],
    ['postmarked and received on the deadline', '2026-03-21', '2026-03-21T10:00:00-05:00', 'timely'],
    [
      'received the day before its postmark, which cannot be',
      '2026-03-21',
      '2026-03-20T23:59:59-05:00',
      'needs-a-person',
    ],
    [
      "received in UTC on a day that is still the postmark's own in Illinois",
      '2026-03-21',
      '2026-03-22T04:59:59Z',
      'timely',
    ],
    [
      'a postmark after receipt is impossible even when both are late',
      '2026-03-26',
      '2026-03-25T10:00:00-05:00',
      'needs-a-person',
    ],
  ])('%s', (_name, postmark, received, verdict) => {
    expect(verdictOn({ postmark, received })).toBe(verdict)
  })
})

describe('ruling R-005: a card without a legible postmark is presumed mailed three days before receipt', () => {
  test.each([
    ['received three days after the deadline, at the very end of that day', '2026-03-24T23:59:59-05:00', 'timely'],
    ['received four days after the deadline, at its very start', '2026-03-25T00:00:00-05:00', 'late'],
    ['received two days after the deadline', '2026-03-23T12:00:00-05:00', 'timely'],
    ['received on the deadline', '2026-03-21T12:00:00-05:00', 'timely'],
  ])('%s', (_name, received, verdict) => {
    expect(verdictOn({ received })).toBe(verdict)
  })

  test('the verdict says both days and rests on that ruling', () => {
    const judgement = judge(aReply({ received: '2026-03-24T12:00:00-05:00' }), DEADLINE, terms)
    expect(judgement.why).toContain('2026-03-24')
    expect(judgement.why).toContain('2026-03-21')
    expect(judgement.clause).toBe('Mahomet plan, Implementation Procedures E.3 (ruling R-005)')
  })
})

describe('Mahomet, Implementation Procedures E.3: every other channel is timed by receipt', () => {
  const others = CHANNELS.filter((channel) => channel !== 'card')
  test.each(others)('%s: the last second of the last day is in time, midnight is not', (channel) => {
    expect(verdictOn({ channel, received: '2026-03-21T23:59:59-05:00' })).toBe('timely')
    expect(verdictOn({ channel, received: '2026-03-22T04:59:59.999999999Z' })).toBe('timely')
    expect(verdictOn({ channel, received: '2026-03-22T00:00:00-05:00' })).toBe('late')
    expect(verdictOn({ channel, received: '2026-03-22T05:00:00.001Z' })).toBe('late')
  })

  test.each([
    ['on the day daylight time begins', '2026-03-08', '2026-03-09T04:59:59Z', '2026-03-09T05:00:00Z'],
    ['on the day daylight time ends', '2026-11-01', '2026-11-02T05:59:59Z', '2026-11-02T06:00:00Z'],
    ['on the last day of the year', '2026-12-31', '2027-01-01T05:59:59Z', '2027-01-01T06:00:00Z'],
  ])('the day ends at local midnight %s', (_name, deadline, inside, outside) => {
    expect(verdictOn({ channel: 'web', received: inside }, day(deadline))).toBe('timely')
    expect(verdictOn({ channel: 'web', received: outside }, day(deadline))).toBe('late')
  })

  test('a postmark does not help a fax and the verdict says so', () => {
    const fax = aReply({ channel: 'fax', postmark: '2026-03-20', received: '2026-03-23T09:00:00-05:00' })
    const judgement = judge(fax, DEADLINE, terms)
    expect(judgement.verdict).toBe('late')
    expect(judgement.why).toContain('postmark counts for nothing')
  })

  test('a postmark does not harm a web reply either', () => {
    const web = { channel: 'web', postmark: '2026-03-25', received: '2026-03-20T09:00:00-05:00' } as const
    expect(verdictOn(web)).toBe('timely')
  })
})

describe('every verdict', () => {
  const replies = CHANNELS.flatMap((channel) => [
    aReply({ channel, received: '2026-03-20T12:00:00-05:00' }),
    aReply({ channel, received: '2026-04-20T12:00:00-05:00' }),
    aReply({ channel, postmark: '2026-04-22', received: '2026-04-20T12:00:00-05:00' }),
  ])
  test('is one sentence with both dates, resting on a clause and a ruling', () => {
    for (const reply of replies) {
      const { why, clause } = judge(reply, DEADLINE, terms)
      expect(why).toMatch(/^[A-Z][^.]*\.$/)
      expect(why).toContain(DEADLINE)
      expect(why.match(/\d{4}-\d{2}-\d{2}/g)?.length).toBeGreaterThanOrEqual(2)
      expect(clause).toMatch(/^Mahomet plan, Implementation Procedures E\.3 \(ruling R-00[45]\)$/)
    }
  })

  test('does not depend on the signature, which is another question', () => {
    for (const reply of replies) {
      expect(judge({ ...reply, signed: false }, DEADLINE, terms)).toEqual(judge(reply, DEADLINE, terms))
    }
  })

  test("on a channel the plan does not offer is a person's", () => {
    const narrow = { ...terms, channels: { ...terms.channels, value: ['card'] as const } }
    expect(judge(aReply({ channel: 'fax', received: '2026-03-20T12:00:00-05:00' }), DEADLINE, narrow).verdict).toBe(
      'needs-a-person',
    )
  })
})

describe('ruling R-004: a missing signature matters on cards only', () => {
  test('an unsigned card needs one, a signed card and every other channel do not', () => {
    const received = '2026-03-20T12:00:00-05:00'
    expect(needsSignature(aReply({ received, signed: false }))).toBe(true)
    expect(needsSignature(aReply({ received, signed: true }))).toBe(false)
    for (const channel of CHANNELS.filter((name) => name !== 'card')) {
      expect(needsSignature(aReply({ channel, received, signed: false }))).toBe(false)
    }
  })
})
