/**
 * Receipts: replies as they came in, committed before they are acknowledged, judged by the rules of domain/.
 *
 * The first valid opt-out wins; what cannot be matched or is unsigned waits for a person; a timely reply after the freeze
 * is undone for its stage. Before the freeze a receipt wakes no run: the freeze reads the ledger.
 */
import type { CivilDate } from '../../domain/civil-date.js'
import { clauseOf } from '../../domain/clause.js'
import { compareInstants, type Instant } from '../../domain/instant.js'
import type { PlanTerms } from '../../domain/plan.js'
import type { Channel, Reply } from '../../domain/receipt.js'
import { accepted, type Outcome, refused } from '../../domain/refusal.js'
import { cohortId } from '../../domain/run-ids.js'
import type { Row } from '../tables.js'
import { deadlinesOf } from './deadlines.js'
import { decideReply } from './decide-reply.js'
import { ACCOUNT_OF_REPLY, judgeAll, type Judged, leavesNow } from './judge-replies.js'
import { insertNumberedRows } from './bulk-rows.js'
import { appendEntries, appendEvents, type NewEntry, type NewEvent, type Occasion, type Trx } from './journal.js'
import { onceEach, type Verb } from './verbs.js'
import { oweWakeUp } from './wake-ups.js'
import { accountsWithItems, closeItemsOf, openWorkItems } from './work-items.js'

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

/** Kinds of work item that a valid reply answers. */
const ANSWERED_BY_OPT_OUT = ['unsigned-card', 'reply-needs-a-person', 'notice-returned', 'omitted-member'] as const

export function receiptNumber(receiptId: number): string {
  return `R-${String(receiptId).padStart(7, '0')}`
}

export interface AskedReceipt {
  readonly verb: Verb
  readonly reply: NewReceipt
}

/**
 * Records replies to one program in the order given, in a dozen statements however many they are.
 * @returns the outcomes in the same order
 */
export async function recordReceipts(
  trx: Trx,
  asked: readonly AskedReceipt[],
  terms: PlanTerms,
): Promise<Outcome<Receipt>[]> {
  return onceEach<AskedReceipt, Receipt>(trx, asked, 'record-receipt', async (fresh) => {
    const possible = fresh.filter(({ verb, reply }) => compareInstants(reply.received, verb.at) <= 0)
    const receipts = await recordAll(trx, possible, terms)
    const receiptOf = new Map(possible.map((each, index) => [each, receipts[index]]))
    return fresh.map((each) => {
      const receipt = receiptOf.get(each)
      const why = 'The reply is dated after now; correct the time of receipt and enter it again.'
      return receipt === undefined ? refused('RECEIPT_FROM_FUTURE', why, clauseOf(terms.channels)) : accepted(receipt)
    })
  })
}

async function recordAll(trx: Trx, asked: readonly AskedReceipt[], terms: PlanTerms): Promise<readonly Receipt[]> {
  const judged = await judgeAll(trx, asked, terms)
  const ids = await insertNumberedRows(
    trx,
    'receipt',
    'receipt_id',
    judged.map(({ occasion, reply, account, outcome }) => ({
      program_id: occasion.programId,
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
      recorded_at: occasion.at,
      actor: occasion.actor,
    })),
  )
  const numbered = judged.map((each, index) => ({ ...each, receipt: receiptNumber(ids[index] as number) }))
  await appendEntries(trx, numbered.flatMap(entriesOf))
  await carryOut(trx, numbered)
  return numbered.map(({ receipt, outcome: { verdict, effect, why, clause } }) => ({
    receipt,
    verdict,
    effect,
    why,
    clause,
  }))
}

type Numbered<R = Pick<NewReceipt, 'channel' | 'received'>> = Judged<R> & { readonly receipt: string }

function placeOf({ account, outcome }: Pick<Judged<unknown>, 'account' | 'outcome'>) {
  return { accountId: account?.account_id ?? null, cohort: account?.cohort ?? null, clause: outcome.clause }
}

