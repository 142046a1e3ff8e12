/** What a rehearsal says to a person: the timeline with its clauses, what lies where, and the conservation table. */
import { join } from 'node:path'
import type { Conservation } from '../../client/conservation.js'
import { DISPOSITIONS, type Disposition } from '../../domain/account.js'
import { type CivilDate, dayOfWeek } from '../../domain/civil-date.js'
import type { PlanTerms } from '../../domain/plan.js'
import { INITIAL_COHORT } from '../../domain/run-ids.js'
import type { TimelineLine } from '../../domain/timeline.js'
import { dateInWords, monthInWords, wholeNumber } from '../../domain/wording.js'
import type { Ink } from '../output.js'

/** Columns of a terminal. */
const WIDTH = 80
/** Columns of the days, at the left. */
const GUTTER = 13

/**
 * The timeline, a day or a week at the left and the rule at the right of what happened.
 *
 * @param digest as the client makes it, in order
 * @param days first and last day of the rehearsal
 */
export function timelineInWords(
  digest: readonly TimelineLine[],
  days: readonly [CivilDate, CivilDate],
  terms: Pick<PlanTerms, 'aggregator' | 'title'>,
  ink: Ink,
): string[] {
  const ours = `${terms.aggregator.shortName} plan`
  const lines = [
    ink.strong(`${terms.aggregator.name}: ${dateInWords(days[0])} to ${dateInWords(days[1])}`),
    ...wrap('People and outside parties are played by stand-ins.', WIDTH),
    ...wrap(
      `At the right: the rule by which it happened. Where no document is named it is a clause of the ${ours}; R-numbers are rulings, see docs/rulings.`,
      WIDTH,
    ),
  ]
  let month = ''
  let label = ''
  for (const line of digest) {
    const thisMonth = monthInWords(line.through.slice(0, 7))
    if (thisMonth !== month) lines.push('', ink.strong(thisMonth))
    const thisLabel = daysInWords(line)
    lines.push(
      ...entry(thisLabel === label ? '' : thisLabel, sentence(line), ruleOf(line, `${ours}, `, terms.title), ink),
    )
    month = thisMonth
    label = thisLabel
  }
  return lines
}

/** The year is at the top already. */
function sentence({ what, cohort, through }: TimelineLine): string {
  const ofFollowUp = cohort !== null && cohort !== INITIAL_COHORT && !what.includes('follow-up')
  return `${what.replaceAll(`, ${through.slice(0, 4)}`, '')}${ofFollowUp ? ' (follow-up cohort)' : ''}`
}

/** The rule is set to the right: on the last line of the sentence when there is room, else below, where it may reach under the days. */
function entry(label: string, text: string, rule: string, ink: Ink): string[] {
  const room = WIDTH - GUTTER
  const said = wrap(text, room)
  const last = said.at(-1) ?? ''
  const besides = rule !== '' && last.length + 2 + rule.length <= room
  const lines = besides ? [...said.slice(0, -1), last + ink.quiet(rule.padStart(room - last.length))] : said
  const below = rule === '' || besides ? [] : wrap(rule, WIDTH - 4).map((line) => ink.quiet(line.padStart(WIDTH)))
  return [
    ...lines.map((line, index) => (index === 0 ? ink.strong(label.padEnd(GUTTER)) : ' '.repeat(GUTTER)) + line),
    ...below,
  ]
}

/** Clauses of our own plan without its name, rulings on one clause together; the plan as a whole is no clause. */
function ruleOf(line: TimelineLine, ours: string, title: string): string {
  const rulings = new Map<string, string[]>()
  for (const clause of line.clauses) {
    if (clause === title) continue
    const [, cite = clause, ruling] = /^(.*) \(ruling (R-\d+)\)$/.exec(clause) ?? []
    const short = cite.startsWith(ours) ? cite.slice(ours.length) : cite
    rulings.set(short, [...(rulings.get(short) ?? []), ...(ruling === undefined ? [] : [ruling])])
  }
  return [...rulings].map(([cite, numbers]) => [cite, ...numbers.sort()].join(', ')).join('; ')
}

const DAYS = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun']

