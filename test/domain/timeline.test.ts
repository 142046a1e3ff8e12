import { describe, expect, test } from 'vitest'
import type { EventKind } from '../../domain/events.js'
import { instant } from '../../domain/instant.js'
import { createTimeline, type Timeline } from '../../domain/timeline.js'

const CENTRAL = 'America/Chicago'
const E3 = 'Mahomet plan, Implementation Procedures E.3 (ruling R-004)'
const NO_POSTMARK = 'Mahomet plan, Implementation Procedures E.3 (ruling R-005)'

interface Told {
  readonly kind: EventKind
  readonly at: string
  readonly data?: Readonly<Record<string, unknown>>
  readonly clause?: string
  readonly cohort?: string
}

function timelineOf(events: readonly Told[]): Timeline {
  const timeline = createTimeline(CENTRAL)
  for (const [index, event] of events.entries()) {
    timeline.add({
      seq: index + 1,
      kind: event.kind,
      cohort: event.cohort ?? 'initial',
      recordedAt: instant(event.at),
      clause: event.clause ?? null,
      data: event.data ?? {},
    })
  }
  return timeline.build()
}

const reply = (at: string, channel: string, verdict: string, clause = E3): Told => ({
  kind: 'receipt-recorded',
  at,
  clause,
  data: { receipt: 'R-1', channel, verdict, why: '' },
})
const said = (lines: Timeline['lines']): string[] => lines.map((line) => `${line.date} ${line.what}`)

describe('the whole timeline', () => {
  test('has a line for every entry about the program, on its local date', () => {
    const files = ['000000001', '000000002'].map(
      (control): Told => ({
        kind: 'interchange-sent',
        at: '2027-02-18T05:59:00Z',
        data: { what: 'Enrollment', control, requests: 93, billGroup: '18', readOn: '2027-02-24' },
      }),
    )
    expect(said(timelineOf(files).lines)).toEqual([
      '2027-02-17 Enrollment file 000000001 sent: 93 service points, bill group 18, read February 24, 2027',
      '2027-02-17 Enrollment file 000000002 sent: 93 service points, bill group 18, read February 24, 2027',
    ])
  })

  test('counts entries about accounts by day, cohort and wording, and names every clause', () => {
    const { lines } = timelineOf([
      reply('2027-02-01T15:00:00Z', 'card', 'timely'),
      reply('2027-02-01T16:00:00Z', 'card', 'timely', NO_POSTMARK),
      reply('2027-02-01T17:00:00Z', 'card', 'late'),
      reply('2027-02-02T15:00:00Z', 'card', 'timely'),
    ])
    expect(said(lines)).toEqual([
      '2027-02-01 2 replies recorded (2 card): 2 in time',
      '2027-02-01 1 reply recorded (1 card): 1 late',
      '2027-02-02 1 reply recorded (1 card): 1 in time',
    ])
    expect(lines[0]?.clause).toBe(`${E3}; ${NO_POSTMARK}`)
    expect(lines.map((line) => line.count)).toEqual([2, 1, 1])
  })

  test('never tells what is said of single accounts only', () => {
    expect(timelineOf([{ kind: 'noticed', at: '2027-01-20T23:00:00Z' }]).lines).toEqual([])
  })
})

describe('the digest', () => {
  test('adds up the files of one day, from the first read to the last', () => {
    const file = (what: string, requests: number, readOn: string): Told => ({
      kind: 'interchange-sent',
      at: '2027-02-17T14:00:00Z',
      data: { what, control: '000000001', requests, billGroup: '18', readOn },
    })
    expect(
      said(
        timelineOf([
          file('Enrollment', 1000, '2027-03-23'),
          file('Enrollment', 946, '2027-02-24'),
          file('Drop', 1, '2027-03-05'),
        ]).digest,
      ),
    ).toEqual([
      '2027-02-17 Enrollment files sent to the utility: 2, for 1,946 service points with reads February 24 to March 23, 2027',
      '2027-02-17 Drop file 000000001 sent: 1 service point, bill group 18, read March 5, 2027',
    ])
  })

  test('counts replies by the week, Monday to Sunday, after the days of that week', () => {
    const { digest } = timelineOf([
      reply('2027-02-01T15:00:00Z', 'card', 'timely'),
      reply('2027-02-07T15:00:00Z', 'web', 'late'),
      { kind: 'window-closed', at: '2027-02-07T16:00:00Z', data: { window: 'drop 1', optedOut: 90 } },
      reply('2027-02-08T15:00:00Z', 'web', 'timely'),
    ])
    expect(digest.map((line) => `${line.date} ${line.through} ${line.what}`)).toEqual([
      '2027-02-07 2027-02-07 Response window of drop 1 closed: 90 opted out in time so far',
      '2027-02-01 2027-02-07 2 replies recorded (1 card, 1 web): 1 late, 1 in time',
      '2027-02-08 2027-02-14 1 reply recorded (1 web): 1 in time',
    ])
  })

  test('says of work items what is to be done, each kind by itself', () => {
    const item = (kind: EventKind, item: string): Told => ({
      kind,
      at: '2027-01-21T15:00:00Z',
      data: { item, what: 'Reply R-0000092: a card without a signature.' },
    })
    expect(
      said(
        timelineOf([
          item('work-item-opened', 'notice-returned'),
          item('work-item-opened', 'unsigned-card'),
          item('work-item-opened', 'notice-returned'),
          item('work-item-closed', 'unsigned-card'),
          item('work-item-opened', 'a kind of a later version'),
        ]).digest,
      ),
    ).toEqual([
      '2027-01-21 To do: find the right address for 2 returned notices, or leave the account out',
      '2027-01-21 To do: have 1 unsigned card signed',
      '2027-01-21 Done: 1 unsigned card',
      '2027-01-21 To do: settle 1 item',
    ])
  })

  test('keeps two cohorts apart', () => {
    const told = (cohort: string): Told => ({ kind: 'notice-returned', at: '2027-02-02T15:00:00Z', cohort })
    const { digest } = timelineOf([told('initial'), told('follow-up-2027-02-01'), told('initial')])
    expect(digest.map((line) => `${line.cohort}: ${line.count}`)).toEqual(['initial: 2', 'follow-up-2027-02-01: 1'])
  })

  test('leaves out a print batch that was made: handing it over is told', () => {
    const batch = { batch: 'initial-notice-1-1', letters: 1000 }
    const { lines, digest } = timelineOf([
      { kind: 'batch-rendered', at: '2027-01-11T14:00:00Z', data: batch },
      { kind: 'batch-handed-over', at: '2027-01-11T14:01:00Z', data: batch },
    ])
    expect([lines.length, digest.length]).toEqual([2, 1])
  })
})
