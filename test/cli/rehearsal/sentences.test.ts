import { describe, expect, test } from 'vitest'
import type { Conservation } from '../../../client/conservation.js'
import { inkOf, PLAIN } from '../../../cli/output.js'
import {
  conservationInWords,
  placesInWords,
  remarksInWords,
  timelineInWords,
  wrap,
} from '../../../cli/rehearsal/sentences.js'
import { civilDate } from '../../../domain/civil-date.js'
import { instant } from '../../../domain/instant.js'
import type { PlanTerms } from '../../../domain/plan.js'
import type { TimelineLine } from '../../../domain/timeline.js'

const terms = {
  title: 'Plan of Operation, Village of Example',
  aggregator: { name: 'Village of Example', shortName: 'Example' },
} as Pick<PlanTerms, 'aggregator' | 'title'>

const aLine = (line: Partial<TimelineLine>): TimelineLine => ({
  date: civilDate('2027-01-20'),
  through: line.date ?? civilDate('2027-01-20'),
  at: instant('2027-01-20T15:00:00Z'),
  what: 'Something happened',
  clause: null,
  clauses: [],
  count: 1,
  kind: 'program-alarm',
  cohort: null,
  ...line,
})
const tell = (...digest: readonly TimelineLine[]): string[] =>
  timelineInWords(digest, [civilDate('2027-01-11'), civilDate('2027-04-13')], terms, PLAIN).slice(5)

describe('the timeline on a terminal of 80 columns', () => {
  test('sets the day at the left and the rule at the right, without the name of the plan', () => {
    expect(tell(aLine({ what: 'Drop 1 mailed', clauses: ['Example plan, Procedures E.3 (ruling R-001)'] }))).toEqual([
      'January 2027',
      `Wed Jan 20   Drop 1 mailed${'Procedures E.3, R-001'.padStart(54)}`,
    ])
  })

  test('puts a rule that has no room below, and no line is longer than 80', () => {
    const lines = tell(
      aLine({
        what: 'word '.repeat(40).trim(),
        clauses: [`A long rule of the state of Illinois, ${'of many words '.repeat(6)}(ruling R-011)`],
      }),
    )
    expect(lines.filter((line) => line.length > 80)).toEqual([])
    expect(lines.at(-1)).toMatch(/^ +.*R-011$/)
  })

  test('names a day once, a week by its Monday and Sunday, and a month when it begins', () => {
    const week = { date: civilDate('2027-01-25'), through: civilDate('2027-01-31') }
    const lines = tell(aLine({}), aLine({}), aLine(week), aLine({ date: civilDate('2027-02-01') }))
    expect(lines).toEqual([
      'January 2027',
      'Wed Jan 20   Something happened',
      '             Something happened',
      'Jan 25-31    Something happened',
      '',
      'February 2027',
      'Mon Feb 1    Something happened',
    ])
  })

  test('puts rulings on one clause together and passes over the plan as a whole', () => {
    const clauses = [
      terms.title,
      'Example plan, Procedures E.3 (ruling R-005)',
      'Example plan, Procedures E.3 (ruling R-004)',
    ]
    expect(tell(aLine({ clauses }))[1]).toMatch(/ {2}Procedures E\.3, R-004, R-005$/)
  })

  test('says which entries are about a follow-up cohort, and leaves out the year it stands in', () => {
    const what = 'Drop 1 mailed: evidence for 8 pieces on February 1, 2027'
    expect(tell(aLine({ what, cohort: 'follow-up-2027-02-01' }))[1]).toContain('on February 1 (follow-up')
    expect(tell(aLine({ what, cohort: 'initial' })).join(' ')).not.toContain('follow-up')
  })
})

describe('the conservation table', () => {
  const conservation: Conservation = {
    listed: 3200,
    dispositions: {
      ineligible: 529,
      'needs-review': 38,
      'opt-in-only': 494,
      'opted-out': 180,
      enrolled: 1939,
      rejected: 6,
      rescinded: 5,
      'not-noticed': 6,
      pending: 3,
    },
    lost: 0,
    foreign: 0,
    doubled: 0,
    balances: true,
  }

  test('shows both sides with commas, fits a terminal, and says that it balances', () => {
    const lines = conservationInWords(conservation, 4, PLAIN)
    expect(lines.filter((line) => /3,200/.test(line))).toHaveLength(2)
    expect(lines.filter((line) => line.length > 80)).toEqual([])
    expect(lines).toContain('The table balances.')
    expect(lines.at(-1)).toContain('4 rows of the list were refused')
  })

  test('says loudly when it does not', () => {
    expect(conservationInWords({ ...conservation, lost: 1, balances: false }, 0, PLAIN)).toContain(
      'THE TABLE DOES NOT BALANCE.',
    )
  })
})

test('why a cycle stopped is said, and so is every fact without effect', () => {
  expect(remarksInWords('no supplier bid', ['drop 1: 2 accounts get no notice'], PLAIN)).toEqual([
    'The cycle stopped',
    '  no supplier bid',
    '',
    'Facts of the script that had no effect',
    '  drop 1: 2 accounts get no notice',
    '',
  ])
})

test('what lies where names only what was made', () => {
  expect(placesInWords('out', new Set(['mail', 'timeline.txt', 'scratch']), PLAIN)).toEqual([
    'What was made',
    '  E-mail                                out/mail',
    '  This timeline                         out/timeline.txt',
  ])
})

test('a word longer than the line stands alone', () => {
  expect(wrap('a verylongword b', 5)).toEqual(['a', 'verylongword', 'b'])
})

describe('colour is for terminals that want it', () => {
  test.each([
    ['a terminal', { isTTY: true }, {}, true],
    ['a pipe', {}, {}, false],
    ['a terminal with NO_COLOR', { isTTY: true }, { NO_COLOR: '1' }, false],
    ['a terminal with an empty NO_COLOR', { isTTY: true }, { NO_COLOR: '' }, true],
    ['a pipe with FORCE_COLOR', {}, { FORCE_COLOR: '1' }, true],
    ['NO_COLOR against FORCE_COLOR', {}, { FORCE_COLOR: '1', NO_COLOR: '1' }, false],
  ])('%s', (_name, stream, environment, coloured) => {
    expect(inkOf(stream, environment).strong('day').includes('\u001b[')).toBe(coloured)
  })
})
