/**
 * Accounts that got another number at the utility, after a bankruptcy or because it changed its records (ruling R-020).
 *
 * The account keeps its row, and with it its history, its clocks and whether it opted out; the new number leads to the same row.
 * What is sent to the utility names the number it uses now.
 */
import { type CivilDate, laterOf } from '../../domain/civil-date.js'
import { clauseOf } from '../../domain/clause.js'
import type { PlanTerms } from '../../domain/plan.js'
import { cohortId } from '../../domain/run-ids.js'
import type { Row } from '../tables.js'
import { asListed } from './account-numbers.js'
import { unmatched, WITH_UTILITY } from './answered-requests.js'
import { appendEvent, type Occasion, type Trx } from './journal.js'
import { OVERTAKEN } from './undos.js'
import { oweWakeUp } from './wake-ups.js'
import { openWorkItems } from './work-items.js'

export interface NewNumber {
  readonly accountNumber: string
  readonly servicePoint: string | null
  /** REF*45; null when the utility left it out. */
  readonly formerNumber: string | null
  /** REF*1P: why, for example `BNK`. */
  readonly statuses: readonly string[]
  readonly startsOn: CivilDate
}

/**
 * The utility enrolled one of our accounts under a new number. Its household is where it was: a member goes on, one that opted out
 * or rescinded does not become a member by it, and a person has the utility let it go.
 */
export async function applyNewNumber(
  trx: Trx,
  occasion: Occasion,
  told: NewNumber,
  terms: Pick<PlanTerms, 'noticeFacts'>,
): Promise<void> {
  const stranger = () =>
    unmatched(trx, occasion, 'an enrollment that the utility made by itself, of no account of ours')
  if (told.formerNumber === null) return stranger()
  const [former] = await asListed(trx, occasion.programId, [
    { accountNumber: told.formerNumber, servicePoint: told.servicePoint },
  ])
  const account = await trx
    .selectFrom('account')
    .select(['account_id', 'cohort', 'state'])
    .where('program_id', '=', occasion.programId)
    .where('account_number', '=', former?.accountNumber ?? '')
    .forUpdate()
    .executeTakeFirst()
  if (account === undefined) return stranger()
  const requests = await trx
    .selectFrom('request')
    .selectAll()
    .where('account_id', '=', account.account_id)
    .where('kind', '=', 'enroll')
    .orderBy('attempt')
    .forUpdate()
    .execute()
  const newest = new Map(requests.map((request) => [request.service_point, request]))
  const points = await trx
    .selectFrom('service_point')
    .select('service_point')
    .where('account_id', '=', account.account_id)
    .orderBy('service_point')
    .execute()
  const point = ownPoint(
    points.map((each) => each.service_point),
    former?.servicePoint ?? null,
  )
  const rule = terms.noticeFacts['renumbering']
  const clause = rule === undefined ? null : clauseOf(rule)
  const place = { cohort: account.cohort, accountId: account.account_id, clause }
  const ask = (message: string) => openWorkItems(trx, occasion, [{ ...place, kind: 'renumbered', message }])
  if (point !== null) {
    await trx
      .insertInto('renumbering')
      .values({
        program_id: occasion.programId,
        account_number: told.accountNumber,
        service_point: told.servicePoint ?? '',
        account_id: account.account_id,
        own_service_point: point,
        since: told.startsOn,
        recorded_at: occasion.at,
      })
      .onConflict((conflict) => conflict.doNothing())
      .execute()
  }
  const request = point === null ? undefined : newest.get(point)
  const resumed = request !== undefined && account.state === 'rejected' && request.state === 'cancelled'
  if (resumed) await resume(trx, request, told.startsOn)
  const data = { on: told.startsOn, why: told.statuses.join(', ') || 'no reason given', resumed }
  await appendEvent(trx, occasion, { ...place, kind: 'account-renumbered', effective: told.startsOn, data })
  if (NOT_TO_BE_ENROLLED.includes(account.state))
    await ask(
      'The utility enrolled this account under a new number, though the household is not to be enrolled; have the utility let it go.',
    )
  else if (request === undefined || !(resumed || STANDING.includes(request.state)))
    await ask(
      'The utility enrolled this account under a new number, and we know no enrollment that goes on with it; compare with its records.',
    )
  if (account.cohort !== null) await oweWakeUp(trx, occasion.programId, cohortId(occasion.programId, account.cohort))
}

const NOT_TO_BE_ENROLLED: readonly Row<'account'>['state'][] = [...OVERTAKEN, 'rescinded']
const STANDING: readonly Row<'request'>['state'][] = WITH_UTILITY

/** The service point as the list names it: by its own name, or because the account has no other. */
function ownPoint(own: readonly string[], named: string | null): string | null {
  if (named !== null && own.includes(named)) return named
  return own.length === 1 ? (own[0] ?? null) : null
}

/** The former number was closed before the new one was told: the enrollment goes on where it stood. */
async function resume(trx: Trx, request: Row<'request'>, on: CivilDate): Promise<void> {
  const served = request.actual_start_on !== null
  await trx
    .updateTable('request')
    .set({
      state: served ? 'started' : 'accepted',
      placeholder_on: served ? request.placeholder_on : laterOf(on, request.placeholder_on ?? on),
    })
    .where('request_id', '=', request.request_id)
    .execute()
  await trx
    .updateTable('account')
    .set({ state: served ? 'in-service' : 'accepted' })
    .where('account_id', '=', request.account_id)
    .where('state', '=', 'rejected')
    .execute()
}
