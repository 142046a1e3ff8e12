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
  const accounts = await accountsOf(trx, asked, terms)
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

/** The account of each reply, locked: by the number on it, else by a number that the utility gave it later, else by the letter code. */
async function accountsOf(
  trx: Trx,
  asked: readonly AskedReceipt[],
  terms: PlanTerms,
): Promise<(AccountOfReply | undefined)[]> {
  const accounts = trx
    .selectFrom('account')
    .select(ACCOUNT_OF_REPLY)
    .where('account.program_id', '=', asked[0]?.verb.programId ?? '')
    // always in the same order, so that two transactions do not wait for each other
    .orderBy('account.account_id')
    .forUpdate('account')
  const numbersOn = ({ account }: NewReceipt): string[] => [account, wholeNumber(account, terms)]
  const numbers = unique(asked.flatMap(({ reply }) => numbersOn(reply)))
  const byNumber = await found(numbers, 'account_number', (wanted) =>
    accounts.select('account_number').where('account_number', 'in', wanted).execute(),
  )
  const byNewNumber = await found(
    numbers.filter((number) => !byNumber.has(number)),
    'new_number',
    (wanted) =>
      accounts
        .innerJoin('renumbering', 'renumbering.account_id', 'account.account_id')
        .select('renumbering.account_number as new_number')
        .where('renumbering.account_number', 'in', wanted)
        .execute(),
  )
  const accountOf = (reply: NewReceipt) =>
    numbersOn(reply)
      .map((number) => byNumber.get(number) ?? byNewNumber.get(number))
      .find((account) => account !== undefined)
  const codes = unique(asked.flatMap(({ reply }) => (accountOf(reply) ? [] : [reply.letterCode ?? ''])))
  const byCode = await found(codes, 'letter_code', (wanted) =>
    accounts
      .innerJoin('piece', 'piece.account_id', 'account.account_id')
      .select('piece.letter_code')
      .where('piece.letter_code', 'in', wanted)
      .execute(),
  )
  return asked.map(({ reply }) => accountOf(reply) ?? byCode.get(reply.letterCode ?? ''))
}

/** Without spaces and hyphens, and with the leading zeros that a spreadsheet takes away. */
function wholeNumber(typed: string, terms: Pick<PlanTerms, 'utility'>): string {
  const plain = typed.replace(/[\s-]/g, '')
  return /^\d+$/.test(plain) ? plain.padStart(terms.utility.accountNumberDigits.value, '0') : typed
}

const unique = (texts: readonly string[]): string[] => [...new Set(texts.filter((text) => text !== ''))]

/** Rows by the text they were looked for by; asks nothing when nothing is wanted. */
async function found<K extends string, R extends AccountOfReply & Readonly<Record<K, string>>>(
  wanted: readonly string[],
  key: K,
  look: (wanted: string[]) => Promise<R[]>,
): Promise<ReadonlyMap<string, AccountOfReply>> {
  const rows = wanted.length === 0 ? [] : await look([...wanted])
  return new Map(rows.map((row) => [row[key], row]))
}

/** True when the household leaves by this reply. */
export function leavesNow({ effect }: JudgedReply): boolean {
  return effect === 'opted-out' || effect === 'undo'
}
