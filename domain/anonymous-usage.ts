/**
 * Anonymous usage for the request for proposals: per rate class and area, how many customers use how much.
 *
 * A group is shown when it has enough customers and no single one weighs too much in any figure shown, each month's total
 * as well as the year's; both limits are inclusive and compared in whole numbers. A group that fails widens: ZIP+4, then the
 * first two digits of the +4, then the ZIP; what still fails is held back.
 *
 * Groups shown never overlap, and none is left out of an area that could be shown as a whole: a remainder that fails by
 * itself takes in the smallest groups beside it. So no group is the difference of two published figures. A total over
 * what is held back must not be published anywhere else, nor a second table over other accounts of the same list.
 */
import { RATE_CLASSES, type Account, type RateClass } from './account.js'
import type { PlanTerms } from './plan.js'

export interface AnonymousGroup {
  readonly rateClass: RateClass
  /** `61853-1005`, `61853-10xx` or `61853`. */
  readonly area: string
  /** True when the area has further customers of the class, who are counted in other groups. */
  readonly remaining: boolean
  readonly customers: number
  /** Whole kWh of the twelve months, in the order of the list. */
  readonly monthlyKwh: readonly number[]
  readonly annualKwh: number
}

export interface AnonymousUsage {
  /** By rate class, then area. */
  readonly groups: readonly AnonymousGroup[]
  /** Customers in no group because none may be shown for them, and those without twelve months of use. */
  readonly heldBack: {
    readonly customers: number
    /** False when even the number must stay inside: a few customers could be told apart by it. */
    readonly publishable: boolean
  }
}

/**
 * A customer is an account in one rate class, with the service points of that class added up. Only customers with all
 * twelve months on each of these service points are shown.
 * @cite plan data `anonymity`: at least `minimumCustomers`, none above `maximumSharePercent` percent
 */
export function anonymousUsage(
  accounts: readonly Pick<Account, 'serviceAddress' | 'servicePoints'>[],
  rule: PlanTerms['anonymity'],
): AnonymousUsage {
  const groups: AnonymousGroup[] = []
  let heldBack = 0
  for (const rateClass of RATE_CLASSES) {
    const zips = new Map<string, Area>()
    for (const account of accounts) {
      const points = account.servicePoints.filter((point) => point.rateClass === rateClass)
      if (points.length === 0) continue
      const months = addMonths(points.map((point) => point.monthlyKwh))
      const place = months && placeOf(account, zips)
      if (months && place) place.own.push(months)
      else heldBack += 1
    }
    for (const zip of byLabel(zips.values())) {
      const { shown, rest } = widen(zip, rule)
      groups.push(...shown.toSorted(compareAreas).map((part) => groupOf(rateClass, part)))
      heldBack += rest.length
    }
  }
  const publishable = heldBack === 0 || heldBack >= rule.minimumCustomers.value
  return { groups, heldBack: { customers: heldBack, publishable } }
}

/** One customer's twelve months. */
type Months = readonly number[]

interface Area {
  readonly label: string
  /** Customers known to be in the area, but in none of its parts. */
  readonly own: Months[]
  readonly parts: Map<string, Area>
}

/** Null when a month is missing on any of the service points. */
function addMonths(points: readonly (readonly (number | null)[])[]): Months | null {
  if (points.some((months) => months.includes(null))) return null
  const [first = [], ...others] = points as readonly Months[]
  return others.reduce<Months>((sum, months) => sum.map((kwh, at) => kwh + (months[at] as number)), first)
}

/** The smallest area the address names; null without a ZIP of five digits. */
function placeOf(account: Pick<Account, 'serviceAddress'>, zips: Map<string, Area>): Area | null {
  const { zip, zip4 } = account.serviceAddress
  if (!/^\d{5}$/.test(zip)) return null
  const whole = partOf(zips, zip)
  if (!/^\d{4}$/.test(zip4)) return whole
  const wide = partOf(whole.parts, `${zip}-${zip4.slice(0, 2)}xx`)
  return partOf(wide.parts, `${zip}-${zip4}`)
}

function partOf(areas: Map<string, Area>, label: string): Area {
  const area = areas.get(label) ?? { label, own: [], parts: new Map() }
  areas.set(label, area)
  return area
}

function byLabel(areas: Iterable<Area>): Area[] {
  return [...areas].sort((a, b) => (a.label < b.label ? -1 : 1))
}

interface Part {
  readonly label: string
  readonly remaining: boolean
  readonly customers: readonly Months[]
}

/** What can be shown inside the area, and the customers it leaves to the next wider one. */
function widen(
  area: Area,
  rule: PlanTerms['anonymity'],
): { readonly shown: readonly Part[]; readonly rest: readonly Months[] } {
  const inside = byLabel(area.parts.values()).map((part) => widen(part, rule))
  const shown = inside.flatMap((part) => part.shown)
  const rest = [...area.own, ...inside.flatMap((part) => part.rest)]
  if (rest.length === 0) return { shown, rest }
  const smallestFirst = shown.toSorted((a, b) => a.customers.length - b.customers.length)
  let customers: readonly Months[] = rest
  for (let taken = 0; taken <= smallestFirst.length; taken += 1) {
    if (isAnonymous(customers, rule)) {
      const others = smallestFirst.slice(taken)
      return { shown: [...others, { label: area.label, remaining: others.length > 0, customers }], rest: [] }
    }
    customers = [...customers, ...(smallestFirst[taken]?.customers ?? [])]
  }
  return { shown, rest }
}

/** A total of zero would say that everybody's use is zero, so it is never shown. */
function isAnonymous(customers: readonly Months[], rule: PlanTerms['anonymity']): boolean {
  if (customers.length < rule.minimumCustomers.value) return false
  const figures = customers.map((months) => [...months, sumOf(months)])
  return (figures[0] as Months).every((_, at) => {
    const values = figures.map((figure) => figure[at] as number)
    const total = sumOf(values)
    const largest = values.reduce((most, value) => Math.max(most, Math.abs(value)), 0)
    return total > 0 && 100 * largest <= rule.maximumSharePercent.value * total
  })
}

function sumOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0)
}

function compareAreas(a: Part, b: Part): number {
  return a.label < b.label ? -1 : 1
}

function groupOf(rateClass: RateClass, { label, remaining, customers }: Part): AnonymousGroup {
  const monthlyKwh = addMonths(customers) as Months
  return { rateClass, area: label, remaining, customers: customers.length, monthlyKwh, annualKwh: sumOf(monthlyKwh) }
}
