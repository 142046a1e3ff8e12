/**
 * Receipts: replies as they came in, committed before they are acknowledged, judged by the rules of domain/.
 *
 * The first valid opt-out wins; what cannot be matched or is unsigned waits for a person; a timely reply after the freeze is undone
 * for its stage. Before the freeze a receipt wakes no run: the freeze reads the ledger.
 */
import type { Kysely } from 'kysely'
import type { CivilDate } from '../../domain/civil-date.js'
import { clauseOf } from '../../domain/clause.js'
import { compareInstants, type Instant } from '../../domain/instant.js'
import type { PlanTerms } from '../../domain/plan.js'
import type { Channel, Judgement, Reply } from '../../domain/receipt.js'
import { accepted, type Outcome, refused } from '../../domain/refusal.js'
import { cohortId } from '../../domain/run-ids.js'
import { judge, needsSignature } from '../../domain/timeliness.js'
import type { AccountState, Row, Tables } from '../tables.js'
import { deadlinesOf } from './deadlines.js'
import { appendEvents, type NewEvent, type Occasion, type Trx } from './journal.js'
import { once, type Verb } from './verbs.js'
import { oweWakeUp } from './wake-ups.js'
import { closeItemsOf, openWorkItems } from './work-items.js'

export interface NewReceipt {
  /** As typed or scanned: an account number, or nothing when a letter code names the piece. */
  readonly account: string
  readonly letterCode?: string
  readonly channel: Channel
  readonly postmark: CivilDate | null
  readonly received: Instant
  readonly signed: boolean
}

export interface Receipt {
  /** The number to give back to the sender. */
  readonly receipt: string
  readonly verdict: Row<'receipt'>['verdict']
  readonly effect: Row<'receipt'>['effect']
  readonly why: string
  readonly clause: string | null
}

/** Row states in which the enrollment has begun, so that a timely reply has to be undone. */
const AFTER_FREEZE: readonly AccountState[] = ['rostered', 'submitted', 'accepted', 'rejected', 'rescinded', 'in-service']
/** Kinds of work item that a valid reply answers. */
const ANSWERED_BY_OPT_OUT = ['unsigned-card', 'reply-needs-a-person', 'notice-returned', 'omitted-member'] as const

export function receiptNumber(receiptId: number): string {
  return `R-${String(receiptId).padStart(7, '0')}`
}

export async function recordReceipt(trx: Trx, verb: Verb, reply: NewReceipt, terms: PlanTerms): Promise<Outcome<Receipt>> {
  return once<Receipt>(trx, verb, 'record-receipt', async () => {
    const clause = clauseOf(terms.channels)
    if (compareInstants(reply.received, verb.at) > 0) {
      return refused('RECEIPT_FROM_FUTURE', 'The reply is dated after now; correct the time of receipt and enter it again.', clause)
    }
    const account = await findAccount(trx, verb.programId, reply)
    const outcome = account === null ? unmatched(terms) : await judgeReply(trx, reply, account, terms)
    const row = await trx
      .insertInto('receipt')
      .values({
        program_id: verb.programId,
        account_id: account?.account_id ?? null,
        typed_account: reply.account === '' ? (reply.letterCode ?? '') : reply.account,
        channel: reply.channel,
        postmark: reply.postmark,
        received_at: reply.received,
        signed: reply.signed,
        verdict: outcome.verdict,
        why: outcome.why,
        clause: outcome.clause,
        effect: outcome.effect,
        recorded_at: verb.at,
        actor: verb.actor,
      })
      .returning('receipt_id')
      .executeTakeFirstOrThrow()
    const receipt = receiptNumber(row.receipt_id)
    await carryOut(trx, verb, outcome, account, { receipt, channel: reply.channel, received: reply.received })
    return accepted({ receipt, verdict: outcome.verdict, effect: outcome.effect, why: outcome.why, clause: outcome.clause })
  })
}

type AccountOfReply = Pick<Row<'account'>, 'account_id' | 'state' | 'eligibility' | 'cohort'>

