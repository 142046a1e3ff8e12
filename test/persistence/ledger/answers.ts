/** What the utility says, as the inbox would apply it. */
import type { Instant } from '../../../domain/instant.js'
import { INITIAL_COHORT } from '../../../domain/run-ids.js'
import { applyRejection } from '../../../persistence/ledger/enrollment-answers.js'
import { applyActualStarts } from '../../../persistence/ledger/service-starts.js'
import { planUndos } from '../../../persistence/ledger/undos.js'
import { applyDropAnswer, applyUtilityDrop } from '../../../persistence/ledger/utility-drops.js'
import type { Row } from '../../../persistence/tables.js'
import { DAYS, requestsOf } from './phases.js'
import { day, occasion, type Village } from './village.js'

/** The request of an account's nth service point, newest attempt last. */
export async function requestOf(village: Village, number: string, servicePoint = 1): Promise<Row<'request'>> {
  const found = (await requestsOf(village, number)).filter(
    (request) => request.kind === 'enroll' && request.service_point === `${number}-${servicePoint}`,
  )
  const last = found.at(-1)
  if (last === undefined) throw new Error('the test asked for this enrollment')
  return last
}

export async function reject(
  village: Village,
  lin01: string,
  codes: readonly string[],
  at: Instant = DAYS.answers,
): Promise<void> {
  const answer = { lin01, processedOn: day('2027-03-24'), codes }
  await village.database.tx((trx) => applyRejection(trx, occasion(village, at), answer, village.terms))
}

export interface ToldDrop {
  readonly on?: string
  readonly isRescission?: boolean
  readonly servicePoint?: string | null
}

/** The utility drops the account, because the household rescinded unless told otherwise. */
export async function utilityDrops(
  village: Village,
  number: string,
  told: ToldDrop = {},
  at: Instant = DAYS.answers,
): Promise<void> {
  const { on = '2027-03-25', isRescission = true, servicePoint = null } = told
  const drop = {
    accountNumber: number,
    servicePoint,
    on: day(on),
    isRescission,
    reason: isRescission ? 'rescinded' : 'moved',
  }
  await village.database.tx((trx) => applyUtilityDrop(trx, occasion(village, at), drop, village.terms))
}

export async function serviceStarts(
  village: Village,
  number: string,
  on: string,
  servicePoint: string | null = null,
  at: Instant = DAYS.answers,
): Promise<void> {
  const start = { accountNumber: number, servicePoint, on: day(on) }
  await village.database.tx((trx) => applyActualStarts(trx, occasion(village, at), [start], village.terms))
}

export async function answerDrop(village: Village, lin01: string, accepted: boolean, at: Instant): Promise<void> {
  const answer = { lin01, accepted, on: day('2027-04-02'), codes: accepted ? [] : ['A13'] }
  await village.database.tx((trx) => applyDropAnswer(trx, occasion(village, at), answer, village.terms))
}

export async function undoAll(village: Village, at: Instant, cohort: string = INITIAL_COHORT): Promise<void> {
  await planUndos(village.database, occasion(village, at), cohort, village.terms)
}
