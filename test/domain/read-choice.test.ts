import { describe, expect, test } from 'vitest'
import { addDays, daysBetween } from '../../domain/civil-date.js'
import { cutoffFor, isInTimeForCutoff } from '../../domain/cutoff.js'
import { atLocalTime, dateIn, instant } from '../../domain/instant.js'
import { chooseAnchor, chooseRead, leadTo } from '../../domain/read-choice.js'
import { readPlan } from '../../persistence/plan-files.js'
import { CALENDAR_A, day } from './test-calendars.js'

const terms = { ...readPlan('mahomet'), calendar: CALENDAR_A }
const READS = ['2026-02-23', '2026-03-24', '2026-04-22', '2026-08-14'].map(day)

describe('ruling R-010: the earliest read that is neither too late nor too early', () => {
  test.each([
    ['one minute before the cut-off', '2026-02-13T17:44:00-06:00', '2026-02-23'],
    ['at the cut-off', '2026-02-13T17:45:00-06:00', '2026-02-23'],
    ['a millisecond after it the next read is taken', '2026-02-13T17:45:00.001-06:00', '2026-03-24'],
    ['well between two reads', '2026-03-02T08:00:00-06:00', '2026-03-24'],
  ])('%s', (_name, now, read) => {
    expect(chooseRead(READS, instant(now), terms)).toMatchObject({ kind: 'read', read })
  })

  test.each([
    [
      '46 days ahead: waits until the submission hour of the next day',
      '2026-06-29T08:00:00-05:00',
      '2026-06-30T13:00:00Z',
    ],
    ['46 days ahead late in the evening', '2026-06-29T23:59:59-05:00', '2026-06-30T13:00:00Z'],
    ['long before: the first day of the 45, whatever weekday', '2026-04-16T08:00:00-05:00', '2026-06-30T13:00:00Z'],
  ])('%s', (_name, now, waitUntil) => {
    expect(chooseRead(READS, instant(now), terms)).toMatchObject({ kind: 'wait', read: '2026-08-14', waitUntil })
  })

  test('45 days ahead is near enough from the first instant of the day', () => {
    expect(chooseRead(READS, instant('2026-06-30T00:00:00-05:00'), terms)).toMatchObject({
      kind: 'read',
      read: '2026-08-14',
    })
  })

  test('a wait over the change of the clocks ends at the local submission hour', () => {
    const choice = chooseRead([day('2027-04-28')], instant('2027-01-11T14:00:00Z'), terms)
    expect(choice).toMatchObject({ kind: 'wait', waitUntil: '2027-03-14T13:00:00Z' })
  })

  test('when every cut-off is past the table has run out', () => {
    expect(chooseRead(READS, instant('2026-08-08T08:00:00-05:00'), terms)).toEqual({ kind: 'none' })
    expect(chooseRead([], instant('2026-08-08T08:00:00-05:00'), terms)).toEqual({ kind: 'none' })
  })

  test('the moment waited for is the moment at which that read is chosen', () => {
    for (let now = day('2026-01-01'); now < day('2026-08-07'); now = addDays(now, 1)) {
      const at = atLocalTime(terms.zone, now, '08:00')
      const choice = chooseRead(READS, at, terms)
      if (choice.kind === 'read') {
        expect(daysBetween(now, choice.read)).toBeLessThanOrEqual(45)
        expect(isInTimeForCutoff(at, cutoffFor(choice.read, terms))).toBe(true)
        expect(leadTo(choice.read, at, terms)).toBe('in-time')
      } else {
        expect(choice.kind).toBe('wait')
        if (choice.kind === 'wait') {
          expect(leadTo(choice.read, at, terms)).toBe('too-early')
          expect(chooseRead(READS, choice.waitUntil, terms)).toMatchObject({ kind: 'read', read: choice.read })
          expect(dateIn(terms.zone, choice.waitUntil) > now).toBe(true)
        }
      }
    }
  })

  test('a read inside the rescission window is taken, unless the plan avoids it', () => {
    const now = instant('2026-03-16T08:00:00-05:00')
    expect(chooseRead(READS, now, terms)).toMatchObject({ read: '2026-03-24' })
    const careful = { ...terms, avoidReadInRescission: { ...terms.avoidReadInRescission, value: true } }
    expect(chooseRead(READS, now, careful)).toMatchObject({ read: '2026-04-22' })
    // sent on 13 March the window ends on Monday 23 March, the day before the read
    expect(chooseRead(READS, instant('2026-03-13T08:00:00-05:00'), careful)).toMatchObject({ read: '2026-03-24' })
    // sent on 14 March it ends on the day of the read
    expect(chooseRead(READS, instant('2026-03-14T08:00:00-05:00'), careful)).toMatchObject({ read: '2026-04-22' })
  })
})

describe('calendar-month accounts follow the month', () => {
  test.each([
    ['EOM', '2026-10-23T17:45:00-05:00', '2026-10-31'],
    ['EOM', '2026-10-23T17:45:00.001-05:00', '2026-11-30'],
    ['BOM', '2026-11-24T17:45:00-06:00', '2026-12-01'],
    ['BOM', '2026-11-24T17:45:00.001-06:00', '2027-01-01'],
    ['', '2026-03-02T08:00:00-06:00', '2026-03-24'],
  ] as const)('%s at %s is enrolled for %s', (billing, now, read) => {
    expect(chooseAnchor(billing, READS, instant(now), terms)).toMatchObject({ kind: 'read', read })
  })

  test('the middle of a month goes to a person', () => {
    expect(chooseAnchor('MOM', READS, instant('2026-03-02T08:00:00-06:00'), terms)).toEqual({ kind: 'person' })
  })

  test('on every day of two years there is an anchor to enroll for or to wait for', () => {
    for (let now = day('2026-01-01'); now < day('2028-01-01'); now = addDays(now, 1)) {
      const at = atLocalTime(terms.zone, now, '08:00')
      for (const billing of ['EOM', 'BOM'] as const) {
        expect(['read', 'wait']).toContain(chooseAnchor(billing, [], at, terms).kind)
      }
    }
  })
})

describe('utility rule DIV: more than 45 days ahead is too early', () => {
  test.each([
    ['2026-06-30T08:00:00-05:00', 'in-time'],
    ['2026-06-29T23:59:59-05:00', 'too-early'],
    ['2026-07-01T08:00:00-05:00', 'in-time'],
    ['2026-08-07T17:45:00-05:00', 'in-time'],
    ['2026-08-07T17:45:00.001-05:00', 'too-late'],
  ])('received %s for the read of 14 August it is %s', (received, lead) => {
    expect(leadTo(day('2026-08-14'), instant(received), terms)).toBe(lead)
  })
})