async function findAccount(trx: Trx, programId: string, reply: NewReceipt): Promise<AccountOfReply | null> {
  const columns = ['account.account_id', 'account.state', 'account.eligibility', 'account.cohort'] as const
  const accounts = trx.selectFrom('account').select(columns).where('account.program_id', '=', programId)
  const byNumber = reply.account === '' ? undefined : await accounts.where('account_number', '=', reply.account).forUpdate().executeTakeFirst()
  if (byNumber !== undefined || reply.letterCode === undefined) return byNumber ?? null
  const byCode = await accounts
    .innerJoin('piece', 'piece.account_id', 'account.account_id')
    .where('piece.letter_code', '=', reply.letterCode)
    .forUpdate('account')
    .executeTakeFirst()
  return byCode ?? null
}

interface JudgedReply extends Omit<Judgement, 'verdict' | 'clause'> {
  readonly verdict: Row<'receipt'>['verdict']
  readonly effect: Row<'receipt'>['effect']
  readonly clause: string | null
  readonly item: string | null
}

function unmatched(terms: PlanTerms): JudgedReply {
  const why = 'The number on the reply is none of this list; compare name and address on the reply with the list.'
  return { verdict: 'needs-a-person', effect: 'work-item', why, clause: clauseOf(terms.channels), item: 'unmatched-reply' }
}

async function judgeReply(trx: Trx, reply: Reply, account: AccountOfReply, terms: PlanTerms): Promise<JudgedReply> {
  const deadline = (await deadlinesOf(trx, [account.account_id])).get(account.account_id)?.deadline ?? null
  return decideReply(reply, account, deadline, terms)
}

/** What a reply leads to, given where its account stands. */
export function decideReply(reply: Reply, account: Pick<Row<'account'>, 'state' | 'eligibility'>, deadline: CivilDate | null, terms: PlanTerms): JudgedReply {
  const clause = clauseOf(terms.channels)
  if (account.eligibility !== 'auto-enroll') {
    const why = `The account is ${account.eligibility} and is never enrolled automatically, so there is nothing to opt out of; the reply is kept.`
    return { verdict: 'timely', effect: 'none', why, clause, item: null }
  }
  if (deadline === null) {
    const why = 'The mailing of this account’s notice is not evidenced yet; the reply is judged as soon as it is.'
    return { verdict: 'awaiting-evidence', effect: 'none', why, clause, item: null }
  }
  const judgement = judge(reply, deadline, terms)
  if (judgement.verdict === 'late') return { ...judgement, effect: 'none', item: null }
  if (judgement.verdict === 'needs-a-person') return { ...judgement, effect: 'work-item', item: 'reply-needs-a-person' }
  if (account.state === 'opted-out') return { ...judgement, effect: 'already-out', item: null }
  if (needsSignature(reply)) {
    const why = `${judgement.why} It is not signed; ask the household to sign, and until then the account is not enrolled.`
    return { verdict: 'needs-a-person', effect: 'work-item', why, clause: judgement.clause, item: 'unsigned-card' }
  }
  return { ...judgement, effect: AFTER_FREEZE.includes(account.state) ? 'undo' : 'opted-out', item: null }
}

async function carryOut(
  trx: Trx,
  occasion: Occasion,
  outcome: JudgedReply,
  account: AccountOfReply | null,
  reply: { readonly receipt: string; readonly channel: string; readonly received: Instant },
): Promise<void> {
  const place = { accountId: account?.account_id ?? null, cohort: account?.cohort ?? null, clause: outcome.clause }
  const events: NewEvent[] = [
    { ...place, kind: 'receipt-recorded', effective: reply.received, data: { receipt: reply.receipt, channel: reply.channel, verdict: outcome.verdict, why: outcome.why } },
  ]
  if (account === null) events.push({ ...place, kind: 'receipt-unmatched', data: { receipt: reply.receipt } })
  const optsOut = account !== null && (outcome.effect === 'opted-out' || outcome.effect === 'undo')
  if (optsOut) events.push({ ...place, kind: 'opted-out', effective: reply.received, data: { receipt: reply.receipt, channel: reply.channel } })
  await appendEvents(trx, occasion, events)
  if (outcome.item !== null) {
    await openWorkItems(trx, occasion, [{ kind: outcome.item, message: `Reply ${reply.receipt}: ${outcome.why}`, clause: outcome.clause, cohort: place.cohort, accountId: place.accountId }])
  }
  if (!optsOut || account === null) return
  await trx.updateTable('account').set({ state: 'opted-out' }).where('account_id', '=', account.account_id).execute()
  await closeItemsOf(trx, occasion, account.account_id, ANSWERED_BY_OPT_OUT, `answered by the valid reply ${reply.receipt}`)
  if (outcome.effect === 'undo' && account.cohort !== null) await oweWakeUp(trx, occasion.programId, cohortId(occasion.programId, account.cohort))
}

