/** Requests to the utility, one per service point: their ids, the read they ask for, and what has none. */
import type { BillingType } from '../../domain/account.js'
import type { CivilDate } from '../../domain/civil-date.js'
import type { PlanTerms } from '../../domain/plan.js'
import { chooseAnchor, type ReadChoice } from '../../domain/read-choice.js'
import type { Row } from '../tables.js'
import { appendEvents, type Occasion, type Trx } from './journal.js'
import { openWorkItems } from './work-items.js'

/** Lighting on an account that bills by calendar months may bill by the read, and does here. */
const LIGHTING = 'DS-5'

export function choiceFor(
  point: Pick<Row<'service_point'>, 'bill_group' | 'billing_type' | 'rate_class'>,
  readDates: ReadonlyMap<string, readonly CivilDate[]>,
  occasion: Pick<Occasion, 'at'>,
  terms: PlanTerms,
): ReadChoice {
  const billing = point.rate_class === LIGHTING ? '' : (point.billing_type as BillingType)
  return chooseAnchor(billing, readDates.get(point.bill_group) ?? [], occasion.at, terms)
}

/** The same for many, in their order: those that are read and billed alike are decided once. */
export function choicesFor(
  points: readonly Parameters<typeof choiceFor>[0][],
  readDates: ReadonlyMap<string, readonly CivilDate[]>,
  occasion: Pick<Occasion, 'at'>,
  terms: PlanTerms,
): ReadChoice[] {
  const known = new Map<string, ReadChoice>()
  return points.map((point) => {
    const alike = `${point.bill_group} ${point.billing_type} ${point.rate_class}`
    const choice = known.get(alike) ?? choiceFor(point, readDates, occasion, terms)
    known.set(alike, choice)
    return choice
  })
}

export function placed(choice: ReadChoice, occasion: Pick<Occasion, 'at'>) {
  switch (choice.kind) {
    case 'read':
      return {
        state: 'planned' as const,
        read_on: choice.read,
        submit_at: occasion.at,
        cutoff_at: choice.cutoff.cutoffAt,
      }
    case 'wait':
      return {
        state: 'planned' as const,
        read_on: choice.read,
        submit_at: choice.waitUntil,
        cutoff_at: choice.cutoff.cutoffAt,
      }
    default:
      return { state: 'no-read' as const, read_on: null, submit_at: null, cutoff_at: null }
  }
}

/** Ids are unique for ever: the year, and a number that no other request ever has. */
export function newRequest(
  programId: string,
  cohort: string,
  point: Pick<Row<'service_point'>, 'account_id' | 'service_point' | 'rate_class' | 'bill_group'>,
  kind: 'enroll' | 'drop',
  attempt: number,
  number: number,
  year: string,
) {
  const digits = String(number).padStart(8, '0')
  return {
    program_id: programId,
    cohort,
    account_id: point.account_id,
    service_point: point.service_point,
    kind,
    attempt,
    lin01: `${kind === 'enroll' ? 'E' : 'D'}${year}${digits}`,
    bgn02: `B${year}${digits}`,
    rate_code: point.rate_class,
    bill_group: point.bill_group,
    interchange_id: null,
    sent_on: null,
    processed_on: null,
    placeholder_on: null,
    rescission_last_day: null,
    rescission_closes_at: null,
    rescission_closed: false,
    alarmed: false,
    actual_start_on: null,
    reject_code: null,
  }
}

/** Service points that have no read: each waits for a person, who agrees a date with the utility. */
export async function noteNoRead(
  trx: Trx,
  occasion: Occasion,
  cohort: string,
  points: readonly { readonly accountId: number; readonly choice: ReadChoice }[],
): Promise<void> {
  const unread = points.filter(({ choice }) => choice.kind === 'none' || choice.kind === 'person')
  const noted = unread.map(({ accountId, choice }) => {
    const why =
      choice.kind === 'person'
        ? 'the utility has no rule for billing in the middle of the month'
        : 'the read table has no date within reach'
    return { cohort, accountId, kind: 'no-read' as const, why }
  })
  await appendEvents(
    trx,
    occasion,
    noted.map(({ why, ...event }) => ({ ...event, data: { why } })),
  )
  await openWorkItems(
    trx,
    occasion,
    noted.map(({ why, ...item }) => ({
      ...item,
      message: `No read to ask for: ${why}; agree a date with the utility.`,
    })),
  )
}