/** `Mon Jan 11`, `Jan 18-24`, `Jan 25-Feb 2` */
function daysInWords({ date, through }: TimelineLine): string {
  const [month = '', day = ''] = dateInWords(date).replace(/,.*/, '').split(' ')
  if (date === through) return `${DAYS[dayOfWeek(date) - 1]} ${month.slice(0, 3)} ${day}`
  const [month2 = '', day2 = ''] = dateInWords(through).replace(/,.*/, '').split(' ')
  return `${month.slice(0, 3)} ${day}-${month2 === month ? '' : `${month2.slice(0, 3)} `}${day2}`
}

const PLACES: readonly (readonly [what: string, name: string])[] = [
  ['Letters, with manifests', 'letters'],
  ['Data request, RFP, evaluation, filing', 'documents'],
  ['EDI files, to and from the utility', 'edi'],
  ['E-mail', 'mail'],
  ['Every account, with its disposition', 'accounts.csv'],
  ['Refused rows of the list', 'problems.csv'],
  ['Journal, one entry a line', 'journal.jsonl'],
  ['Every workflow run, event by event', 'histories'],
  ['This timeline', 'timeline.txt'],
  ['All of it as data', 'summary.json'],
]

/** What lies where. @param made names in the folder: a cycle that stopped early has no letters */
export function placesInWords(folder: string, made: ReadonlySet<string>, ink: Ink): string[] {
  return [
    ink.strong('What was made'),
    ...PLACES.filter(([, name]) => made.has(name)).map(([what, name]) => `  ${what.padEnd(38)}${join(folder, name)}`),
  ]
}

const MEANINGS: Readonly<Record<Disposition, string>> = {
  ineligible: 'never noticed',
  'needs-review': 'a person has to look first',
  'opt-in-only': 'not noticed; may ask to join',
  'opted-out': 'said no in time',
  enrolled: 'in service, or waiting for the read',
  rejected: 'the utility said no for good',
  rescinded: 'taken back with the utility in time',
  'not-noticed': 'no notice reached the household',
  pending: 'waits for a person or for the utility',
}

/** The list files at one side, the journal at the other. @param problems refused rows of the list */
export function conservationInWords(conservation: Conservation, problems: number, ink: Ink): string[] {
  const row = (label: string, count: number, meaning = ''): string =>
    `  ${label.padEnd(26)}${wholeNumber(count).padStart(9)}   ${ink.quiet(meaning)}`.trimEnd()
  const rule = `  ${'-'.repeat(35)}`
  const sum = Object.values(conservation.dispositions).reduce((total, count) => total + count, 0)
  return [
    ink.strong('Conservation: every listed account is in exactly one disposition'),
    row('Accounts in the list files', conservation.listed, 'read again from the files'),
    rule,
    ...DISPOSITIONS.map((disposition) =>
      row(disposition, conservation.dispositions[disposition], MEANINGS[disposition]),
    ),
    rule,
    row('Sum of dispositions', sum, 'from the journal'),
    row('Lost', conservation.lost, 'listed, but in no disposition'),
    row('Doubled', conservation.doubled, 'named twice'),
    row('Not listed', conservation.foreign, 'in a disposition, but not listed'),
    '',
    ink.strong(conservation.balances ? 'The table balances.' : 'THE TABLE DOES NOT BALANCE.'),
    ...(problems === 0
      ? []
      : [
          `Besides, ${problems === 1 ? '1 row of the list was' : `${wholeNumber(problems)} rows of the list were`} refused and ${problems === 1 ? 'is' : 'are'} no account; see problems.csv.`,
        ]),
  ]
}

/** Why the cycle stopped before its end, and which facts of the script led to nothing. */
export function remarksInWords(stopped: string | null, notes: readonly string[], ink: Ink): string[] {
  const hanging = (text: string): string[] =>
    wrap(text, WIDTH - 4).map((line, index) => `${index === 0 ? '  ' : '    '}${line}`)
  return [
    ...(stopped === null ? [] : [ink.strong('The cycle stopped'), ...hanging(stopped), '']),
    ...(notes.length === 0
      ? []
      : [ink.strong('Facts of the script that had no effect'), ...notes.flatMap(hanging), '']),
  ]
}

/** Lines of at most so many columns; a longer word has a line of its own. */
export function wrap(text: string, columns: number): string[] {
  const lines: string[] = []
  let line = ''
  for (const word of text.split(' ')) {
    if (line !== '' && line.length + 1 + word.length > columns) {
      lines.push(line)
      line = ''
    }
    line += line === '' ? word : ` ${word}`
  }
  return [...lines, line]
}
