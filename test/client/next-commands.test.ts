import { describe, expect, test } from 'vitest'
import { nextCommands } from '../../client/next-commands.js'
import type { Status, StatusRun } from '../../client/status.js'

const run = (phase: string, atWork = false): StatusRun => ({
  ...{ run: 'program/mahomet', phase, waitingFor: 'what it waits for', atWork, nextDue: null, clause: null },
})
const nothing: Parameters<typeof nextCommands>[0] = {
  ...{ runs: [], drops: [], bids: [], stopped: [], unknownSendings: [], toDo: [], clock: 'timer' },
}
const bid = (sealed: boolean) => ({ supplier: 'Prairie Wind', sealed, present: true, awarded: false, centsPerKwh: {} })
const drop = (state: string): Status['drops'][number] => ({
  ...{ cohort: 'initial', drop: 1, plannedOn: '2027-01-20', pieces: 12, state, deadline: null },
})
type Known = Parameters<typeof nextCommands>[0]
const commandsOf = (known: Partial<Known>, notice: Parameters<typeof nextCommands>[1] = null): string[] =>
  nextCommands({ ...nothing, ...known }, notice).map((next) => next.command)

describe('the command to type next', () => {
  test.each<[string, Partial<Known>, Parameters<typeof nextCommands>[1], string]>([
    ['no list yet', { runs: [run('data-request')] }, null, 'meterhall list import --list FOLDER'],
    ['a reviewed list', { runs: [run('list-review')] }, null, 'meterhall list sign'],
    ['no bid', { runs: [run('rfp-award')] }, null, 'meterhall bid add FILE'],
    ['sealed bids', { runs: [run('rfp-award')], bids: [bid(true)] }, null, 'meterhall bid open'],
    ['opened bids', { runs: [run('rfp-award')], bids: [bid(false)] }, null, 'meterhall award SUPPLIER'],
    [
      'an earlier round alone',
      { runs: [run('rfp-award')], bids: [{ ...bid(false), present: false }] },
      null,
      'meterhall bid add FILE',
    ],
    [
      'no drops',
      { runs: [run('notice-mailing')] },
      { proved: false, approved: false },
      'meterhall notice proof --drop DATE',
    ],
    [
      'no proof',
      { runs: [run('notice-mailing')], drops: [drop('planned')] },
      { proved: false, approved: false },
      'meterhall notice proof',
    ],
    [
      'a proof',
      { runs: [run('notice-mailing')], drops: [drop('planned')] },
      { proved: true, approved: false },
      'meterhall notice approve',
    ],
    [
      'letters handed over',
      { runs: [run('notice-mailing')], drops: [drop('handed-over')] },
      { proved: true, approved: true },
      'meterhall evidence add --drop 1 --on 2027-01-20 --pieces 12 --form FORM',
    ],
    [
      'an open window',
      { runs: [run('response-window')] },
      { proved: true, approved: true },
      'meterhall receipt add --file FILE',
    ],
  ])('with %s', (_state, known, notice, command) => {
    expect(commandsOf(known, notice)).toEqual([command])
  })

  test('is to look again while something is worked on, whatever the phase says', () => {
    expect(commandsOf({ runs: [run('list-review', true)] })).toEqual(['meterhall status'])
  })

  test('is nothing while the enrollments run by themselves', () => {
    expect(commandsOf({ runs: [run('enrollment'), run('term')] })).toEqual([])
  })

  test('puts what only a person can decide before the phases', () => {
    const sending = { sending: 7, party: 'mail-house', subject: 'batch/3/pdf', reply: null }
    const stopped = { party: 'utility', why: 'wrong files', by: 'anna' }
    const item = { item: 4, kind: 'unsigned-card', what: 'Ask', clause: null, due: null, late: false }
    const known = { unknownSendings: [sending], stopped: [stopped], toDo: [item], runs: [run('response-window')] }
    expect(commandsOf(known)).toEqual([
      'meterhall sending resolve 7 --as-sent',
      'meterhall stop off utility',
      'meterhall receipt add --file FILE',
      'meterhall item close 4 --why "…"',
    ])
  })

  test('of a rehearsal moves the clock to what is due first', () => {
    const due = (nextDue: string) => ({ ...run('enrollment'), nextDue: nextDue as StatusRun['nextDue'] })
    const runs = [due('2027-03-02T06:00:00Z'), due('2027-02-16T14:00:00Z')]
    expect(commandsOf({ runs, clock: 'stepped' })).toEqual(['meterhall clock 2027-02-16T14:00:00Z'])
    expect(commandsOf({ runs })).toEqual([])
  })
})
