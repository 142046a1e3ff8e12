/**
 * List review: the utility's rows become accounts, each with its findings and its eligibility.
 *
 * Hit policy collect: every finding is kept. Eligibility is the strictest of what the plan says for each finding; without
 * a finding an account is `auto-enroll`. Nobody gets lost: rows = service points + merged repeats + refused rows.
 *
 * A repeat is a row with all values of an earlier one, on whichever list. A row that names a service point again with
 * other values is neither a repeat nor refused: it is counted as a service point of its own, both rows count for the
 * findings, and the account keeps one entry for the service point (the one with the higher use).
 */
import { ELIGIBILITIES, type Eligibility } from './account.js'
import { invariant } from './invariant.js'
import type { ListConventions } from './list-columns.js'
import { rowReader, type ListProblem, type ListRow } from './list-row.js'
import { warningLog, type ListWarning } from './list-warnings.js'
import { FINDING_CODES, type FindingCode, type PlanTerms } from './plan.js'
import { addRow, closeAccount, detailsDiffer, openAccount } from './reviewed-account.js'
import type { FindingRules, OpenAccount, ReviewedAccount } from './reviewed-account.js'

export interface ListReview {
  /** Rows read; the header and blank lines are not among them. */
  readonly rows: number
  /** In the order in which the lists first name them. */
  readonly accounts: readonly ReviewedAccount[]
  readonly servicePoints: number
  /** Exact repeats that were merged. */
  readonly duplicateRows: number
  readonly problems: readonly ListProblem[]
  readonly warnings: readonly ListWarning[]
  readonly eligibility: Readonly<Record<Eligibility, number>>
  /** Accounts with each finding; an account with two findings counts in both. */
  readonly reasons: Readonly<Record<FindingCode, number>>
}

export interface ReviewContext extends FindingRules {
  readonly terms: FindingRules['terms'] & { readonly utility: Pick<PlanTerms['utility'], 'accountNumberDigits'> }
  readonly conventions: ListConventions
}

/** Takes the rows one at a time; what it keeps grows with the accounts, not with the files. */
export async function reviewList(
  rows: AsyncIterable<ListRow> | Iterable<ListRow>,
  context: ReviewContext,
): Promise<ListReview> {
  const read = rowReader(context.conventions, context.terms.utility.accountNumberDigits.value)
  const open = new Map<string, OpenAccount>()
  const problems: ListProblem[] = []
  const log = warningLog()
  let rowCount = 0
  let servicePoints = 0
  let duplicateRows = 0

  for await (const listRow of rows) {
    rowCount += 1
    const { row, problem, warnings } = read(listRow)
    if (row === null) {
      problems.push(problem)
      continue
    }
    const account = open.get(row.accountNumber) ?? openAccount(row)
    open.set(row.accountNumber, account)
    const effect = addRow(account, listRow, row, context)
    if (account.lists.length > 1) log.add('on-several-lists', listRow)
    if (effect === 'repeat') {
      duplicateRows += 1
      continue
    }
    servicePoints += 1
    if (effect === 'conflict') log.add('service-point-conflict', listRow)
    if (detailsDiffer(account.first, row)) log.add('account-details-differ', listRow)
    for (const warning of warnings) log.add(warning, listRow)
  }

  invariant(
    rowCount === servicePoints + duplicateRows + problems.length,
    'every row of the list is a service point, a repeat or refused',
  )
  const accounts = closeAll(open, context.terms)
  return {
    rows: rowCount,
    accounts,
    servicePoints,
    duplicateRows,
    problems,
    warnings: log.warnings(),
    eligibility: countBy(ELIGIBILITIES, accounts, (account) => [account.eligibility]),
    reasons: countBy(FINDING_CODES, accounts, (account) => account.findings),
  }
}

/** Lets each open account go as it is closed: both forms of all of them at once would be twice the memory. */
function closeAll(open: Map<string, OpenAccount>, terms: FindingRules['terms']): ReviewedAccount[] {
  const closed: ReviewedAccount[] = []
  for (const [accountNumber, account] of open) {
    closed.push(closeAccount(account, terms))
    open.delete(accountNumber)
  }
  return closed
}

function countBy<K extends string>(
  keys: readonly K[],
  accounts: readonly ReviewedAccount[],
  keysOf: (account: ReviewedAccount) => readonly K[],
): Record<K, number> {
  const counts = Object.fromEntries(keys.map((key) => [key, 0])) as Record<K, number>
  for (const account of accounts) for (const key of keysOf(account)) counts[key] += 1
  return counts
}
