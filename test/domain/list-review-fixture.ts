/** Rows of a list as a test needs them: a plain account inside the village unless the test says otherwise. */
import { boundaryOf } from '../../domain/boundary.js'
import type { CivilDate } from '../../domain/civil-date.js'
import { DEFAULT_CONVENTIONS, LIST_COLUMNS, type ListColumn } from '../../domain/list-columns.js'
import { reviewList, type ListReview, type ReviewContext } from '../../domain/list-review.js'
import type { ListRow } from '../../domain/list-row.js'
import { readPlan } from '../../persistence/plan-files.js'

const PLAIN: Partial<Record<ListColumn, string>> = {
  account_number: '0483314883',
  service_point: '0483314883001',
  customer_name: 'Pat Example',
  service_address: '262 Deer Run Dr',
  service_city: 'Mahomet',
  service_state: 'IL',
  service_zip: '61853',
  service_zip4: '1005',
  rate_class: 'DS-1',
  bill_group: '14',
  electric_heat: 'N',
  free_service: 'N',
  pipp: 'N',
  account_start: '2020-05-18',
}

/** Twelve months that add up to the annual use. */
export function monthsOf(annualKwh: number): Partial<Record<ListColumn, string>> {
  const month = Math.floor(annualKwh / 12)
  const columns = LIST_COLUMNS.filter((column) => column.startsWith('kwh_'))
  return Object.fromEntries(columns.map((column, at) => [column, String(at === 0 ? annualKwh - 11 * month : month)]))
}

export interface RowParts extends Partial<Record<ListColumn, string>> {
  readonly list?: ListRow['list']
  readonly line?: number
}

export function aRow({ list = 'fixed', line = 2, ...parts }: RowParts = {}): ListRow {
  const cells = {
    ...Object.fromEntries(LIST_COLUMNS.map((column) => [column, ''])),
    ...PLAIN,
    ...monthsOf(9000),
    ...parts,
  }
  return { file: `${list}.csv`, line, list, cells: cells as ListRow['cells'], fingerprint: JSON.stringify(cells) }
}

export const CONTEXT: ReviewContext = {
  terms: readPlan('mahomet'),
  asOf: '2027-01-11' as CivilDate,
  conventions: DEFAULT_CONVENTIONS,
  boundary: boundaryOf([
    { street: 'Deer Run Dr', low: 100, high: 1199, side: 'both' },
    { street: 'Marshall St', low: 100, high: 699, side: 'even' },
  ]),
}

export function review(rows: readonly ListRow[], context: Partial<ReviewContext> = {}): Promise<ListReview> {
  return reviewList(rows, { ...CONTEXT, ...context })
}
