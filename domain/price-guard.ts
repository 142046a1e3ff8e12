/**
 * Rates and the promise that they stay below the utility's default rate (ruling R-008).
 *
 * A rate is an integer: thousandths of a cent per kWh, so that 7.29 ¢/kWh is 7290 and two rates compare exactly.
 */
import { RATE_CLASSES } from './account.js'
import type { RateClass } from './account.js'
import { clauseOf } from './clause.js'
import type { PlanTerms } from './plan.js'
import { accepted, refused } from './refusal.js'
import type { Outcome } from './refusal.js'

/** Rate of each class that has one, in thousandths of a cent per kWh. */
export type Rates = Readonly<Partial<Record<RateClass, number>>>

/**
 * `award`: strictly below, on the day of signing. `term`: afterwards equal suffices, because the plan lets a supplier
 * answer a fallen default rate by matching it.
 */
export type PriceTest = 'award' | 'term'

export interface PricedClasses {
  readonly priced: readonly RateClass[]
  /** Not named by the supplier or not by the default rates: their accounts wait for review, never silently priced. */
  readonly unpriced: readonly RateClass[]
}

const DECIMALS = 3
const RATE = new RegExp(`^(\\d{1,4})(?:\\.(\\d{1,${DECIMALS}}))?$`)

/** Reads cents per kWh exactly, never through a float; zero, a sign, an exponent or a fourth decimal is refused. */
export function parseRate(centsPerKwh: string | number): Outcome<number> {
  const found = RATE.exec(String(centsPerKwh))
  const rate = found === null ? 0 : Number(found[1]) * 10 ** DECIMALS + Number((found[2] ?? '').padEnd(DECIMALS, '0'))
  if (rate > 0) return accepted(rate)
  const message = `"${centsPerKwh}" is not a rate in cents per kWh; write it like 7.29, above zero and with at most ${DECIMALS} decimals.`
  return refused('RATE_UNREADABLE', message)
}

/** Cents per kWh as printed, with two or three decimals: 7290 → `7.29`, 7400 → `7.40`, 7295 → `7.295`. */
export function rateText(rate: number): string {
  const digits = String(rate).padStart(DECIMALS + 1, '0')
  return `${digits.slice(0, -DECIMALS)}.${digits.slice(-DECIMALS).replace(/0$/, '')}`
}

/** Refuses the whole price when one class fails; a class that only one side names is not compared but reported. */
export function guardPrice(
  offered: Rates,
  defaults: Rates,
  test: PriceTest,
  terms: Pick<PlanTerms, 'award'>,
): Outcome<PricedClasses> {
  const clause = clauseOf(terms.award.mustBeBelowDefault)
  const priced = RATE_CLASSES.filter((name) => offered[name] !== undefined && defaults[name] !== undefined)
  const unpriced = RATE_CLASSES.filter((name) => !priced.includes(name))
  if (priced.length === 0) {
    return refused(
      'NOTHING_PRICED',
      'The offer and the default rates name no class in common; enter both for the same classes.',
      clause,
    )
  }
  if (!terms.award.mustBeBelowDefault.value) return accepted({ priced, unpriced })
  const failing = priced.filter((name) => !passes(offered[name] ?? 0, defaults[name] ?? 0, test))
  if (failing.length === 0) return accepted({ priced, unpriced })
  const list = failing
    .map((name) => `${name} ${rateText(offered[name] ?? 0)} against ${rateText(defaults[name] ?? 0)}`)
    .join(', ')
  const wanted = test === 'award' ? 'below' : 'at or below'
  return refused(
    'RATE_NOT_BELOW_DEFAULT',
    `The rate must be ${wanted} the default rate in ¢/kWh, and is not for ${list}; take another bid or reject all.`,
    clause,
  )
}

function passes(offered: number, defaultRate: number, test: PriceTest): boolean {
  return test === 'award' ? offered < defaultRate : offered <= defaultRate
}
