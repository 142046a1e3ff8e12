/**
 * Receipts: replies as they came in, committed before they are acknowledged, judged by the rules of domain/.
 *
 * The first valid opt-out wins; what cannot be matched or is unsigned waits for a person; a timely reply after the freeze
 * is undone for its stage. Before the freeze a receipt wakes no run: the freeze reads the ledger.
 */
import type { Kysely } from 'kysely'
import type { CivilDate } from '../../domain/civil-date.js'
import { clauseOf } from '../../domain/clause.js'
import { compareInstants, type Instant } from '../../domain/instant.js'
import type { PlanTerms } from '../../domain/plan.js'
import type { Channel, Reply } from '../../domain/receipt.js'
import { accepted, type Outcome, refused } from '../../domain/refusal.js'
import { cohortId } from '../../domain/run-ids.js'
import type { Row, Tables } from '../tables.js'
import { deadlinesOf } from './deadlines.js'
import { decideReply, type JudgedReply, unmatchedReply } from './decide-reply.js'
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

/** Kinds of work item that a valid reply answers. */
const ANSWERED_BY_OPT_OUT = ['unsigned-card', 'reply-needs-a-person', 'notice-returned', 'omitted-member'] as const

export function receiptNumber(receiptId: number): string {
  return `R-${String(receiptId).padStart(7, '0')}`
}

export async function recordReceipt(
  trx: Trx,
  verb: Verb,
  reply: NewReceipt,
  terms: PlanTerms,
): Promise<Outcome<Receipt>> {
  return once<Receipt>(trx, verb, 'record-receipt', async () => {
    if (compareInstants(reply.received, verb.at) > 0) {
      const why = 'The reply is dated after now; correct the time of receipt and enter it again.'
      return refused('RECEIPT_FROM_FUTURE', why, clauseOf(terms.channels))
    }
    const account = await findAccount(trx, verb.programId, reply)
    const outcome = account === null ? unmatchedReply(terms) : await judgeReply(trx, reply, account, terms)
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
    const { verdict, why, effect, clause } = outcome
    const place = { accountId: account?.account_id ?? null, cohort: account?.cohort ?? null, clause }
    const data = { receipt, channel: reply.channel, verdict, why }
    const events: NewEvent[] = [{ ...place, kind: 'receipt-recorded', effective: reply.received, data }]
    if (account === null) events.push({ ...place, kind: 'receipt-unmatched', data: { receipt } })
    await appendEvents(trx, verb, events)
    await carryOut(trx, verb, outcome, account, { ...reply, receipt })
    return accepted({ receipt, verdict, effect, why, clause })
  })
}

type AccountOfReply = Pick<Row<'account'>, 'account_id' | 'state' | 'eligibility' | 'cohort'>

const ACCOUNT_OF_REPLY = ['account.account_id', 'account.state', 'account.eligibility', 'account.cohort'] as const

async function findAccount(trx: Trx, programId: string, reply: NewReceipt): Promise<AccountOfReply | null> {
  const accounts = trx.selectFrom('account').select(ACCOUNT_OF_REPLY).where('account.program_id', '=', programId)
  const byNumber =
    reply.account === ''
      ? undefined
      : await accounts.where('account_number', '=', reply.account).forUpdate().executeTakeFirst()
  if (byNumber !== undefined) return byNumber
  const byNewNumber =
    reply.account === ''
      ? undefined
      : await accounts
          .where('account.account_id', 'in', (eb) =>
            eb
              .selectFrom('renumbering')
              .select('renumbering.account_id')
              .where('renumbering.program_id', '=', programId)
              .where('renumbering.account_number', '=', reply.account),
          )
          .forUpdate()
          .executeTakeFirst()
  if (byNewNumber !== undefined || reply.letterCode === undefined) return byNewNumber ?? null
  const byCode = await accounts
    .innerJoin('piece', 'piece.account_id', 'account.account_id')
    .where('piece.letter_code', '=', reply.letterCode)
    .forUpdate('account')
    .executeTakeFirst()
  return byCode ?? null
}

async function judgeReply(trx: Trx, reply: Reply, account: AccountOfReply, terms: PlanTerms): Promise<JudgedReply> {
  const deadline = (await deadlinesOf(trx, [account.account_id])).get(account.account_id)?.deadline ?? null
  return decideReply(reply, account, deadline, terms)
}

async function carryOut(
  trx: Trx,
  occasion: Occasion,
  { effect, why, clause, item }: JudgedReply,
  account: AccountOfReply | null,
  { receipt, channel, received }: Pick<NewReceipt, 'channel' | 'received'> & { readonly receipt: string },
): Promise<void> {
  const place = { accountId: account?.account_id ?? null, cohort: account?.cohort ?? null, clause }
  if (item !== null) await openWorkItems(trx, occasion, [{ ...place, kind: item, message: `Reply ${receipt}: ${why}` }])
  if (account === null || (effect !== 'opted-out' && effect !== 'undo')) return
  await trx.updateTable('account').set({ state: 'opted-out' }).where('account_id', '=', account.account_id).execute()
  await appendEvents(trx, occasion, [{ ...place, kind: 'opted-out', effective: received, data: { receipt, channel } }])
  const resolution = `answered by the valid reply ${receipt}`
  await closeItemsOf(trx, occasion, account.account_id, ANSWERED_BY_OPT_OUT, resolution)
  if (effect === 'undo' && account.cohort !== null) {
    await oweWakeUp(trx, occasion.programId, cohortId(occasion.programId, account.cohort))
  }
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
  const outcome = await judgeReply(trx, reply, account, terms)
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
  await carryOut(trx, occasion, outcome, account, { ...reply, receipt })
}

/** Replies per account, in the order received: for the case page and the account table. */
export async function receiptsOf(db: Kysely<Tables>, accountId: number): Promise<Row<'receipt'>[]> {
  return db
    .selectFrom('receipt')
    .selectAll()
    .where('account_id', '=', accountId)
    .orderBy('received_at')
    .orderBy('receipt_id')
    .execute()
}