/**
 * Judges the kept replies of some accounts again, after their deadline became known or moved. An opt-out that counted stays: only a
 * verdict that was open or against the household can change.
 */
export async function rejudge(trx: Trx, occasion: Occasion, accountIds: readonly number[], terms: PlanTerms): Promise<void> {
  if (accountIds.length === 0) return
  const receipts = await trx
    .selectFrom('receipt')
    .selectAll()
    .where('account_id', 'in', [...accountIds])
    .where('verdict', 'in', ['awaiting-evidence', 'late'])
    .orderBy('received_at')
    .orderBy('receipt_id')
    .execute()
  const deadlines = await deadlinesOf(trx, [...new Set(receipts.flatMap((row) => (row.account_id === null ? [] : [row.account_id])))])
  for (const row of receipts) {
    if (row.account_id === null) continue
    const account = await trx.selectFrom('account').select(['account_id', 'state', 'eligibility', 'cohort']).where('account_id', '=', row.account_id).forUpdate().executeTakeFirstOrThrow()
    const reply: Reply = { channel: row.channel as Channel, postmark: row.postmark, received: row.received_at, signed: row.signed }
    const outcome = decideReply(reply, account, deadlines.get(row.account_id)?.deadline ?? null, terms)
    if (outcome.verdict === row.verdict && outcome.why === row.why) continue
    await trx.updateTable('receipt').set({ verdict: outcome.verdict, why: outcome.why, clause: outcome.clause, effect: outcome.effect }).where('receipt_id', '=', row.receipt_id).execute()
    const receipt = receiptNumber(row.receipt_id)
    await appendEvents(trx, occasion, [
      { kind: 'receipt-rejudged', accountId: row.account_id, cohort: account.cohort, clause: outcome.clause, data: { receipt, verdict: outcome.verdict, why: outcome.why } },
    ])
    await settleRejudged(trx, occasion, outcome, account, receipt, reply)
  }
}

async function settleRejudged(trx: Trx, occasion: Occasion, outcome: JudgedReply, account: AccountOfReply, receipt: string, reply: Reply): Promise<void> {
  if (outcome.item !== null) {
    await openWorkItems(trx, occasion, [{ kind: outcome.item, message: `Reply ${receipt}: ${outcome.why}`, clause: outcome.clause, cohort: account.cohort, accountId: account.account_id }])
  }
  if (outcome.effect !== 'opted-out' && outcome.effect !== 'undo') return
  await trx.updateTable('account').set({ state: 'opted-out' }).where('account_id', '=', account.account_id).execute()
  await appendEvents(trx, occasion, [
    { kind: 'opted-out', accountId: account.account_id, cohort: account.cohort, effective: reply.received, clause: outcome.clause, data: { receipt, channel: reply.channel } },
  ])
  if (outcome.effect === 'undo' && account.cohort !== null) await oweWakeUp(trx, occasion.programId, cohortId(occasion.programId, account.cohort))
}

/** Replies per account, in the order received: for the case page and the account table. */
export async function receiptsOf(db: Kysely<Tables>, accountId: number): Promise<Row<'receipt'>[]> {
  return db.selectFrom('receipt').selectAll().where('account_id', '=', accountId).orderBy('received_at').orderBy('receipt_id').execute()
}
