/** What a batch of replies leads to, given where their accounts stand. Locks the accounts. */
import type { PlanTerms } from '../../domain/plan.js'
import type { Row } from '../tables.js'
import { deadlinesOf } from './deadlines.js'
import { decideReply, type JudgedReply, unmatchedReply } from './decide-reply.js'
import type { Occasion, Trx } from './journal.js'
import type { AskedReceipt, NewReceipt } from './receipts.js'

export type AccountOfReply = Pick<Row<'account'>, 'account_id' | 'state' | 'eligibility' | 'cohort'>

export interface Judged<R> {
  readonly occasion: Occasion
  readonly reply: R
  readonly account: AccountOfReply | null
  readonly outcome: JudgedReply
}

/** A second reply for an account is judged as if the first were recorded already. */
export async function judgeAll(
  trx: Trx,
  asked: readonly AskedReceipt[],
  terms: PlanTerms,
): Promise<Judged<NewReceipt>[]> {
  const accounts = await accountsOf(trx, asked)
  const ids = new Set(accounts.flatMap((account) => account?.account_id ?? []))
  const deadlines = await deadlinesOf(trx, [...ids])
  const optedOut = new Set<number>()
  return asked.map(({ verb, reply }, index) => {
    const found = accounts[index] ?? null
    if (found === null) return { occasion: verb, reply, account: null, outcome: unmatchedReply(terms) }
    const account = optedOut.has(found.account_id) ? { ...found, state: 'opted-out' as const } : found
    const outcome = decideReply(reply, account, deadlines.get(account.account_id)?.deadline ?? null, terms)
    if (leavesNow(outcome)) optedOut.add(account.account_id)
    return { occasion: verb, reply, account, outcome }
  })
}

export const ACCOUNT_OF_REPLY = [
  'account.account_id',
  'account.state',
  'account.eligibility',
  'account.cohort',
] as const

/** The account of each reply, locked: by the number on it, else by the letter code. */
async function accountsOf(trx: Trx, asked: readonly AskedReceipt[]): Promise<(AccountOfReply | undefined)[]> {
  const accounts = trx
    .selectFrom('account')
    .select(ACCOUNT_OF_REPLY)
    .where('account.program_id', '=', asked[0]?.verb.programId ?? '')
    // always in the same order, so that two transactions do not wait for each other
    .orderBy('account.account_id')
    .forUpdate('account')
  const numbers = [...new Set(asked.flatMap(({ reply }) => (reply.account === '' ? [] : [reply.account])))]
  const byNumber = new Map(
    numbers.length === 0
      ? []
      : (await accounts.select('account_number').where('account_number', 'in', numbers).execute()).map((row) => [
          row.account_number,
          row,
        ]),
  )
  const codes = [
    ...new Set(
      asked.flatMap(({ reply }) =>
        byNumber.has(reply.account) || reply.letterCode === undefined ? [] : [reply.letterCode],
      ),
    ),
  ]
  const byCode = new Map(
    codes.length === 0
      ? []
      : (
          await accounts
            .innerJoin('piece', 'piece.account_id', 'account.account_id')
            .select('piece.letter_code')
            .where('piece.letter_code', 'in', codes)
            .execute()
        ).map((row) => [row.letter_code, row]),
  )
  return asked.map(({ reply }) => byNumber.get(reply.account) ?? byCode.get(reply.letterCode ?? ''))
}

/** True when the household leaves by this reply. */
export function leavesNow({ effect }: JudgedReply): boolean {
  return effect === 'opted-out' || effect === 'undo'
}
