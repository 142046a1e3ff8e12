/** What the documents of one program have in common: the letterhead from the plan, and its facts by name. */
import type { CivilDate } from '../../domain/civil-date.js'
import type { Instant } from '../../domain/instant.js'
import { invariant } from '../../domain/invariant.js'
import type { AuthorityStep, Cited, PlanTerms } from '../../domain/plan.js'
import { dateInWords } from '../../domain/wording.js'
import { openSheet } from './sheet.js'
import type { Sheet } from './sheet.js'

export interface ProgramDocument {
  /** Target of the PDF. */
  readonly file: string
  /** Program time; the same order gives the same bytes. */
  readonly createdAt: Instant
  /** The date on the document. */
  readonly date: CivilDate
  readonly terms: PlanTerms
}

export const PROGRAM_NAME = 'Electricity Aggregation Program'

export function openPlanSheet(order: ProgramDocument, title: string): Sheet {
  const { aggregator } = order.terms
  const header = { file: order.file, title, author: aggregator.name, language: 'en-US', createdAt: order.createdAt }
  return openSheet(header, aggregator, PROGRAM_NAME)
}

/** A fact of plan, state or utility that the document cannot do without. */
export function planFact(terms: PlanTerms, key: string): Cited<string> {
  const fact = terms.noticeFacts[key]
  invariant(fact !== undefined, `the plan files name the fact "${key}"`)
  return fact
}

/** The public acts on which the program rests, as rows of three columns; what nobody has checked says so. */
export function authorityRows(steps: readonly AuthorityStep[]): string[][] {
  return steps.map((step) => [
    `${step.what.charAt(0).toUpperCase()}${step.what.slice(1)}`,
    step.verified === false ? `${dateInWords(step.on)} (confirm before signing)` : dateInWords(step.on),
    step.cite,
  ])
}
