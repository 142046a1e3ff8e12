/** `calc`: what the clocks say for given facts, by the plan's own rules. Loads neither the SDK nor the store. */
import { billingWindow } from '../domain/billing-window.js'
import { dayOfWeek } from '../domain/civil-date.js'
import type { CivilDate } from '../domain/civil-date.js'
import { clauseOf } from '../domain/clause.js'
import { cutoffFor } from '../domain/cutoff.js'
import type { Calendar, Cited, PlanTerms, RollMode } from '../domain/plan.js'
import { CHANNELS } from '../domain/receipt.js'
import { rescissionWindow } from '../domain/rescission-window.js'
import { closesAt, replyDeadline } from '../domain/response-window.js'
import { judge } from '../domain/timeliness.js'
import { recallPlan } from '../persistence/plan-cache.js'
import { choiceArgument, dateArgument, daysArgument, instantArgument, timeArgument } from './arguments.js'
import type {
  CalcBillingWindowOptions,
  CalcCutoffOptions,
  CalcJudgeOptions,
  CalcRescissionOptions,
  CalcWindowOptions,
} from './command-options.js'
import { printProgress, printResult } from './output.js'

export async function calcWindow(options: CalcWindowOptions): Promise<void> {
  const from = dateArgument('--from', options.from)
  const days = daysArgument('--days', options.days)
  const terms = await readTerms(options)
  const mode = rollArgument(options.roll, terms.windowRoll.value)
  const deadline = replyDeadline(from, days, mode, terms.calendar)
  const closes = closesAt(terms.zone, deadline)
  printResult(options, { deadline, closesAt: closes }, [
    `${days} calendar days from ${dayText(from)}, ${ROLL_IN_WORDS[mode]}: the last day in time is ${dayText(deadline)}; the window closes at ${closes}.`,
    ...grounds(terms.windowRoll, mode === 'nextBusinessDay' ? terms.calendar : undefined),
  ])
  remarkOnCoverage(terms.calendar, mode === 'nextBusinessDay' ? [from, deadline] : [])
}

export async function calcRescission(options: CalcRescissionOptions): Promise<void> {
  const processed = dateArgument('--processed', options.processed)
  const days = options.days === undefined ? undefined : daysArgument('--days', options.days)
  const plan = await readTerms(options)
  const mode = rollArgument(options.roll, plan.rescissionRoll.value)
  const length = days ?? plan.rescissionDays.value
  const window = rescissionWindow(processed, {
    ...plan,
    rescissionDays: { ...plan.rescissionDays, value: length },
    rescissionRoll: { ...plan.rescissionRoll, value: mode },
  })
  printResult(options, window, [
    `${length} calendar days from processing on ${dayText(processed)}, ${ROLL_IN_WORDS[mode]}: the last day to rescind is ${dayText(window.lastDay)}; the window closes at ${window.closesAt}.`,
    ...grounds(plan.rescissionDays, mode === 'nextBusinessDay' ? plan.calendar : undefined),
  ])
  remarkOnCoverage(plan.calendar, mode === 'nextBusinessDay' ? [processed, window.lastDay] : [])
}

export async function calcCutoff(options: CalcCutoffOptions): Promise<void> {
  const anchor = dateArgument('--anchor', options.anchor)
  const days = options.days === undefined ? undefined : daysArgument('--days', options.days)
  const at = options.at === undefined ? undefined : timeArgument('--at', options.at)
  const plan = await readTerms(options)
  const { cutoffDays, cutoffAt } = plan.utility
  const utility = {
    cutoffDays: { ...cutoffDays, value: days ?? cutoffDays.value },
    cutoffAt: { ...cutoffAt, value: at ?? cutoffAt.value },
  }
  const cutoff = cutoffFor(anchor, { ...plan, utility })
  printResult(options, cutoff, [
    `For the anchor ${dayText(anchor)} the utility takes requests through ${dayText(cutoff.cutoffDate)} at ${utility.cutoffAt.value} local time, ${cutoff.cutoffAt}, that moment included.`,
    ...grounds(cutoffDays, plan.calendar),
  ])
  remarkOnCoverage(plan.calendar, [cutoff.cutoffDate, anchor])
}

export async function calcBillingWindow(options: CalcBillingWindowOptions): Promise<void> {
  const read = dateArgument('--read', options.read)
  const plan = await readTerms(options)
  const window = billingWindow(read, plan)
  printResult(options, window, [
    `The read scheduled for ${dayText(read)} may happen from ${dayText(window.start)} through ${dayText(window.end)}, both included.`,
    ...grounds(plan.utility.billingWindow, plan.calendar),
  ])
  remarkOnCoverage(plan.calendar, [window.start, window.end])
}

export async function calcJudge(options: CalcJudgeOptions): Promise<void> {
  const deadline = dateArgument('--deadline', options.deadline)
  const channel = choiceArgument('--channel', options.channel, CHANNELS)
  const postmark = options.postmark === undefined ? null : dateArgument('--postmark', options.postmark)
  const received = instantArgument('--received', options.received)
  const judgement = judge({ channel, postmark, received, signed: true }, deadline, await recallPlan(options.plan))
  const { verdict, why, clause } = judgement
  printResult(options, { verdict, why, clause }, [`${verdict}: ${why}`, clause])
}

async function readTerms(options: { readonly plan: string; readonly calendar?: string }): Promise<PlanTerms> {
  const plan = await recallPlan(options.plan)
  if (options.calendar === undefined) return plan
  const { readCalendarFile } = await import('../persistence/calendar-file.js')
  return { ...plan, calendar: readCalendarFile(options.calendar) }
}

const ROLLS: Readonly<Record<'none' | 'sunday' | 'next', RollMode>> = {
  none: 'none',
  sunday: 'sundayOnly',
  next: 'nextBusinessDay',
}

const ROLL_IN_WORDS: Readonly<Record<RollMode, string>> = {
  none: 'whatever day that is',
  sundayOnly: 'a Sunday moved to the day after',
  nextBusinessDay: 'a day without business moved to the next with',
}

function rollArgument(text: string | undefined, plans: RollMode): RollMode {
  return text === undefined ? plans : ROLLS[choiceArgument('--roll', text, ['none', 'sunday', 'next'])]
}

const WEEKDAYS = ['Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday', 'Sunday']

function dayText(date: CivilDate): string {
  return `${WEEKDAYS[dayOfWeek(date) - 1]} ${date}`
}

/** The lines below an answer: its clause, and what nobody has checked. */
function grounds(value: Cited<unknown>, calendar: Calendar | undefined): string[] {
  const lines = [value.verified === false ? `${clauseOf(value)}; not checked against its source` : clauseOf(value)]
  if (calendar?.verified === false) lines.push(`The calendar ${calendar.id} is not a list the utility published.`)
  return lines
}

/** Outside the years a calendar covers only weekends are closed: the answer may be a day early or late, so say so. */
function remarkOnCoverage({ id, covers }: Calendar, days: readonly CivilDate[]): void {
  if (covers === undefined || days.every((day) => covers.first <= day && day <= covers.last)) return
  printProgress(`The calendar ${id} covers ${covers.first} to ${covers.last}; outside it only weekends are closed.`)
}
