/** A supplier's bid, and whether the board may award on it. */
import { type PricedClasses, guardPrice, type Rates } from './price-guard.js'
import { clauseOf } from './clause.js'
import type { PlanTerms } from './plan.js'
import { accepted, type Outcome, type Refusal, refused } from './refusal.js'

export interface Bid {
  /** Marketing name, as in the evaluation and on the letter. */
  readonly supplier: string
  readonly legalName: string
  readonly addressLines: readonly string[]
  readonly phone: string
  readonly phoneHours: string
  readonly url: string
  readonly energyMix: string
  /** DUNS number or DUNS+4: how the utility's files name the supplier. */
  readonly supplierId: string
  readonly rates: Rates
  readonly termMonths: number
  /** Whole US dollars. */
  readonly fees: {
    readonly joining: number
    readonly switching: number
    readonly moving: number
    readonly leaving: number
  }
  /** Lump sum to the aggregator, whole US dollars. */
  readonly toAggregatorDollars: number
  /** Inside the price, thousandths of a cent per kWh. */
  readonly toConsultantMilliCents: number
  /** Must-haves of the plan by id: true when the proof is on the table. They are apart from any score. */
  readonly proofs: Readonly<Record<string, boolean>>
}

/** Why a bid may not be awarded: every reason, must-haves first (hit policy: collect). Empty: it may. */
export function disqualifications(
  bid: Bid,
  defaults: Rates,
  terms: Pick<PlanTerms, 'award' | 'fees'>,
): readonly Refusal[] {
  const reasons: Refusal[] = []
  for (const must of terms.award.mustHaves) {
    if (bid.proofs[must.id] !== true) {
      reasons.push({
        code: 'PROOF_MISSING',
        message: `The proof "${must.label}" is missing; ask the supplier for it.`,
        clause: must.cite,
      })
    }
  }
  const minimum = terms.award.minimumTermMonths
  if (bid.termMonths < minimum.value) {
    const message = `The term is ${bid.termMonths} months and must be at least ${minimum.value}; ask for another quote.`
    reasons.push({ code: 'TERM_TOO_SHORT', message, clause: clauseOf(minimum) })
  }
  const { joining, switching, moving, leaving } = bid.fees
  if (joining + switching + moving > 0 || leaving > terms.fees.earlyTermination.value) {
    const message = 'The bid charges members a fee that the law and the plan do not allow; ask for a bid without it.'
    reasons.push({ code: 'FEE_NOT_ALLOWED', message, clause: clauseOf(terms.fees.earlyTermination) })
  }
  const price = guardPrice(bid.rates, defaults, 'award', terms)
  if (!price.ok) reasons.push(price.refusal)
  return reasons
}

/** The price as it would be signed: which classes it prices; the first reason when it may not be. */
export function judgeAward(
  bid: Bid,
  defaults: Rates,
  terms: Pick<PlanTerms, 'award' | 'fees'>,
): Outcome<PricedClasses> {
  const [first] = disqualifications(bid, defaults, terms)
  if (first !== undefined) return refused(first.code, first.message, first.clause)
  const price = guardPrice(bid.rates, defaults, 'award', terms)
  return price.ok ? accepted(price.value) : price
}
