/** `list review`: who of the utility's list may be enrolled, and why the others may not. Runs without a store. */
import { ELIGIBILITIES, type Eligibility } from '../domain/account.js'
import { clauseOf } from '../domain/clause.js'
import { reviewList, type ListReview } from '../domain/list-review.js'
import { FINDING_CODES, type FindingCode, type PlanTerms } from '../domain/plan.js'
import { conventionsOf, NO_MAPPING, readListMapping } from '../persistence/list-mapping.js'
import { readBoundaryFile } from '../persistence/list-files/boundary-file.js'
import { listSourcesIn } from '../persistence/list-files/list-source.js'
import { readCustomerList } from '../persistence/list-files/read-customer-list.js'
import { recallPlan } from '../persistence/plan-cache.js'
import { dateArgument } from './arguments.js'
import type { ListReviewOptions } from './command-options.js'
import { printProgress, printResult } from './output.js'

/** Refused rows are part of the result and leave the exit code at 0; warnings go to stderr. */
export async function listReview(options: ListReviewOptions): Promise<void> {
  const asOf = dateArgument('--as-of', options.asOf)
  const terms = await recallPlan(options.plan)
  const boundary = readBoundaryFile(options.boundary)
  const mapping = options.mapping === undefined ? NO_MAPPING : readListMapping(options.mapping)
  const sources = await listSourcesIn(options.list, mapping)
  const review = await reviewList(readCustomerList(sources, mapping), {
    terms,
    boundary,
    asOf,
    conventions: conventionsOf(mapping),
  })
  for (const warning of review.warnings) printProgress(`Warning: ${warning.message}`)
  const { rows, accounts, servicePoints, duplicateRows, problems, eligibility, reasons } = review
  printResult(
    options,
    { rows, accounts: accounts.length, servicePoints, duplicateRows, problems, eligibility, reasons },
    sentences(review, terms, asOf),
  )
}

function sentences(review: ListReview, terms: PlanTerms, asOf: string): string[] {
  const { rows, accounts, servicePoints, duplicateRows, problems } = review
  const partial = accounts.filter((account) => account.notes.includes('fewer-than-12-months')).length
  return [
    `${terms.title}, as of ${asOf}: ${count(rows, 'row')} = ${count(servicePoints, 'service point')} + ${count(duplicateRows, 'exact repeat')} + ${count(problems.length, 'refused row')}.`,
    `${count(accounts.length, 'account')}:`,
    ...ELIGIBILITIES.toReversed().map((key) => `${column(review.eligibility[key])}  ${key}: ${MEANING[key]}`),
    'Findings (an account may have several; the strictest decides):',
    ...FINDING_CODES.map(
      (code) =>
        `${column(review.reasons[code])}  ${code}: ${terms.eligibility[code].value}, ${FINDING[code]} (${clauseOf(terms.eligibility[code])})`,
    ),
    `${count(partial, 'account')} with fewer than twelve months of use: judged by the months given.`,
    problems.length === 0 ? 'No row was refused.' : 'Refused rows:',
    ...problems.map((problem) => `  ${problem.file}:${problem.line}  ${problem.message}`),
  ]
}

const MEANING: Readonly<Record<Eligibility, string>> = {
  'auto-enroll': 'gets a notice and is enrolled unless the household opts out',
  'opt-in-only': 'joins only on request',
  'needs-review': 'waits for a person',
  ineligible: 'is never noticed',
}

const FINDING: Readonly<Record<FindingCode, string>> = {
  'outside-boundary': 'the house number lies in no range of its street',
  'boundary-unresolved': 'no range names the street, or the number cannot be read',
  'free-service': 'service without charge',
  'bundled-hold': 'held by the utility on that day',
  'over-15000-kwh': 'non-residential with more use in a year than a small business',
  hourly: 'on an hourly price of the utility',
  'other-supplier': 'with another supplier or applying to one',
  'electric-heat': "on the utility's electric heat rate",
}

function column(value: number): string {
  return String(value).padStart(8)
}

function count(value: number, noun: string): string {
  return `${value} ${noun}${value === 1 ? '' : 's'}`
}
