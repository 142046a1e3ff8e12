/** Service begins: the scheduled read was a placeholder, the first monthly usage tells the actual day. */
import { billingWindow, isInBillingWindow } from '../../domain/billing-window.js'
import type { CivilDate } from '../../domain/civil-date.js'
import { clauseOf } from '../../domain/clause.js'
import type { PlanTerms } from '../../domain/plan.js'
import { cohortId } from '../../domain/run-ids.js'
import type { Row } from '../tables.js'
import { unmatched, WITH_UTILITY } from './answered-requests.js'
import { appendEvents, type Occasion, type Trx } from './journal.js'
import { OVERTAKEN } from './undos.js'
import { requestsAt } from './utility-drops.js'
import { oweWakeUp } from './wake-ups.js'
import { openWorkItems } from './work-items.js'

export interface ActualStart {
  readonly accountNumber: string
  readonly servicePoint: string | null
  readonly on: CivilDate
}

/** Usage of an enrollment that ended is no news: the utility bills it through its last read. */
export async function applyActualStart(
  trx: Trx,
  occasion: Occasion,
  start: ActualStart,
  terms: PlanTerms,
): Promise<void> {
  const requests = await requestsAt(trx, occasion, start, [...WITH_UTILITY, 'cancelled'])
  if (requests.length === 0) return unmatched(trx, occasion, 'usage of a service point that is not enrolled with us')
  const open = requests.filter((request) => request.state !== 'cancelled' && request.actual_start_on === null)
  for (const request of open) await startOne(trx, occasion, request, start.on, terms)
}

async function startOne(
  trx: Trx,
  occasion: Occasion,
  request: Row<'request'>,
  on: CivilDate,
  terms: PlanTerms,
): Promise<void> {
  await trx
    .updateTable('request')
    .set({ state: 'started', actual_start_on: on })
    .where('request_id', '=', request.request_id)
    .execute()
  await trx
    .updateTable('account')
    .set({ state: 'in-service' })
    .where('account_id', '=', request.account_id)
    .where('state', 'in', ['rostered', 'submitted', 'accepted'])
    .execute()
  const scheduled = request.placeholder_on ?? request.read_on
  const window = scheduled === null ? null : billingWindow(scheduled, terms)
  const inside = window === null || isInBillingWindow(on, window)
  const clause = clauseOf(terms.utility.billingWindow)
  const place = { cohort: request.cohort, accountId: request.account_id, clause }
  await appendEvents(trx, occasion, [
    {
      ...place,
      kind: 'service-started',
      effective: on,
      data: { on, outside: inside ? '' : ', outside the billing window' },
    },
  ])
  if (!inside && window !== null) {
    const data = { on, from: window.start, to: window.end }
    await appendEvents(trx, occasion, [{ ...place, kind: 'start-outside-window', effective: on, data }])
    const message = 'Service began outside the billing window of its scheduled read; ask the utility.'
    await openWorkItems(trx, occasion, [{ ...place, kind: 'start-outside-window', message }])
  }
  const account = await trx
    .selectFrom('account')
    .select('state')
    .where('account_id', '=', request.account_id)
    .executeTakeFirstOrThrow()
  if ((OVERTAKEN as readonly string[]).includes(account.state)) {
    await oweWakeUp(trx, occasion.programId, cohortId(occasion.programId, request.cohort))
  }
}
