/** What happens at the simulated utility without a file from a supplier: customers rescind, service starts. */
import { localDate } from '../central-time.js'
import { lastRescissionDay } from './calendar.js'
import { rescissionDrop, startReport, type Letterhead } from './messages.js'
import type { Enrollment, UtilityState, UtilityWorld } from './state.js'
import type { Segment } from './x12.js'

/** Supplier id → the transactions it is sent. */
export type BySupplier = ReadonlyMap<string, readonly (readonly Segment[])[]>

/** Carries out the rescissions scripted for that day, and records those that come too early or too late. */
export function rescindScripted(
  run: { readonly at: string; readonly late: boolean },
  state: UtilityState,
  { script, calendar }: UtilityWorld,
  letterhead: Letterhead,
): BySupplier {
  const today = localDate(run.at)
  const isOpen = (entry: Enrollment): boolean =>
    entry.state !== 'cancelled' && entry.processed <= today && today <= lastRescissionDay(entry.processed, calendar)
  const drops = new Map<string, (readonly Segment[])[]>()
  for (const { account, on } of script.rescissions ?? []) {
    const key = `${account} ${on}`
    if (on !== today || state.rescinded.has(key)) continue
    const mine = state.enrollments.filter(({ accountNumber }) => accountNumber === account)
    const open = mine.filter(isOpen)
    // An enrollment that arrives later today is worked on today: the evening run sees it.
    if (open.length === 0 && !run.late) continue
    state.rescinded.add(key)
    if (open.length === 0) {
      state.refusals.push({ at: run.at, what: `rescission on ${on}`, why: whyNotOpen(mine, today) })
    }
    for (const entry of open) {
      entry.state = 'cancelled'
      add(drops, entry.supplier, rescissionDrop({ ...entry, processed: today }, entry.scheduled, letterhead))
    }
  }
  return drops
}

function whyNotOpen(mine: readonly Enrollment[], today: string): string {
  if (mine.length === 0) return 'no enrollment was accepted for the account'
  if (mine.every((entry) => entry.state === 'cancelled')) return 'the enrollment is cancelled already'
  if (mine.every((entry) => entry.state === 'cancelled' || entry.processed > today))
    return 'the enrollment is not processed yet'
  return 'the last day to rescind has passed'
}

/** Starts every pending service whose day has passed, and reports the day. */
export function startServices(at: string, state: UtilityState, letterhead: Letterhead): BySupplier {
  const today = localDate(at)
  const reports = new Map<string, (readonly Segment[])[]>()
  for (const entry of state.enrollments) {
    if (entry.state !== 'pending' || entry.actual >= today) continue
    entry.state = 'started'
    add(reports, entry.supplier, startReport({ ...entry, processed: today }, entry.actual, letterhead))
  }
  return reports
}

function add(all: Map<string, (readonly Segment[])[]>, supplier: string, segments: readonly Segment[]): void {
  const mine = all.get(supplier)
  if (mine === undefined) all.set(supplier, [segments])
  else mine.push(segments)
}
