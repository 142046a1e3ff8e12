/** The columns of a customer list by our names, and the ways in which one list writes its values. */
import type { RateClass } from './account.js'

// biome-ignore format: one line per group of columns
export const LIST_COLUMNS = [
  'account_number', 'service_point', 'customer_name',
  'service_address', 'service_unit', 'service_city', 'service_state', 'service_zip', 'service_zip4',
  'mail_address', 'mail_unit', 'mail_city', 'mail_state', 'mail_zip',
  'rate_class', 'bill_group', 'billing_type', 'electric_heat', 'free_service', 'bundled_hold_until', 'pipp', 'account_start', 'plc_kw',
  'kwh_01', 'kwh_02', 'kwh_03', 'kwh_04', 'kwh_05', 'kwh_06', 'kwh_07', 'kwh_08', 'kwh_09', 'kwh_10', 'kwh_11', 'kwh_12',
] as const
export type ListColumn = (typeof LIST_COLUMNS)[number]

/** The twelve months of use, oldest first or as the utility orders them: the same order for every row. */
export const KWH_COLUMNS = LIST_COLUMNS.filter((column) => column.startsWith('kwh_'))

/**
 * Columns a list may lack without a word: nothing is decided by them. Every other column has to be there, or has to be
 * declared absent by the mapping, so that a renamed column never passes for a column of blanks.
 */
export const OPTIONAL_COLUMNS: ReadonlySet<ListColumn> = new Set<ListColumn>([
  'service_unit',
  'service_zip4',
  'mail_address',
  'mail_unit',
  'mail_city',
  'mail_state',
  'mail_zip',
  'pipp',
  'account_start',
  'plc_kw',
])

/** How one list writes dates, marks and rate classes. Plain data. */
export interface ListConventions {
  /** Pattern of `YYYY`, `M` or `MM`, `D` or `DD` in any order, for example `M/D/YYYY`. ISO dates are read besides. */
  readonly dates: string
  /** Marks that mean yes, and marks that mean no, in any case; a blank means no. */
  readonly yes: readonly string[]
  readonly no: readonly string[]
  /** The list's own words for a rate class. */
  readonly rateClasses: Readonly<Record<string, RateClass>>
}

export const DEFAULT_CONVENTIONS: ListConventions = {
  dates: 'YYYY-MM-DD',
  yes: ['Y', 'YES', 'T', 'TRUE', '1'],
  no: ['N', 'NO', 'F', 'FALSE', '0'],
  rateClasses: {},
}