function entriesOf(each: Numbered): NewEntry[] {
  const { occasion, reply, outcome, receipt } = each
  const data = { receipt, channel: reply.channel, verdict: outcome.verdict, why: outcome.why }
  const recorded: NewEvent = { ...placeOf(each), kind: 'receipt-recorded', effective: reply.received, data }
  const unmatched: NewEvent = { ...placeOf(each), kind: 'receipt-unmatched', data: { receipt } }
  return (each.account === null ? [recorded, unmatched] : [recorded]).map((event) => ({ occasion, event }))
}

async function carryOut(trx: Trx, judged: readonly Numbered[]): Promise<void> {
  for (const each of judged) {
    const { item, why } = each.outcome
    const message = `Reply ${each.receipt}: ${why}`
    if (item !== null) await openWorkItems(trx, each.occasion, [{ ...placeOf(each), kind: item, message }])
  }
  const leaving = judged.flatMap((each) =>
    each.account !== null && leavesNow(each.outcome) ? [{ ...each, account: each.account }] : [],
  )
  if (leaving.length === 0) return
  const ids = leaving.map(({ account }) => account.account_id)
  await trx.updateTable('account').set({ state: 'opted-out' }).where('account_id', 'in', ids).execute()
  await appendEntries(
    trx,
    leaving.map((each) => {
      const { receipt, occasion, reply } = each
      const data = { receipt, channel: reply.channel }
      return { occasion, event: { ...placeOf(each), kind: 'opted-out', effective: reply.received, data } }
    }),
  )
  const waiting = await accountsWithItems(trx, leaving[0]?.occasion.programId ?? '', ids, ANSWERED_BY_OPT_OUT)
  for (const { account, occasion, receipt } of leaving) {
    if (!waiting.has(account.account_id)) continue
    await closeItemsOf(trx, occasion, account.account_id, ANSWERED_BY_OPT_OUT, `answered by the valid reply ${receipt}`)
  }
  const undone = leaving.flatMap(({ outcome, occasion, account: { cohort } }) =>
    outcome.effect === 'undo' && cohort !== null
      ? [[cohortId(occasion.programId, cohort), occasion.programId] as const]
      : [],
  )
  for (const [workflowId, programId] of new Map(undone)) await oweWakeUp(trx, programId, workflowId)
}

/**
 * Judges the kept replies of some accounts again, after their deadline became known or moved. An opt-out that counted
 * stays: only a verdict that was open or against the household can change.
 */
export async function rejudge(
  trx: Trx,
  occasion: Occasion,
  accountIds: readonly number[],
  terms: PlanTerms,
): Promise<void> {
  if (accountIds.length === 0) return
  const receipts = await trx
    .selectFrom('receipt')
    .selectAll()
    .where('account_id', 'in', [...accountIds])
    .where('verdict', 'in', ['awaiting-evidence', 'late'])
    .orderBy('received_at')
    .orderBy('receipt_id')
    .execute()
  for (const row of receipts) await judgeAgain(trx, occasion, row, terms)
}

async function judgeAgain(trx: Trx, occasion: Occasion, row: Row<'receipt'>, terms: PlanTerms): Promise<void> {
  if (row.account_id === null) return
  const account = await trx
    .selectFrom('account')
    .select(ACCOUNT_OF_REPLY)
    .where('account_id', '=', row.account_id)
    .forUpdate()
    .executeTakeFirstOrThrow()
  const reply: Reply = {
    channel: row.channel as Channel,
    postmark: row.postmark,
    received: row.received_at,
    signed: row.signed,
  }
  const deadline = (await deadlinesOf(trx, [account.account_id])).get(account.account_id)?.deadline ?? null
  const outcome = decideReply(reply, account, deadline, terms)
  const { verdict, why, clause, effect } = outcome
  if (verdict === row.verdict && why === row.why) return
  await trx
    .updateTable('receipt')
    .set({ verdict, why, clause, effect })
    .where('receipt_id', '=', row.receipt_id)
    .execute()
  const receipt = receiptNumber(row.receipt_id)
  await appendEvents(trx, occasion, [
    {
      kind: 'receipt-rejudged',
      accountId: row.account_id,
      cohort: account.cohort,
      clause,
      data: { receipt, verdict, why },
    },
  ])
  await carryOut(trx, [{ occasion, reply, account, outcome, receipt }])
}
