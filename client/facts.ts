/** Facts that people and parties bring: committed to the ledger first, then acknowledged. They work while Temporal is down. */
import { throwSwitch } from '../persistence/ledger/stop-switches.js'
import type { Bid } from '../domain/bid.js'
import type { CivilDate } from '../domain/civil-date.js'
import { addBid as recordBid } from '../persistence/ledger/bids.js'
import { type NewCustomerList, storeCustomerList } from '../persistence/ledger/customer-lists.js'
import {
  addEvidence as recordEvidence,
  type EvidenceOutcome,
  type NewEvidence,
} from '../persistence/ledger/evidence.js'
import { addReturn as recordReturn, planReMail as recordReMail } from '../persistence/ledger/re-mails.js'
import type { NewReceipt, Receipt } from '../persistence/ledger/receipts.js'
import { resolveSending as recordChoice, type SendingChoice } from '../persistence/ledger/undecided-sendings.js'
import { closeWorkItem as closeItem } from '../persistence/ledger/work-items.js'
import { cycleId } from '../domain/run-ids.js'
import { oweWakeUp } from '../persistence/ledger/wake-ups.js'
import { type Answer, type Asking, type Desk, termsOf, verbOf } from './desk.js'
import { intakeReceipt } from './receipt-intake.js'

export async function importList(
  desk: Desk,
  asking: Asking,
  list: NewCustomerList,
): Answer<{ readonly listId: string; readonly repeated: boolean }> {
  return desk.database.tx((trx) => storeCustomerList(trx, verbOf(desk, asking), list))
}

export async function addBid(
  desk: Desk,
  asking: Asking,
  bid: Bid,
): Answer<{ readonly bidId: number; readonly round: number }> {
  const terms = await termsOf(desk, asking.programId)
  return desk.database.tx((trx) => recordBid(trx, verbOf(desk, asking), bid, terms))
}

export async function addEvidence(desk: Desk, asking: Asking, evidence: NewEvidence): Answer<EvidenceOutcome> {
  const terms = await termsOf(desk, asking.programId)
  return desk.database.tx((trx) => recordEvidence(trx, verbOf(desk, asking), evidence, terms))
}

export function addReceipt(desk: Desk, asking: Asking, reply: NewReceipt): Answer<Receipt> {
  return intakeReceipt(desk.database, { verb: verbOf(desk, asking), reply })
}

export async function addReturn(
  desk: Desk,
  asking: Asking,
  letterCode: string,
  returnedOn: CivilDate,
): Answer<{ readonly cohort: string }> {
  const terms = await termsOf(desk, asking.programId)
  return desk.database.tx((trx) => recordReturn(trx, verbOf(desk, asking), letterCode, returnedOn, terms))
}

export async function planReMail(
  desk: Desk,
  asking: Asking,
  accountIds: readonly number[],
  plannedOn: CivilDate,
): Answer<{ readonly cohort: string; readonly dropNo: number }> {
  const terms = await termsOf(desk, asking.programId)
  return desk.database.tx((trx) => recordReMail(trx, verbOf(desk, asking), accountIds, plannedOn, terms))
}

export async function closeWorkItem(
  desk: Desk,
  asking: Asking,
  itemId: number,
  resolution: string,
): Answer<{ readonly item: number }> {
  return desk.database.tx(async (trx) => {
    const closed = await closeItem(trx, verbOf(desk, asking), itemId, resolution)
    if (closed.ok) await oweWakeUp(trx, asking.programId, cycleId(asking.programId))
    return closed
  })
}

/** What a person decided about a sending whose outcome is unknown, or that the party refused. */
export async function resolveSending(
  desk: Desk,
  asking: Asking,
  sendingId: number,
  choice: SendingChoice,
): Answer<{ readonly sending: number }> {
  return desk.database.tx((trx) => recordChoice(trx, verbOf(desk, asking), sendingId, choice))
}

/** Stops or releases sending to a party. Ledger first, so that it holds while the workflow server is down. */
export async function stop(
  desk: Desk,
  asking: Asking,
  party: string,
  on: boolean,
  why: string,
): Answer<{ readonly on: boolean }> {
  return desk.database.tx((trx) => throwSwitch(trx, verbOf(desk, asking), party, on, why))
}
