/** Service begins: the scheduled read was a placeholder, the first monthly usage tells the actual day. */
import { billingWindow, isInBillingWindow } from '../../domain/billing-window.js'
import type { CivilDate } from '../../domain/civil-date.js'
import { clauseOf } from '../../domain/clause.js'
import type { PlanTerms } from '../../domain/plan.js'
import { type Enrollment, enrollmentsOf, isAt, unmatched, WITH_UTILITY } from './answered-requests.js'
import { updateRows } from './bulk-rows.js'
import { appendEvents, type NewEvent, type Occasion, type Trx } from './journal.js'
import { asListed } from './account-numbers.js'
import { OVERTAKEN } from './undos.js'
import { oweWakeUpTo } from './wake-ups.js'
import { type NewWorkItem, openWorkItems } from './work-items.js'

export interface ActualStart {
  readonly accountNumber: string
  readonly servicePoint: string | null
  readonly on: CivilDate
}

/** By as many statements for a chunk as for one. Usage of an enrollment that ended is no news: it is billed through its last read. */
export async function applyActualStarts(
  trx: Trx,
  occasion: Occasion,
  starts: readonly ActualStart[],
  terms: PlanTerms,
): Promise<void> {
  const named = await asListed(trx, occasion.programId, starts)
  const numbers = [...new Set(named.map((start) => start.accountNumber))]
  const enrollments = await enrollmentsOf(trx, occasion, numbers, [...WITH_UTILITY, 'cancelled'])
  const strangers: string[] = []
  const started = new Map<number, Started>()
  const ofAccount = byAccount(enrollments)
  for (const [index, { on }] of starts.entries()) {
    const { accountNumber = '', servicePoint = null } = named[index] ?? {}
    const mine = (ofAccount.get(accountNumber) ?? []).filter((enrollment) => isAt(enrollment, servicePoint))
    if (mine.length === 0) strangers.push('usage of a service point that is not enrolled with us')
    for (const enrollment of mine) {
      if (enrollment.state === 'cancelled' || enrollment.actual_start_on !== null) continue
      if (!started.has(enrollment.request_id)) started.set(enrollment.request_id, { enrollment, on })
    }
  }
  await unmatched(trx, occasion, ...strangers)
  await recordStarted(trx, occasion, [...started.values()], terms)
}

function byAccount(enrollments: readonly Enrollment[]): ReadonlyMap<string, readonly Enrollment[]> {
  const grouped = new Map<string, Enrollment[]>()
  for (const enrollment of enrollments) {
    const others = grouped.get(enrollment.account_number)
    if (others === undefined) grouped.set(enrollment.account_number, [enrollment])
    else others.push(enrollment)
  }
  return grouped
}

interface Started {
  readonly enrollment: Enrollment
  readonly on: CivilDate
}

async function recordStarted(
  trx: Trx,
  occasion: Occasion,
  started: readonly Started[],
  terms: PlanTerms,
): Promise<void> {
  if (started.length === 0) return
  await updateRows(
    trx,
    'request',
    'request_id',
    started.map(({ enrollment, on }) => ({
      request_id: enrollment.request_id,
      state: 'started' as const,
      actual_start_on: on,
    })),
  )
  const accounts = [...new Set(started.map(({ enrollment }) => enrollment.account_id))]
  await trx
    .updateTable('account')
    .set({ state: 'in-service' })
    .where('account_id', 'in', accounts)
    .where('state', 'in', ['rostered', 'submitted', 'accepted'])
    .execute()
  const clause = clauseOf(terms.utility.billingWindow)
  const events: NewEvent[] = []
  const items: NewWorkItem[] = []
  for (const { enrollment, on } of started) {
    const missed = windowMissed(enrollment, on, terms)
    const place = { cohort: enrollment.cohort, accountId: enrollment.account_id, clause }
    const outside = missed === null ? '' : ', outside the billing window'
    events.push({ ...place, kind: 'service-started', effective: on, data: { on, outside } })
    if (missed === null) continue
    const data = { on, from: missed.start, to: missed.end }
    events.push({ ...place, kind: 'start-outside-window', effective: on, data })
    const message = 'Service began outside the billing window of its scheduled read; ask the utility.'
    items.push({ ...place, kind: 'start-outside-window', message })
  }
  await appendEvents(trx, occasion, events)
  await openWorkItems(trx, occasion, items)
  const overtaken = started.filter(({ enrollment }) => OVERTAKEN.some((state) => state === enrollment.account_state))
  await oweWakeUpTo(
    trx,
    occasion.programId,
    overtaken.map(({ enrollment }) => enrollment.cohort),
  )
}

/** The window that the start lies outside of; null when it lies inside, or none is known. */
function windowMissed(enrollment: Enrollment, on: CivilDate, terms: PlanTerms) {
  const scheduled = enrollment.placeholder_on ?? enrollment.read_on
  if (scheduled === null) return null
  const window = billingWindow(scheduled, terms)
  return isInBillingWindow(on, window) ? null : window
}
